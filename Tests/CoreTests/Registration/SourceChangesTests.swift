import Glibc
import Testing

@testable import Kernels
@testable import Pipeline

/// Sources that differ a little in sharpness, place or brightness are followed, and hits on them are found.
@Suite struct SourceChangesTests {
  /// Star fields of 300x240 pixels whose exposures have these widths (full width at half maximum [pixel]), places and
  /// factors; the widths grow over the field by a part along x and y.
  func field(
    widths: [Double], places: [Double]? = nil, factors: [Double]? = nil,
    growth: [(x: Double, y: Double)]? = nil, sky: Float = 80, seed: UInt64 = 1
  ) -> (exposures: [ExposurePlanes], hits: [Mask]) {
    let (width, height) = (300, 240)
    var random = SplitMix64(state: seed)
    let stars = (0..<70).map { _ in
      (
        x: Double(width) * random.uniform(), y: Double(height) * random.uniform(),
        light: pow(10, 3 + 2.3 * random.uniform())
      )
    }
    var scene = StackScene(width: width, height: height)
    scene.detectors = widths.map { _ in (gain: 1.4, noise: 4.5) }
    scene.seed = seed
    var planes: [Plane<Float>] = []
    var hits: [Mask] = []
    for k in widths.indices {
      let (shift, factor, growth) = (places?[k] ?? 0, factors?[k] ?? 1, growth?[k] ?? (x: 0, y: 0))
      var level = Plane<Float>(width: width, height: height, repeating: sky)
      for star in stars {
        let (cx, cy) = (star.x + shift, star.y - 0.5 * shift)
        let (u, v) = (cx / Double(width) - 0.5, cy / Double(height) - 0.5)
        let wing = widths[k] * (1 + growth.x * u + growth.y * v) / 1.02
        for y in max(0, Int(cy) - 25)...min(height - 1, Int(cy) + 25) {
          for x in max(0, Int(cx) - 25)...min(width - 1, Int(cx) + 25) {
            var sum = 0.0
            for (u, v) in [(-0.25, -0.25), (-0.25, 0.25), (0.25, -0.25), (0.25, 0.25)] {
              let (dx, dy) = (Double(x) + u - cx, Double(y) + v - cy)
              sum += pow(1 + (dx * dx + dy * dy) / (wing * wing), -3)
            }
            level[x, y] += Float(factor * star.light * sum / 4 * 2 / (.pi * wing * wing))
          }
        }
      }
      var mask = Mask(shape: Shape(width: width, height: height))
      for _ in 0..<80 {
        // Half of them on stars.
        let star = stars[Int(Double(stars.count) * random.uniform()) % stars.count]
        let isOn = random.uniform() < 0.5
        let x = min(
          width - 2, max(1, Int(isOn ? star.x + 3 * random.normal() : Double(width) * random.uniform())))
        let y = min(
          height - 2, max(1, Int(isOn ? star.y + 3 * random.normal() : Double(height) * random.uniform())))
        mask[x, y] = true
      }
      scene.level = { Double(level[$0, $1]) }
      planes.append(
        scene.planes { _, x, y in
          mask[x, y] ? 12 * (Double(level[x, y]) + 20).squareRoot() + 0.1 * Double(level[x, y]) : 0
        }[k])
      hits.append(mask)
    }
    return (scene.exposures(planes), hits)
  }

  private func result(_ exposures: [ExposurePlanes], mismatch: Double? = nil) throws -> MaskingResult {
    var options = FluxAndSkyTests.options(exposures.count)
    options.pvalue.mismatch = mismatch
    return try Masking(exposures, options: options, auxiliary: nil, work: Work()).run(uuid: "", history: [])
  }

  /// Completeness of the hits of all exposures, and flagged pixels that nothing hit.
  private func score(_ result: MaskingResult, _ hits: [Mask]) -> (completeness: Double, false: Int) {
    var (found, all, wrong) = (0, 0, 0)
    for (mask, hits) in zip(result.masks.exposures, hits) {
      found += (mask & hits).flagged
      all += hits.flagged
      wrong += (mask & !hits).flagged
    }
    return (Double(found) / Double(max(1, all)), wrong)
  }

  @Test(arguments: [[3.0, 3.15, 2.9], [3.2, 3.0, 3.1, 3.25, 2.95], [3.0, 3.15]])
  func anotherSeeing(widths: [Double]) throws {
    let (exposures, hits) = field(widths: widths)
    let result = try result(exposures)
    let score = score(result, hits)
    #expect(score.completeness > 0.93 && score.false <= 6 * widths.count, "\(score)")
  }

  /// The seeing of a night: half as wide again. The median shows sharp stars, which are no coincident hits.
  @Test(arguments: [[3.2, 3.2, 4.0], [3.2, 4.6, 3.2], [3.2, 3.2, 4.3, 3.2]])
  func muchBroaderSeeing(widths: [Double]) throws {
    let (exposures, hits) = field(widths: widths, seed: 11)
    let score = score(try result(exposures), hits)
    #expect(score.completeness > 0.78 && score.false <= 25 * widths.count, "\(score)")
  }

  @Test func anotherPlaceAndTransparency() throws {
    let (exposures, hits) = field(
      widths: [3, 3.05, 2.95], places: [0, 0.06, -0.05], factors: [1, 0.985, 1.01], seed: 2)
    let score = score(try result(exposures), hits)
    #expect(score.completeness > 0.93 && score.false <= 18, "\(score)")
  }

  /// The seeing of each exposure changes over the field in its own way.
  @Test func seeingThatVariesOverTheField() throws {
    let (exposures, hits) = field(
      widths: [3, 3.05, 2.95], growth: [(0.1, 0), (-0.05, 0.1), (0, -0.1)], seed: 6)
    let followed = score(try result(exposures), hits)
    let plain = score(try result(exposures, mismatch: 0), hits)
    #expect(followed.completeness > 0.93 && followed.false <= 30, "\(followed)")
    #expect(plain.false > 3 * followed.false, "\(plain) \(followed)")
  }

  /// Hits of two exposures that meet on the sky are found beside stars whose seeing differs.
  @Test(arguments: [3, 5]) func coincidentHitsStay(count: Int) throws {
    var (exposures, hits) = field(widths: [3.0, 3.2, 2.85, 3.1, 2.95].prefix(count).map { $0 }, seed: 8)
    var common = Mask(shape: hits[0].shape)
    var random = SplitMix64(state: 19)
    for _ in 0..<40 {
      let (x, y) = (2 + Int(296 * random.uniform()), 2 + Int(236 * random.uniform()))
      let charge = Float(pow(10, 2.2 + 1.2 * random.uniform()))
      for k in 0...count / 2 {
        for dx in 0...1 {
          exposures[k].pixels[x + dx, y] += charge
          hits[k][x + dx, y] = true
          common[x + dx, y] = true
        }
      }
    }
    let result = try result(exposures)
    #expect(result.findings.followedPixels > 0)
    let found = (result.masks.medianCR & common).flagged
    #expect(Double(found) > 0.93 * Double(common.flagged), "\(found) of \(common.flagged)")
    #expect(score(result, hits).completeness > 0.93)
  }

  /// The same on stars: they are no sources whose flux all exposures share.
  @Test(arguments: [UInt64(8), 21]) func coincidentHitsOnStarsStay(seed: UInt64) throws {
    var (exposures, _) = field(widths: [3.0, 3.25, 2.8], places: [0, 0.1, -0.08], seed: seed)
    let light = exposures[0].pixels
    var common = Mask(shape: light.shape)
    for y in 8..<232 {
      for x in 8..<292 where light[x, y] > 250 {
        let isPeak = (-3...3).allSatisfy { v in (-3...3).allSatisfy { light[x + $0, y + v] <= light[x, y] } }
        guard isPeak, common.flagged < 60 else { continue }
        for k in 0...1 {
          for dx in 1...2 {
            exposures[k].pixels[x + dx, y] += 12 * light[x, y].squareRoot() + 0.3 * light[x, y]
            common[x + dx, y] = true
          }
        }
      }
    }
    let result = try result(exposures)
    #expect(result.findings.followedPixels > 0 && result.findings.sources == nil)
    let found = (result.masks.medianCR & common).flagged
    #expect(10 * found >= 9 * common.flagged && common.flagged >= 30, "\(found) of \(common.flagged)")
  }

  /// Charge that most exposures have at an empty place is no source: nothing is expected to change with it.
  @Test(arguments: [3, 5]) func whatIsHitIsNoSource(count: Int) throws {
    let (exposures, _) = field(widths: [3.0, 3.3, 2.8, 3.1, 2.9].prefix(count).map { $0 }, seed: 4)
    var planes = exposures.map(\.pixels)
    let quiet = planes[0]
    var places: [(x: Int, y: Int)] = []
    for y in stride(from: 10, to: 230, by: 12) {
      for x in stride(from: 10, to: 290, by: 12) {
        let isEmpty = (-6...6).allSatisfy { v in (-6...6).allSatisfy { quiet[x + $0, y + v] < 90 } }
        guard isEmpty else { continue }
        places.append((x, y))
        for k in 0...count / 2 { planes[k][x, y] += 3000 }
      }
    }
    #expect(places.count > 20)
    let found = try #require(try changes(planes, StackNoise(exposures.map(\.detector))))
    for (x, y) in places {
      let left = (-1...1).flatMap { v in (-1...1).map { found.variance[x + $0, y + v] } }.max() ?? 0
      #expect(left < 25, "\(left) at \(x), \(y)")
    }
  }

  /// Exposures that are alike stay as they are.
  @Test(arguments: [2, 3]) func nothingIsFollowedInNoise(count: Int) throws {
    let (exposures, _) = field(widths: [Double](repeating: 3, count: count), seed: 3)
    let planes = exposures.map(\.pixels)
    let found = try SourceChanges(
      of: planes, factors: planes.map { _ in 1 },
      noise: StackNoise(exposures.map(\.detector)), work: Work())
    #expect(found == nil)
  }

  /// What is taken off is what the exposures differ by.
  @Test func changesAreTakenOff() throws {
    let (exposures, hits) = field(widths: [3, 3.3, 2.8], seed: 4)
    let planes = exposures.map(\.pixels)
    let noise = StackNoise(exposures.map(\.detector))
    let found = try #require(
      try SourceChanges(
        of: planes, factors: [1, 1, 1], noise: noise,
        work: Work()))
    func unlike(_ planes: [Plane<Float>]) -> Int {
      var count = 0
      let hit = hits.reduce(hits[0]) { $0 | $1 }
      for i in 0..<planes[0].count where hit.plane.pixels[i] == 0 {
        let (perSignal, readout) = noise[0].at(i)
        let d = planes[1].pixels[i] - planes[2].pixels[i]
        if d * d > 25 * 2 * (max(planes[1].pixels[i], 0) * perSignal + readout) { count += 1 }
      }
      return count
    }
    #expect(unlike(planes) > 100)
    #expect(10 * unlike(found.exposures) < unlike(planes), "\(unlike(planes)) \(unlike(found.exposures))")
    #expect(found.pixels > 100)
  }

  /// Columns of a saturated star bleed each as far as they like: what lies beside them is left as it is, and may differ.
  @Test func saturatedColumnsAreLeft() throws {
    let (exposures, _) = field(widths: [3, 3.3, 2.8], seed: 12)
    var planes = exposures.map(\.pixels)
    for k in planes.indices {
      for y in 40..<(150 + 6 * k) { for x in 148...152 { planes[k][x, y] = 30000 } }
    }
    let found = try #require(try changes(planes, StackNoise(exposures.map(\.detector))))
    #expect(found.pixels > 100)
    for y in 60..<140 {
      for x in [146, 147, 150, 153, 154] {
        #expect(found.exposures.indices.allSatisfy { found.exposures[$0][x, y] == planes[$0][x, y] }, "\(x)")
      }
      #expect(found.variance[150, y] > 3e7)
    }
    let far = (160..<290).contains { x in
      (20..<220).contains { found.exposures[1][x, $0] != planes[1][x, $0] }
    }
    #expect(far)
  }

  private func changes(_ planes: [Plane<Float>], _ noise: StackNoise) throws -> SourceChanges? {
    try SourceChanges(of: planes, factors: planes.map { _ in 1 }, noise: noise, work: Work())
  }

  /// Lines and traces change each on its own, which others follow.
  @Test func spectraAreLeft() throws {
    var slit = ChangedSlit(tracks: 40)
    (slit.sky, slit.object, slit.move) = ([1, 1, 1], [1, 1, 1], [0, 0, 0.25])
    #expect(try changes(slit.exposures().images, StackNoise([slit.detector])) == nil)
  }

  /// Another flux is measured as such, and what hardly differs stays.
  @Test(arguments: [0.7, 1.0]) func fluxAndTrifles(factor: Double) throws {
    let widths = factor == 1 ? [3.0, 3.01, 3.0] : [3, 3, 3]
    let (exposures, _) = field(widths: widths, factors: [1, 1, factor], seed: 9)
    #expect(try changes(exposures.map(\.pixels), StackNoise(exposures.map(\.detector))) == nil)
  }

  /// A note about what was followed asks for nothing that would turn it off.
  @Test func notesTellWhatWasFollowed() throws {
    var findings = StackFindings()
    findings.difference = ExposureDifference(exposure: 2, cause: .offset(x: 0.2, y: -0.1), pixels: 900)
    let asked = try #require(StackReport.warnings(findings).first)
    #expect(asked.contains("may pass for hits; give crosscorr_region"), "\(asked)")
    findings.followedPixels = 700
    let told = try #require(StackReport.warnings(findings).first)
    #expect(
      told.contains("was followed before hits were looked for") && !told.contains("crosscorr_region"),
      "\(told)")
    findings.difference = ExposureDifference(exposure: 2, cause: .seeing(4, isSharper: false), pixels: 900)
    let inPart = try #require(StackReport.warnings(findings).first)
    #expect(inPart.contains("A part of it was followed; the rest may pass for hits"), "\(inPart)")
  }

  /// Another sharpness that was followed is not told as another flux; another flux is.
  @Test func whatLooksLikeAnotherFlux() {
    var findings = StackFindings()
    findings.difference = ExposureDifference(exposure: 2, cause: .flux(0.8), pixels: 900)
    #expect(!findings.isOtherFluxFollowed)
    findings.followedLight = [.nan, 0.01, .nan]
    #expect(findings.isOtherFluxFollowed)
    findings.followedLight = [0.01, -0.18, .nan]
    #expect(!findings.isOtherFluxFollowed)
    findings.followedLight = [0.01, .nan, 0.01]
    #expect(!findings.isOtherFluxFollowed)
  }
}
