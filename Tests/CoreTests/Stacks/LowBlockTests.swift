import Testing

@testable import Kernels

/// Touching pixels that dropped out of most exposures: what lies beyond the block tells their level.
@Suite struct LowBlockTests {
  private static let fibre: @Sendable (Int, Int) -> Double = { _, y in 400 + 300 * gauss(Double(y - 60) / 6) }

  private struct Block {
    let x: Int
    let y: Int
    let width: Int
    let height: Int

    func holds(_ x: Int, _ y: Int) -> Bool {
      (self.x..<self.x + width).contains(x) && (self.y..<self.y + height).contains(y)
    }
  }

  /// On the sky, on the flank and the ridge of a fibre, at borders and in a corner.
  private static let blocks = [
    Block(x: 20, y: 20, width: 2, height: 1), Block(x: 50, y: 20, width: 1, height: 2),
    Block(x: 80, y: 54, width: 3, height: 3), Block(x: 100, y: 59, width: 2, height: 2),
    Block(x: 20, y: 90, width: 12, height: 9), Block(x: 0, y: 70, width: 2, height: 2),
    Block(x: 138, y: 0, width: 2, height: 1), Block(x: 60, y: 84, width: 40, height: 1),
    Block(x: 120, y: 40, width: 2, height: 40),
  ]

  /// Values of half of the exposures or more are 0 in each block; each block spares other exposures.
  private func spoilt(_ planes: [Plane<Float>], value: Float = 0) -> (planes: [Plane<Float>], low: [Mask]) {
    var out = planes
    var low = planes.map { Mask(shape: $0.shape) }
    let (n, most) = (planes.count, planes.count == 2 ? 1 : (planes.count + 1) / 2)
    for (number, block) in Self.blocks.enumerated() {
      for y in block.y..<block.y + block.height {
        for x in block.x..<block.x + block.width {
          for k in 0..<most {
            out[(number + k) % n][x, y] = value
            low[(number + k) % n][x, y] = true
          }
        }
      }
    }
    return (out, low)
  }

  @Test(arguments: [2, 3, 4, 5]) func otherExposuresAreTaken(n: Int) throws {
    var scene = StackScene()
    scene.level = Self.fibre
    scene.detectors = .init(repeating: (1, 5), count: n)
    let (planes, low) = spoilt(scene.planes())
    let (result, combined) = try scene.run(scene.exposures(planes))
    #expect(result.findings.lowValues == low.map(\.flagged))
    #expect(result.findings.undecided == 0)
    #expect(result.masks.leftOut == low)
    #expect((result.masks.medianCR & low.reduce(low[0], |)).flagged == 0)
    let truth = scene.truth()
    for method in [CombinationMethod.mediancr, .meancrt, .meancr] {
      let out = try combined(method)
      for i in 0..<truth.count where low.contains(where: { $0.plane.pixels[i] != 0 }) {
        let deviation = (truth.pixels[i] + 25).squareRoot()
        #expect(
          abs(out.image.pixels[i] - truth.pixels[i]) < 5 * deviation, "\(method) \(i % 140), \(i / 140)")
        #expect(out.map.pixels[i] == Int16(n - (n == 2 ? 1 : (n + 1) / 2)))
      }
    }
  }

  /// Two dead columns at one place in a stack of four leave the other two values.
  @Test func columnsOfTwoExposures() throws {
    var scene = StackScene()
    scene.level = Self.fibre
    scene.detectors = .init(repeating: (1, 5), count: 4)
    var planes = scene.planes()
    for y in 0..<120 {
      for k in [0, 2] { planes[k][70, y] = -300 }
    }
    let (result, combined) = try scene.run(scene.exposures(planes))
    #expect(result.findings.lowValues == [120, 0, 120, 0] && result.findings.undecided == 0)
    let out = try combined(.mediancr)
    // The false alarm that is asked for, with its neighbours, may lie in it.
    #expect((0..<120).filter { out.map[70, $0] != 2 }.count <= 3)
    for y in 0..<120 {
      #expect(abs(Double(out.image[70, y]) - Self.fibre(70, y)) < 110)
    }
  }

  /// A packet that lies over fibres with nothing between them: the trace continues through it.
  @Test func packetsOverFibres() throws {
    var scene = StackScene()
    scene.level = { _, y in 5 + 900 * gauss(Double(y % 12 - 6) / 2) }
    var planes = scene.planes()
    let block = Block(x: 50, y: 30, width: 16, height: 32)
    for y in 0..<120 {
      for x in 0..<140 where block.holds(x, y) { (planes[0][x, y], planes[1][x, y]) = (0, 0) }
    }
    // Where the sky is as dark as they are their equal numbers tell them.
    var exposures = scene.exposures(planes)
    for (k, blocks) in LostBlock.found(in: exposures).enumerated() where !blocks.isEmpty {
      var mask = Mask(shape: exposures[k].shape)
      for block in blocks { block.mark(in: &mask) }
      exposures[k].mask = mask
    }
    let (_, combined) = try scene.run(exposures)
    let (image, truth) = (try combined(.mediancr).image, scene.truth())
    for y in 30..<62 {
      // Where the fibres end 0 is as near as noise.
      for x in 50..<66 where truth[x, y] > 60 {
        #expect(abs(image[x, y] - truth[x, y]) < 5 * (truth[x, y] + 25).squareRoot(), "\(x), \(y)")
      }
    }
  }

  /// Where the exposure that is left is hit no value fits: the pixel is masked and counted.
  @Test(arguments: [2, 3]) func hitsAmongDropOutsAreMasked(n: Int) throws {
    var scene = StackScene()
    scene.detectors = .init(repeating: (1, 5), count: n)
    var planes = scene.planes { k, x, y in k == n - 1 && y == 30 && (x == 40 || x == 41) ? 3000 : 0 }
    for k in 0..<n - 1 { (planes[k][40, 30], planes[k][41, 30]) = (0, 0) }
    let (result, combined) = try scene.run(scene.exposures(planes))
    #expect(result.findings.undecided == 2 && result.findings.lowValues.allSatisfy { $0 == 0 })
    let out = try combined(.mediancr)
    #expect(out.image[40, 30].isNaN && out.image[41, 30].isNaN && out.empty?.flagged == 2)
  }

  /// Coincident hits that touch keep their lowest value.
  @Test(arguments: [2, 3, 4, 5]) func hitsAreNoBlocks(n: Int) throws {
    for (background, density) in [(0.0, 6e-3), (100, 6e-3), (100, 9e-4)] {
      var simulation = ExposureSimulation()
      (simulation.exposures, simulation.density, simulation.coincidences) = (n, density, 60)
      simulation.seed = 12
      var planes = try simulation.run(work: Work()).exposures
      var random = SplitMix64(state: UInt64(n))
      for k in planes.indices where background > 0 {
        planes[k] = planes[k].map { $0 + Float(background + background.squareRoot() * random.normal()) }
      }
      let found = try LowBlocks(
        in: planes, factors: planes.map { _ in 1 }, noise: StackNoise([Detector(gain: 1, readoutNoise: 3.4)]),
        planes: StackPlanes(planes, work: Work()), work: Work())
      #expect(found.findings.count <= (density > 1e-3 ? 2 : 0), "\(background), \(density)")
    }
  }

  /// Areas that touch a corner or a side, wide ones, and such of any outline.
  enum Area: CaseIterable {
    case corner, triangle, quadrant, angle, side, half

    func holds(_ x: Int, _ y: Int) -> Bool {
      switch self {
      case .corner: x < 40 && y < 30
      case .triangle: x + y < 50
      case .quadrant: x >= 70 && y >= 60
      case .angle: (x < 6 && y < 70) || (x < 70 && y < 6)
      case .side: x >= 110 && (20..<90).contains(y)
      case .half: x > 40 && y > 10
      }
    }
  }

  @Test(arguments: Area.allCases, [2, 3, 4, 5]) func areasInCorners(area: Area, n: Int) throws {
    for (level, noise) in [(Self.fibre, 0.0), ({ _, _ in 400 }, 3.0)]
      as [(@Sendable (Int, Int) -> Double, Double)]
    {
      var scene = StackScene()
      scene.level = level
      scene.detectors = .init(repeating: (1, 5), count: n)
      let most = n == 2 ? 1 : (n + 1) / 2
      var random = SplitMix64(state: 4)
      // Half of the exposures and more of the image: the levels tell it before.
      guard area != .half || n > 3 else { continue }
      var planes = scene.planes()
      for y in 0..<120 {
        for x in 0..<140 where area.holds(x, y) {
          for k in 0..<most { planes[k][x, y] = Float(noise * random.normal()) }
        }
      }
      let low = try LowValues(
        in: planes, factors: planes.map { _ in 1 },
        noise: StackNoise([Detector(gain: 1, readoutNoise: 5)]),
        planes: StackPlanes(planes, work: Work()), work: Work())
      var (missed, wrong) = (0, 0)
      for y in 0..<120 {
        for x in 0..<140 {
          for k in 0..<n {
            let isLow = low.masks.isEmpty ? false : low.masks[k][x, y]
            if area.holds(x, y), k < most { missed += isLow ? 0 : 1 } else { wrong += isLow ? 1 : 0 }
          }
        }
      }
      #expect(missed == 0 && wrong <= 2, "\(area), \(n)")
      // The neighbourhood cannot tell which of two values at its end is wrong.
      #expect(low.undecided <= 2)
    }
  }

  /// A track of the good exposure that begins in an area and ends outside of it: outside the other exposures are right.
  @Test(arguments: [2, 3]) func tracksOutOfAreas(n: Int) throws {
    var scene = StackScene()
    scene.detectors = .init(repeating: (1, 5), count: n)
    var planes = scene.planes { k, x, y in
      k == n - 1 && (y == 20 || y == 21) && (30..<60).contains(x) ? 4000 : 0
    }
    for y in 0..<30 { for x in 0..<40 { for k in 0..<n - 1 { planes[k][x, y] = 0 } } }
    let low = try LowValues(
      in: planes, factors: planes.map { _ in 1 }, noise: StackNoise([Detector(gain: 1, readoutNoise: 5)]),
      planes: StackPlanes(planes, work: Work()), work: Work())
    for k in 0..<n - 1 {
      let wrong = (0..<120 * 140).filter {
        (low.masks[k].plane.pixels[$0] != 0) != ($0 % 140 < 40 && $0 / 140 < 30)
      }
      #expect(wrong.isEmpty, "\(wrong.prefix(5))")
    }
  }
}
