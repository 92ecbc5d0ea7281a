import Files
import Kernels
import TestSupport
import Testing

/// Parts of different places of their frames are told where their pixels meet.
@Suite struct FramePlaceTests: ScriptCase {
  let folder: ScratchFolder
  private static let told = "of different places of their frames"

  init() throws {
    folder = try ScratchFolder()
    for (name, cards) in [("a", []), ("b", []), ("c", ["LTV1    =                -10.0"])] {
      var file = TestFile()
      let pixels = (0..<1200).map { Float(($0 * 7919 + name.utf8.count) % 101) }
      file.image(.float32(Plane(width: 40, height: 30, pixels: pixels)), nil, cards)
      try file.write("\(name).fits", in: folder)
    }
  }

  @Test(arguments: [
    "s = load 'a.fits[1:10,1:10]' 'b.fits[11:20,1:10]'", "s = load a.fits c.fits",
    "a = load 'a.fits[1:10,1:10]'; b = load 'b.fits[1:10,5:14]'; m = mean [a, b]",
    "a = load a.fits; b = load b.fits; c = a[1:10,1:10] - b[2:11,1:10]",
    "a = load 'a.fits[*:2,*:2]'; b = load 'b.fits[1:20,1:15]'; c = a / b",
    "a = load a.fits; c = load c.fits; w, x, y, z = cr2images a c",
  ])
  func theyAreTold(text: String) throws {
    let told = try crs(text).errors
    #expect(told.contains(Self.told), "\(told)")
  }

  @Test func theSentenceNamesBoth() throws {
    let told = try crs("s = load 'a.fits[1:10,1:10]' 'b.fits[11:20,1:10]' 'b.fits[21:30,1:10]'").errors
    #expect(
      told.contains("pixel [1, 1] is [1, 1] in a.fits, [11, 1] in b.fits, and others in 1 more"), "\(told)")
    #expect(try crs("s = load 'a.fits[*:2,*]' 'b.fits[1:20,*]'").errors.contains("[1, 1] in steps of 2, 1"))
  }

  /// Equal places, parts of one image, and exposures that `shift` has moved onto each other.
  @Test(arguments: [
    "s = load 'a.fits[3:12,1:10]' 'b.fits[3:12,1:10]'", "a = load a.fits; c = a[1:10,1:10] - a[2:11,1:10]",
    "a = load a.fits; b = load b.fits; c = a - b; d = mean [a, b]",
    "a = load 'a.fits[3:12,1:10]'; b = shift (load 'b.fits[3:12,1:10]') 2 -1; s = [a, b]; m = mean s",
    "a = load 'a.fits[3:12,1:10]'; b = shift (load 'b.fits[3:12,1:10]') 0.5 0.25; c = a - b",
    "a = load c.fits; b = a[5:14,1:10] * 2; c = load 'c.fits[5:14,1:10]'; d = b - c; m = mean [b, c]",
  ])
  func othersAreNot(text: String) throws {
    let told = try crs(text).errors
    #expect(!told.contains(Self.told), "\(told)")
  }
}
