import Testing

@testable import Kernels

/// Stars that lie a little elsewhere in one exposure are no cosmic rays.
@Suite struct SharedSourceTests {
  private struct Field {
    var scene = StackScene(width: 200, height: 160)
    var planes: [Plane<Float>] = []
    var stars: [(x: Double, y: Double, flux: Double)] = []
    var coincidences: [(x: Int, y: Int)] = []

    /// - Parameters:
    ///   - fwhm: of each exposure's stars [pixel].
    ///   - offsets: of each exposure.
    init(fwhm: [Double], offsets: [Offset], seed: UInt64, coincidences count: Int = 0) {
      scene.detectors = fwhm.map { _ in (1, 4) }
      var random = SplitMix64(state: seed)
      for _ in 0..<60 {
        stars.append(
          (
            8 + 184 * random.uniform(), 8 + 144 * random.uniform(),
            630 * power(31.6, random.uniform())
          ))
      }
      for _ in 0..<count { coincidences.append((6 + Int(random.next() % 188), 6 + Int(random.next() % 148))) }
      var hits = [[Int: Double]](repeating: [:], count: fwhm.count)
      for k in fwhm.indices {
        for _ in 0..<15 {
          let at = (4 + Int(random.next() % 152)) * 200 + 4 + Int(random.next() % 192)
          hits[k][at, default: 0] += 2500
          hits[k][at - 1, default: 0] += 900
        }
      }
      for (n, place) in coincidences.enumerated() {
        for k in 0..<2 {
          hits[(n + k) % fwhm.count][place.y * 200 + place.x, default: 0] += 600 + 300 * Double(k)
        }
      }
      planes = fwhm.indices.map { k in
        var level = Plane<Float>(width: 200, height: 160, repeating: 60)
        let sigma = fwhm[k] / 2.3548
        for star in stars {
          let (x0, y0) = (star.x - offsets[k].x, star.y - offsets[k].y)
          for y in max(0, Int(y0) - 12)...min(159, Int(y0) + 12) {
            for x in max(0, Int(x0) - 12)...min(199, Int(x0) + 12) {
              level[x, y] += Float(
                star.flux * share(Double(x) - x0, sigma) * share(Double(y) - y0, sigma))
            }
          }
        }
        var one = scene
        one.detectors = [(1, 4)]
        one.seed = seed * 10 + UInt64(k)
        one.level = { x, y in Double(level[x, y]) }
        return one.planes { _, x, y in hits[k][y * 200 + x] ?? 0 }[0]
      }
    }

    /// The part of a star's light in 7x7 pixels around it that an image keeps, the middle one of bright stars.
    func kept(_ image: Plane<Float>, offset: Offset) -> Double {
      let parts = stars.filter { $0.flux > 3000 }.map { star -> Double in
        let (x, y) = (Int((star.x - offset.x).rounded()), Int((star.y - offset.y).rounded()))
        var sum = 0.0
        for j in max(0, y - 3)...min(159, y + 3) {
          for i in max(0, x - 3)...min(199, x + 3) { sum += Double(image[i, j]) - 60 }
        }
        return sum / star.flux
      }.sorted()
      return parts[parts.count / 2]
    }
  }

  private static let dithers = [Offset.zero, Offset(x: 0.33, y: -0.5), Offset(x: -0.5, y: 0.33)]

  /// A6, with the offsets given and without.
  @Test(arguments: [MaskingOptions.Detection.pvalue, .boundary], [true, false])
  func undersampledStarsKeepTheirLight(detection: MaskingOptions.Detection, isGiven: Bool) throws {
    let field = Field(fwhm: [1.2, 1.2, 1.2], offsets: Self.dithers, seed: 8)
    let (result, combined) = try field.scene.run(field.scene.exposures(field.planes), detection: detection) {
      // An exposure's features lie where its offset says.
      if isGiven { $0.offsets = Self.dithers.map { Offset(x: -$0.x, y: -$0.y) } }
    }
    let image = try combined(.mediancr).image
    // A plain median, which is no better, keeps 0.949; the minimum 0.298.
    #expect(field.kept(image, offset: .zero) > 0.9)
    #expect(field.kept(try combined(.meancr).image, offset: .zero) > 0.95)
    let sources = try #require(result.findings.sources)
    #expect(sources.shared > 10)
    if isGiven {
      #expect(sources.cause == .undersampling)
    } else if case .offsets(let largest) = sources.cause {
      #expect((0.3...0.7).contains(largest))
    } else {
      Issue.record("\(sources.cause)")
    }
  }

  /// Coincidences beside such stars are found all the same.
  @Test func coincidencesAmongThemAreFound() throws {
    let field = Field(fwhm: [1.2, 1.2, 1.2], offsets: Self.dithers, seed: 9, coincidences: 80)
    let result = try field.scene.run(field.scene.exposures(field.planes)) {
      $0.offsets = Self.dithers.map { Offset(x: -$0.x, y: -$0.y) }
      $0.dilation = 0
    }.result
    #expect(result.findings.sources != nil)
    let found = field.coincidences.count { result.masks.medianCR[$0.x, $0.y] }
    #expect(found >= 76, "\(found) of 80")
  }

  /// Where the exposures agree nothing is spared, though there are stars and hits on them.
  @Test func equivalentExposuresHaveNoSharedSources() throws {
    let field = Field(fwhm: [2.5, 2.5, 2.5], offsets: [.zero, .zero, .zero], seed: 10, coincidences: 80)
    let result = try field.scene.run(field.scene.exposures(field.planes)) { $0.dilation = 0 }.result
    #expect(result.findings.sources == nil)
    #expect(field.coincidences.count { result.masks.medianCR[$0.x, $0.y] } >= 76)
  }

  /// Fibres everywhere, coincidences everywhere: still nothing that chance does not explain.
  @Test(arguments: [3, 4]) func fibresAreNotTakenForSources(n: Int) throws {
    var simulation = ExposureSimulation()
    (simulation.exposures, simulation.density, simulation.coincidences, simulation.seed) = (n, 4e-3, 120, 3)
    let exposures = try simulation.run(work: Work()).exposures
    var scene = StackScene()
    scene.detectors = exposures.map { _ in (1, 3.4) }
    #expect(try scene.run(scene.exposures(exposures)).result.findings.sources == nil)
  }

  /// One exposure is sharper than the others.
  @Test func seeingIsNamed() throws {
    let field = Field(fwhm: [2.4, 2.4, 3.4], offsets: [.zero, .zero, .zero], seed: 11)
    let (result, combined) = try field.scene.run(field.scene.exposures(field.planes))
    // A plain median keeps 1.012, the minimum 0.735.
    #expect(field.kept(try combined(.mediancr).image, offset: .zero) > 0.97)
    #expect(result.findings.sources?.cause == .seeing(3, isSharper: false))
  }
}

/// The part of a star's light that falls on a pixel, along one axis.
private func share(_ distance: Double, _ sigma: Double) -> Double {
  var sum = 0.0
  for k in 0..<10 { sum += gauss((distance - 0.45 + 0.1 * Double(k)) / sigma) }
  return sum * 0.1 / (sigma * 2.5066282746310002)
}

private func power(_ base: Double, _ exponent: Double) -> Double {
  // base^exponent by halving the exponent.
  var (result, factor, rest) = (1.0, base, exponent)
  for _ in 0..<40 {
    factor = factor.squareRoot()
    rest *= 2
    if rest >= 1 {
      result *= factor
      rest -= 1
    }
  }
  return result
}
