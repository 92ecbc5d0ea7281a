import Files
import Kernels
import TestSupport
import Testing

/// Numbers that a calculation cannot hold, options for planes that are not there, and facts that no longer hold are
/// told.
@Suite struct LostDigitTests: ScriptCase {
  let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  @Test func wholeNumbersBeyondDoublePrecision() throws {
    for (name, pixels) in [
      (
        "a",
        StoredPixels.int64(
          Plane(width: 3, height: 2, pixels: [1, 1 << 53, 1 << 53 + 1, -(1 << 60) - 1, 2, 3]))
      ),
      ("b", .int64(Plane(width: 3, height: 2, pixels: [1, 1 << 53, 1 << 60, 7, 2, 3]))),
    ] {
      var file = TestFile()
      file.image(pixels)
      try file.write("\(name).fits", in: folder)
    }
    for call in [
      "y = x + 1", "y = x > 5", "y = mean [x, x]", "y = sqrt(x)", "t = stats x", "y = maximum(x, 3)",
    ] {
      let told = try crs("x = load a.fits; \(call)").errors
      #expect(
        told.contains("2 whole numbers beyond 2^53") || told.contains("4 whole numbers beyond"),
        "\(call): \(told)")
      #expect(!(try crs("x = load b.fits; \(call)").errors.contains("2^53")), "\(call)")
    }
    #expect(!(try crs("x = load a.fits; save x c.fits; y = x[1:2,1:2]").errors.contains("2^53")))
  }

  /// The pixels that stay, and those that are put there.
  @Test func wholeNumbersBesideAChangedPart() throws {
    let pixels = StoredPixels.int64(
      Plane(width: 3, height: 2, pixels: [1, 1 << 53, 1 << 53 + 1, -(1 << 60) - 1, 2, 3]))
    var file = TestFile()
    file.image(pixels)
    try file.write("a.fits", in: folder)
    let load = "x = load a.fits; y = x; "
    for (change, count) in [
      ("y[1, 1] = 5", "2 whole numbers"), ("y[3, 1] = 5", "1 whole number"),
      ("y = x * 0; y[2:3, 1:2] = x[2:3, 1:2]", "1 whole number"),
      ("s = load a.fits a.fits; s[1, 1] = 5", "4 whole numbers"),
      ("x[1, 1] = 5; x[2, 1] = 6", "2 whole numbers"), ("l = [x]; l[1][1, 1] = 5", "2 whole numbers"),
    ] {
      let told = try crs(load + change).errors
      let lines = told.split(separator: "\n").filter { $0.contains("an assignment to a part calculates") }
      #expect(
        lines.count == 1 && lines.first?.contains(count + " beyond 2^53") == true, "\(change): \(told)")
    }
    for change in ["y[1:3, 1:2] = 5", "s = load a.fits a.fits; s[1] = x", "y = x[1:2, 1:1]; y[1, 1] = 5"] {
      #expect(!(try crs(load + change).errors.contains("an assignment")), "\(change)")
    }
  }

  /// Gain, noise and errors of an image stay where a part is put into it that they do not describe.
  @Test func partsThatAreNotDescribed() throws {
    let made = "s, t = simulate nx=40 ny=30 n=2 seed=1; x = s[1]; "
    for part in ["s[1] * 3", "s[1] + s[2]"] {
      let told = try crs(made + "y = \(part); x[1:9, 1:9] = y[1:9, 1:9]; x[2:9, 1:9] = y[2:9, 1:9]").errors
      #expect(told.components(separatedBy: "do not hold for the part").count == 2, "\(part): \(told)")
    }
    for change in ["x[1:9, 1:9] = s[2][1:9, 1:9]", "x[1:9, 1:9] = x[2:10, 1:9] + 5", "x[3, 3] = 0"] {
      #expect(!(try crs(made + change).errors.contains("do not hold for the part")), "\(change)")
    }
    var file = TestFile()
    file.image(.float32(Plane(width: 4, height: 3, repeating: 1)))
    try file.write("f.fits", in: folder)
    file.image(.float32(Plane(width: 4, height: 3, repeating: 2)), "UNCERT", ["UTYPE = 'StdDevUncertainty'"])
    try file.write("e.fits", in: folder)
    let load = "e = load e.fits; f = load f.fits; x = e; "
    for change in ["x[1, 1] = 0; x[2, 1] = 0", "x[1:2, 1:2] = f[1:2, 1:2]"] {
      let told = try crs(load + change).errors
      #expect(told.components(separatedBy: "UNCERT keeps the old errors").count == 2, "\(change): \(told)")
    }
    for change in ["x[1:2, 1:2] = e[2:3, 1:2]", "x = f; x[1:2, 1:2] = e[1:2, 1:2]"] {
      #expect(!(try crs(load + change).errors.contains("old errors")), "\(change)")
    }
  }

  @Test func stacksTellTheirNumberType() throws {
    for (name, pixels) in [
      ("i", StoredPixels.int32(Plane(width: 4, height: 3, repeating: 1 << 25 + 1))),
      ("j", .int32(Plane(width: 4, height: 3, repeating: 7))),
      ("f", .float32(Plane(width: 4, height: 3, repeating: 2))),
    ] {
      var file = TestFile()
      file.image(pixels)
      try file.write("\(name).fits", in: folder)
    }
    #expect(try crs("s = load i.fits j.fits").output.contains("Stack 2 x 4x3 int32"))
    #expect(try crs("s = load i.fits f.fits").output.contains("Stack 2 x 4x3 float64"))
    #expect(try crs("s = load f.fits f.fits").output.contains("Stack 2 x 4x3 float32"))
    let sum = try crs("s = load i.fits j.fits; t = s + 1; print (stats(t[1], max))").output
    #expect(sum.contains("float64") && sum.contains("33554434"), "\(sum)")
  }

  @Test func optionsForPlanesThatAreNotThere() throws {
    var file = TestFile()
    file.image(.float32(Plane(width: 4, height: 3, repeating: 1)))
    try file.write("f.fits", in: folder)
    let told = try crs("x = load f.fits dq_ignore=4 uncertainty=ivar").errors
    #expect(told.contains("dq_ignore has no effect") && told.contains("uncertainty=ivar has no effect"))
    #expect(try crs("x = load f.fits dq_bad=4").errors.contains("dq_bad has no effect"))
    file.image(.int16(Plane(width: 4, height: 3, repeating: 4)), "DQ")
    file.image(.float32(Plane(width: 4, height: 3, repeating: 2)), "WHT")
    try file.write("q.fits", in: folder)
    #expect(!(try crs("x = load q.fits dq_ignore=4 uncertainty=ivar").errors.contains("no effect")))
  }

  @Test func whatNoLongerHoldsSaysWhy() throws {
    let ended = try crs("s = simulate nx=40 ny=30 n=2 seed=1; t = s + s; info t gain", status: 1)
    #expect(ended.errors.contains("does not hold for a sum of two images"), "\(ended.errors)")
  }

  /// The frames of a mean are in the gain that crs wrote for it.
  @Test func framesCountOnce() throws {
    let made = "s = simulate nx=200 ny=150 n=6 seed=3 bias=913 gain=2; m = mean s; "
    for bias in [850, 893] {
      #expect(!(try crs(made + "c, k = lacosmic m bias=\(bias)").errors.contains("NCOMBINE")))
    }
    for given in ["gain=2 rnoise=3.4", "rnoise=3.4", "gain=2"] {
      let told = try crs(made + "c, k = lacosmic m bias=913 \(given)").errors
      #expect(told.contains("NCOMBINE") || given == "gain=2", "\(given): \(told)")
    }
  }

  @Test func aBiasThatIsTooLargeIsNamed() throws {
    let told = try crs("s = simulate nx=200 ny=150 n=6 seed=3 bias=913; m = crmasks s bias=99999 seed=1")
      .errors
    #expect(
      told.contains("the bias of 99999 ADU is too large") && !told.contains("differences (A - B)"), "\(told)")
  }

  @Test func informationNeedsNoPixels() throws {
    var file = TestFile()
    file.empty(["EXPTIME = 30.0"])
    file.image(.float32(Plane(width: 40, height: 30, repeating: 5)), "SCI", ["BUNIT = 'electron'"])
    file.image(.float32(Plane(width: 4, height: 3, repeating: 5)), "SCI2")
    try file.write("f.fits", in: folder)
    let ended = try crs(
      "print (info f.fits nx) (info f.fits ny) (info f.fits unit) (info f.fits exptime) (info f.fits exposures)"
    )
    #expect(
      ended.output == "40 30 electron 30 1\n" && ended.errors.contains("HDU 1 SCI is taken"), "\(ended)")
    #expect(try crs("print (info 'f.fits[1][3:5,2:8]' nx) (info 'f.fits[1][3:5,2:8]' ny)").output == "3 7\n")
  }
}
