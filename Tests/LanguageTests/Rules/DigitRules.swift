import Foundation
import Kernels
import TestSupport
import Testing

@testable import Files
@testable import Pipeline

/// float64 keeps its digits, and its numbers beyond 3.4e38 are numbers.
@Suite struct DigitRules {
  private let scratch: ScratchFolder
  private static let day = 2_459_000.123

  init() throws { scratch = try ScratchFolder() }

  /// Values about a day number that differ by thousandths, another one each exposure.
  private func exposures(_ count: Int = 4, offset: Double = day) throws -> (ScriptRun, [[Double]]) {
    let run = try ScriptRun()
    var all: [[Double]] = []
    for k in 1...count {
      var values = (0..<240).map { offset + 1e-3 * Double(($0 * 37 * k + 11 * k) % 101) }
      if k == 2 { values[25] += 500 }
      all.append(values)
      var file = TestFile()
      file.image(.float64(Plane(width: 20, height: 12, pixels: values)))
      try file.write("e\(k).fits", in: scratch)
    }
    let names = (1...count).map { "'\(scratch.file("e\($0).fits"))'" }.joined(separator: " ")
    try run.run("s = load \(names) gain=1 rnoise=3 bias=0")
    return (run, all)
  }

  private func image(_ run: ScriptRun, _ name: String) throws -> Image {
    guard case .image(let image)? = run.session[name]?.value else { throw CRSError.data("no image \(name)") }
    return image
  }

  private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  @Test func combinationsKeepThem() throws {
    let (run, all) = try exposures()
    try run.run(
      """
      m = [(s[1] < 0), (s[2] > 2459300), (s[1] < 0), (s[1] < 0)]
      k = maskset m[1] m[2] m[3] m[4] mediancr=m[2]
      a = combine s method=median; b = combine s method=mean; c = combine s method=min
      d = combine s method=mediancr masks=k; e = combine s method=meancrt masks=k
      f = combine s method=meancr masks=k
      """)
    func pixel(_ i: Int) -> [Double] { all.map { $0[i] } }
    let expected: [String: (Int) -> Double] = [
      "a": { median(pixel($0)) }, "b": { mean(pixel($0)) }, "c": { pixel($0).min() ?? .nan },
      "d": { $0 == 25 ? pixel($0).min() ?? .nan : median(pixel($0)) },
      "e": { $0 == 25 ? pixel($0).min() ?? .nan : mean(pixel($0)) },
      "f": { $0 == 25 ? mean([0, 2, 3].map { all[$0][25] }) : mean(pixel($0)) },
    ]
    for (name, value) in expected {
      let image = try image(run, name)
      #expect(image.storedType == .float64)
      let found = image.exactValues.pixels
      for i in found.indices {
        #expect(abs(found[i] - value(i)) < 1e-9, "\(name)[\(i)]: \(found[i]), not \(value(i))")
      }
    }
    // What is saved is what is there.
    try run.run("save b '\(scratch.file("b.fits"))'; g = load '\(scratch.file("b.fits"))'")
    #expect(try image(run, "g").exactValues.pixels == image(run, "b").exactValues.pixels)
  }

  /// The scatter of values is that of their differences, wherever they lie; decisions about hits too.
  @Test func varianceKnowsDistances() throws {
    func variance(_ offset: Double) throws -> [Float] {
      let (run, _) = try exposures(5, offset: offset)
      try run.run(
        """
        a = combine s method=mean variance=scatter
        save a '\(scratch.file("v.fits"))' overwrite=yes; v = load '\(scratch.file("v.fits"))' ext=VARIANCE
        """)
      return try image(run, "v").pixels.pixels
    }
    for (far, near) in zip(try variance(Self.day), try variance(0)) {
      #expect(abs(far - near) <= 2e-3 * near, "\(far) \(near)")
    }
  }

  /// The bias, flux factors and masked pixels count as in single precision.
  @Test func calibrationIsThatOfSinglePrecision() throws {
    let run = try ScriptRun()
    try run.run(
      """
      s = simulate nx=60 ny=50 n=4 seed=2 flux=[1, 2, 1, 1] bias=100
      k = crmasks s flux_factor=[1, 2, 1, 1] seed=1 log_level=ERROR
      a = combine s masks=k; b = combine s masks=k method=meancr; c = combine s masks=k method=meancrt
      """)
    guard case .stack(let stack)? = run.session["s"]?.value,
      case .maskSet(let masks)? = run.session["k"]?.value
    else { throw CRSError.data("no stack") }
    let found = try DetectorLookup(stack: stack, gain: nil, readoutNoise: nil, bias: nil)
    let planes = try stack.planes(found, work: Work())
    let combination = try MaskedCombination(
      planes, masks: masks, fluxFactors: [1, 2, 1, 1], exact: stack.exposures.map { $0.exactValues },
      work: Work())
    let single = try MaskedCombination(planes, masks: masks, fluxFactors: [1, 2, 1, 1], work: Work())
    for method in CombinationMethod.allCases {
      for source in [VarianceSource.noise, .scatter] {
        let wide = try combination.combined(method, variance: source, work: Work())
        let narrow = try single.combined(method, variance: source, work: Work())
        #expect(narrow.exactImage == nil && wide.map.pixels == narrow.map.pixels)
        for i in narrow.image.pixels.indices {
          let (a, b) = (wide.exactImage?.pixels[i] ?? .nan, Double(narrow.image.pixels[i]))
          #expect(abs(a - b) <= 1e-4 * max(1, abs(b)), "\(method) \(i): \(a) \(b)")
          let (u, v) = (wide.variance.pixels[i], narrow.variance.pixels[i])
          #expect(abs(u - v) <= 1e-3 * abs(v) || u.isNaN && v.isNaN, "\(method) \(source) \(i): \(u) \(v)")
        }
      }
    }
  }

  /// Whole numbers that float32 rounds, and others.
  @Test func wholeNumbersKeepThemToo() throws {
    for (value, type) in [(Int32(1 << 30) + 1, PixelType.float64), (1001, .float32)] {
      for k in 1...3 {
        var file = TestFile()
        file.image(.int32(Plane(width: 5, height: 4, repeating: value)))
        try file.write("i\(k).fits", in: scratch)
      }
      let run = try ScriptRun()
      let names = (1...3).map { "'\(scratch.file("i\($0).fits"))'" }.joined(separator: " ")
      try run.run("s = load \(names) gain=1 rnoise=3 bias=1; x = combine s method=median; n = x[2, 2]")
      #expect(run.number("n") == Double(value) - 1)
      #expect(try image(run, "x").storedType == type)
    }
  }

  @Test func statisticsOfNumbersFarFromZeroKeepThem() throws {
    let (run, all) = try exposures(2)
    try run.run("a = stats s[1] std; c = stats s[1] mean; b = stats (s[1] * 0 + \(Self.day)) std")
    let shifted = all[0].map { $0 - Self.day }
    let middle = mean(shifted)
    let deviation = mean(shifted.map { ($0 - middle) * ($0 - middle) }).squareRoot()
    #expect(abs((run.number("a") ?? 0) - deviation) < 1e-9 * deviation)
    #expect(abs((run.number("c") ?? 0) - Self.day - middle) < 1e-9)
    #expect(run.number("b") == 0)
    let wide = try #require(PixelStatistics(of: [1e300, 3e300, 2e300, 2e300]))
    #expect(wide.mean == 2e300 && abs(wide.deviation / 7.0710678118654752e299 - 1) < 1e-12)
    let far = try #require(PixelStatistics(of: [-1.5e308, 1.5e308]))
    #expect(far.mean == 0 && far.deviation == 1.5e308)
    // Differences that are beyond the type.
    let uneven = try #require(PixelStatistics(of: [-1.7e308, -1.7e308, -1.7e308, 1.7e308]))
    #expect(abs(uneven.mean / -0.85e308 - 1) < 1e-12 && abs(uneven.deviation / 1.472243e308 - 1) < 1e-6)
  }

  @Test func numbersBeyondSinglePrecisionAreFinite() throws {
    var file = TestFile()
    var values = [Double](repeating: 1, count: 12)
    (values[5], values[7]) = (1e300, .infinity)
    file.image(.float64(Plane(width: 4, height: 3, pixels: values)))
    try file.write("b.fits", in: scratch)
    let run = try ScriptRun()
    try run.run("b = load '\(scratch.file("b.fits"))'")
    let image = try image(run, "b")
    #expect(image.summary.contains("max 1e+300, 1 not finite"), "\(image.summary)")
    try run.run("n = countflagged(maskof(b)); x = b * 2; y = b[1:3, 1:2] / 2")
    #expect(run.number("n") == 1)
    #expect(!run.lines.all.contains { $0.contains("became") }, "\(run.lines.all)")
    // What has no place in single precision is told where it does not count.
    try run.run("s = load ['\(scratch.file("b.fits"))', '\(scratch.file("b.fits"))'] gain=1 rnoise=1 bias=0")
    try run.run("c = combine s method=mean")
    #expect(run.lines.all.contains { $0.contains("beyond 3.4e38") }, "\(run.lines.all)")
  }

  /// Detectors work in single precision, and say where that hides the noise.
  @Test func roundingAboveTheNoiseIsTold() throws {
    let (run, _) = try exposures(3)
    try run.run("p, k = mmpvalue s rnoise=0.01")
    #expect(run.lines.all.contains { $0.contains("rounded to float32") }, "\(run.lines.all)")
    try run.run("c, k = lacosmic s[1] rnoise=0.01")
    #expect(run.lines.all.count { $0.contains("rounded to float32") } > 1, "\(run.lines.all)")
    let count = run.lines.all.count
    try run.run("t = (s - \(Self.day)); p, k = mmpvalue t rnoise=0.01 bias=0")
    #expect(!run.lines.all.dropFirst(count).contains { $0.contains("rounded") })
  }

  /// Shifts keep the digits, by whole pixels and by fractions of them.
  @Test func shiftsKeepThem() throws {
    let (run, all) = try exposures(1)
    try run.run("w = shift s 2 0; f = shift s 0.5 0")
    #expect(try image(run, "w").exactValues[5, 3] == all[0][3 * 20 + 3])
    let mean = (all[0][3 * 20 + 4] + all[0][3 * 20 + 5]) / 2
    #expect(abs(try image(run, "f").exactValues[5, 3] - mean) < 1e-9)
    #expect(!run.lines.all.contains { $0.contains("rounded") }, "\(run.lines.all)")
  }
}
