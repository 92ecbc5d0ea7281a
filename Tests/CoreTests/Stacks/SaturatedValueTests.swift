import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// Saturated values do not count where another exposure has a good one.
@Suite struct SaturatedValueTests {
  private static let block = Section.Corners(x: 50..<70, y: 40..<60)

  private struct Remarks {
    let lines = Guarded<[String]>([])
    var work: Work { Work(remark: { line in self.lines.withLock { $0.append(line) } }) }
    var all: [String] { lines.withLock { $0 } }
  }

  /// Images with gain and readout noise, and a saturation level where one is given.
  private func images(_ planes: [Plane<Float>], level: Double? = nil, times: [Double]? = nil) -> [Image] {
    planes.enumerated().map { k, plane in
      var header = Header()
      header.set("GAIN", .real(1))
      header.set("RDNOISE", .real(5))
      header.set("EXPTIME", .real(times?[k] ?? 100))
      if let level { header.set("SATURATE", .real(level)) }
      return Image(pixels: plane, unit: .adu, header: header)
    }
  }

  private func planes(_ images: [Image], _ work: Work) throws -> [ExposurePlanes] {
    let stack = try Stack(exposures: images)
    return try stack.planes(
      DetectorLookup(stack: stack, gain: nil, readoutNoise: nil, bias: nil, need: [.gain, .noise, .bias]),
      work: work)
  }

  /// Bled columns, a flash: two of three exposures are full, the third one shows the sky.
  @Test(arguments: [nil, 60_000.0], [3, 5]) func blocksOfMostExposures(level: Double?, n: Int) throws {
    var scene = StackScene()
    scene.detectors = .init(repeating: (1, 5), count: n)
    var planes = scene.planes()
    for y in Self.block.y { for x in Self.block.x { for k in 0..<(n + 1) / 2 { planes[k][x, y] = 65_535 } } }
    let remarks = Remarks()
    let exposures = try self.planes(images(planes, level: level), remarks.work)
    let (_, combined) = try scene.run(exposures)
    let out = try combined(.mediancr)
    for y in Self.block.y {
      for x in Self.block.x {
        #expect(abs(out.image[x, y] - 400) < 150)
        #expect(out.map[x, y] == Int16(n / 2))
      }
    }
    let note = try #require(remarks.all.first { $0.contains("saturated") })
    #expect(note.contains("\(400 * ((n + 1) / 2)) values are saturated where another exposure is not"))
    #expect(note.contains(level == nil ? "the plateau of its brightest pixels" : "header SATURATE"))
  }

  /// Stars whose cores only the short exposure shows.
  @Test(arguments: [true, false]) func coresOfTheShortExposure(hasCard: Bool) throws {
    var scene = StackScene()
    let stars = [(30, 30, 4e6), (90, 40, 8e6), (70, 90, 2e6), (20, 100, 6e6)]
    scene.level = { x, y in
      stars.reduce(500) { $0 + $1.2 / 25 * gauss(Double(x - $1.0) / 2) * gauss(Double(y - $1.1) / 2) }
    }
    let times = [60.0, 300, 300]
    var planes: [Plane<Float>] = []
    for (k, time) in times.enumerated() {
      var one = scene
      let level = scene.level
      (one.level, one.seed) = ({ level($0, $1) * time / 300 }, UInt64(k + 1))
      planes.append(one.planes()[0].map { min($0, 60_000) })
    }
    let remarks = Remarks()
    let exposures = try self.planes(images(planes, level: hasCard ? 60_000 : nil, times: times), remarks.work)
    let (_, combined) = try scene.run(exposures) { $0.fluxFactors = [0.2, 1, 1] }
    let out = try combined(.mediancr)
    var cores = 0
    for y in 0..<120 {
      for x in 0..<140 where planes[1][x, y] >= 60_000 && planes[0][x, y] < 60_000 {
        cores += 1
        let truth = Float(scene.level(x, y))
        #expect(abs(out.image[x, y] / truth - 1) < 0.05, "\(x), \(y): \(out.image[x, y]) of \(truth)")
      }
    }
    #expect(cores > 20)
    #expect(remarks.all.contains { $0.contains("saturated where another exposure is not") })
  }

  /// Saturated hits of single exposures are hits, and what is saturated everywhere is told.
  @Test func hitsStayHits() throws {
    let scene = StackScene()
    var planes = scene.planes()
    for x in 30..<36 { planes[0][x, 30] = 65_535 }
    for x in 33..<37 { planes[1][x, 30] = 65_535 }
    for k in 0..<3 { for y in 80..<84 { for x in 80..<84 { planes[k][x, y] = 65_535 } } }
    let remarks = Remarks()
    let exposures = try self.planes(images(planes, level: 65_000), remarks.work)
    #expect(exposures.allSatisfy { $0.mask == nil })
    #expect(remarks.all == ["16 pixels are saturated in every exposure: the values there are lower limits"])
    let (result, _) = try scene.run(exposures)
    for x in 33..<36 { #expect(result.masks.medianCR[x, 30]) }
  }

  /// A level that cannot be true, and none at all.
  @Test func levelsThatSayNothing() throws {
    let planes = StackScene().planes()
    let remarks = Remarks()
    let exposures = try self.planes(images(planes, level: 100), remarks.work)
    #expect(exposures.allSatisfy { $0.mask == nil })
    #expect(remarks.all.count == 3 && remarks.all[0].contains("lies above its saturation level, 100"))
    let quiet = Remarks()
    _ = try self.planes(images(planes), quiet.work)
    #expect(quiet.all.isEmpty)
  }
}

extension Section {
  fileprivate struct Corners: Sendable {
    let x: Range<Int>
    let y: Range<Int>
  }
}
