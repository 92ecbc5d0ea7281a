import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// A hit that is the only value of its pixel is no result.
@Suite struct LoneHitTests {
  private static let methods = [CombinationMethod.mediancr, .meancrt, .meancr]
  /// Tracks of one to three pixels: column, row, electrons.
  private static let tracks: [[(x: Int, y: Int, charge: Double)]] = [
    [(30, 30, 2500)], [(60, 40, 900), (61, 40, 3300), (62, 40, 2400)], [(90, 70, 1500), (90, 71, 1500)],
    [(120, 90, 800)],
  ]
  private static let hits = tracks.flatMap { $0 }

  /// Exposures whose first one is hit, and what the others lost: the hit pixels alone, or all within two pixels.
  private func spoilt(_ scene: StackScene, margin: Int) -> (planes: [Plane<Float>], lost: Mask) {
    let planes = scene.planes { k, x, y in
      k == 0 ? Self.hits.first { $0.x == x && $0.y == y }?.charge ?? 0 : 0
    }
    var lost = Mask(shape: planes[0].shape)
    for hit in Self.hits {
      for y in hit.y - margin...hit.y + margin {
        for x in hit.x - margin...hit.x + margin { lost[x, y] = true }
      }
    }
    return (planes, lost)
  }

  /// Where the other values are masked, NaN or dropped out, whatever the detector and the method.
  @Test(arguments: [2, 3, 4], [0, 2]) func hitsWithoutCompanionsLeaveNothing(n: Int, margin: Int) throws {
    var scene = StackScene()
    scene.detectors = .init(repeating: (1, 5), count: n)
    let (planes, lost) = spoilt(scene, margin: margin)
    var (gaps, zeros) = (planes, planes)
    for i in 0..<lost.plane.count where lost.plane.pixels[i] != 0 {
      for k in 1..<n { (gaps[k].pixels[i], zeros[k].pixels[i]) = (.nan, 0) }
    }
    let masks = planes.indices.map { $0 == 0 ? Mask(shape: lost.shape) : lost }
    let truth = scene.truth()
    let kinds = [scene.exposures(planes, masks: masks), scene.exposures(gaps), scene.exposures(zeros)]
    for (kind, exposures) in kinds.enumerated() {
      for detection in [MaskingOptions.Detection.pvalue, .boundary] where n > 2 || detection == .pvalue {
        let (result, combined) = try scene.run(exposures, detection: detection) { $0.dilation = 0 }
        if kind < 2 { #expect((Self.hits.count...Self.hits.count + 2).contains(result.findings.loneHits)) }
        for method in Self.methods {
          let out = try combined(method)
          for hit in Self.hits {
            #expect(out.image[hit.x, hit.y].isNaN && out.map[hit.x, hit.y] == 0, "\(kind) \(method) \(hit)")
            #expect(out.empty?[hit.x, hit.y] == true)
          }
          // Values that are alone and not hit stay.
          for i in 0..<lost.plane.count where kind < 2 && lost.plane.pixels[i] != 0 && out.map.pixels[i] > 0 {
            #expect(out.map.pixels[i] == 1 && abs(out.image.pixels[i] - truth.pixels[i]) < 120)
          }
          let empty = out.map.pixels.count { $0 == 0 }
          #expect(empty <= Self.hits.count + (kind < 2 ? 2 : 4), "\(kind) \(method)")
        }
      }
    }
  }

  /// LAMEDIAN stands for them where it is asked for.
  @Test func cleanedMedianHasNoLoneHits() throws {
    let scene = StackScene()
    let (planes, lost) = spoilt(scene, margin: 1)
    let masks = planes.indices.map { $0 == 0 ? Mask(shape: lost.shape) : lost }
    let (result, _) = try scene.run(scene.exposures(planes, masks: masks))
    let clean = try #require(result.masks.laMedian)
    for hit in Self.hits { #expect(abs(clean[hit.x, hit.y] - 400) < 100) }
  }

  /// What somebody else flagged of a lone value leaves nothing either.
  @Test func masksOfOthersCount() throws {
    let scene = StackScene()
    let (planes, lost) = spoilt(scene, margin: 1)
    let exposures = scene.exposures(
      planes, masks: planes.indices.map { $0 == 0 ? Mask(shape: lost.shape) : lost })
    var own = Mask(shape: lost.shape)
    for hit in Self.hits { own[hit.x, hit.y] = true }
    let none = Mask(shape: lost.shape)
    // A median that nobody flags does not bring it back.
    let set = MaskSet(
      medianCR: none, meanCRT: own, exposures: [own, none, none], fluxFactors: [1, 1, 1], uuid: "")
    let combination = try MaskedCombination(exposures, masks: set, fluxFactors: [1, 1, 1], work: Work())
    for method in Self.methods {
      let out = try combination.combined(method, work: Work())
      for hit in Self.hits {
        #expect(out.image[hit.x, hit.y].isNaN && out.map[hit.x, hit.y] == 0, "\(method)")
      }
    }
  }

  /// cr2images masks them, copies none into the other image, and leaves everything else as it is.
  @Test(arguments: [false, true]) func pairsCopyNone(isNaN: Bool) throws {
    var scene = StackScene()
    scene.detectors = [(1, 5), (1, 5)]
    let (planes, lost) = spoilt(scene, margin: 1)
    var images = planes.map { Image(pixels: $0, unit: .adu) }
    if isNaN {
      for i in 0..<lost.plane.count where lost.plane.pixels[i] != 0 { images[1].pixels.pixels[i] = .nan }
    } else {
      images[1].mask = lost
    }
    var own = Mask(shape: lost.shape)
    for hit in Self.hits { own[hit.x, hit.y] = true }
    for fills in [false, true] {
      var parameters = CR2ImagesParameters()
      parameters.fill = fills
      for isSwapped in [false, true] {
        let result = try CR2Images.run(
          first: images[isSwapped ? 1 : 0], second: images[isSwapped ? 0 : 1], parameters: parameters)
        let (hit, other) =
          isSwapped ? (result.clean2, result.clean1) : (result.clean1, result.clean2)
        // The masks hold what the difference shows.
        #expect(result.mask1.flagged == 0 && result.mask2.flagged == 0)
        #expect(hit.pixels == planes[0])
        #expect(hit.mask.map { (own & !$0).flagged } == 0)
        for i in 0..<own.plane.count where own.plane.pixels[i] != 0 {
          #expect(!(other.pixels.pixels[i] > 1000) || other.pixels.pixels[i] == images[1].pixels.pixels[i])
        }
        let told =
          "\(own.flagged) pixels of image \(isSwapped ? 2 : 1) are hit where the other image has no value"
        #expect(result.lines.contains { $0.hasPrefix(told) }, "\(result.lines)")
      }
    }
  }
}
