import TestSupport
import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

@Suite struct CR2ImagesTests {
  /// A gradient with a little structure, so that no two rows or columns are alike.
  private func scene(_ width: Int = 60, _ height: Int = 40, seed: UInt64 = 1) -> Image {
    var random = SeededRandom(seed: seed)
    return Image(
      pixels: Plane(
        width: width, height: height,
        pixels: (0..<width * height).map { i in Float(random.below(16)) + Float(100 + i % 5) }))
  }

  private func error(_ first: Image, _ second: Image?, _ parameters: CR2ImagesParameters) -> CRSError? {
    do {
      _ = try CR2Images.run(first: first, second: second, parameters: parameters)
      return nil
    } catch {
      return error as? CRSError
    }
  }

  @Test func wrongInputIsExplained() throws {
    let image = scene()
    let region = try Section(x1: 1, x2: 5, y1: 1, y2: 5)
    let outside = try Section(x1: 1, x2: 61, y1: 1, y2: 5)
    #expect(error(image, nil, .init(ioffx: 1))?.parameter == "ioffx")
    #expect(error(image, nil, .init(ioffy: nil))?.parameter == "ioffy")
    #expect(error(image, nil, .init())?.parameter == "median_size")
    #expect(error(image, image, .init(skippedRegions: [], imageRegion: region))?.parameter == "image_region")
    #expect(error(image, scene(60, 41), .init())?.message.contains("60x40 and 60x41") == true)
    for offset in [60, -60, 61, Int.max, Int.min] {
      #expect(error(image, image, .init(ioffx: offset))?.parameter == "ioffx")
    }
    #expect(error(image, image, .init(ioffy: 40))?.parameter == "ioffy")
    #expect(error(image, image, .init(skippedRegions: [region, outside]))?.parameter == "skipped_regions")
    #expect(error(image, image, .init(imageRegion: outside))?.parameter == "image_region")
    #expect(error(image, image, .init(tsigmaPeak: .nan))?.parameter == "tsigma_peak")
    #expect(error(image, image, .init(tsigmaTail: -1))?.parameter == "tsigma_tail")
    #expect(error(image, image, .init(maxsize: 0))?.parameter == "maxsize")
    #expect(error(scene(0, 0), scene(0, 0), .init())?.message.contains("empty") == true)
    var bad = image
    bad.mask = Mask(shape: Shape(width: 3, height: 3))
    #expect(error(image, bad, .init())?.message.contains("MASK") == true)
    var empty = image
    for i in empty.pixels.pixels.indices { empty.pixels.pixels[i] = .nan }
    #expect(error(image, empty, .init())?.message.contains("finite") == true)
    #expect(error(image, image, .init()) == nil)
  }

  @Test func equalImagesStayEqual() throws {
    let image = scene()
    let result = try CR2Images.run(first: image, second: image)
    #expect(result.found.robustStandardDeviation == 0)
    #expect(result.mask1.flagged == 0 && result.mask2.flagged == 0)
    #expect(result.clean1.pixels == image.pixels && result.clean2.pixels == image.pixels)
    var hit = image
    hit.pixels[7, 9] += 1
    let other = try CR2Images.run(first: hit, second: image)
    #expect(other.mask1.flagged == 1 && other.mask1[7, 9])
    #expect(other.clean1.pixels == image.pixels)
    #expect(other.warnings.contains { $0.contains("scatter is 0") })
  }

  @Test func pixelsThatAreNotFiniteAreLeftAlone() throws {
    var first = scene(seed: 3)
    var second = scene(seed: 4)
    first.pixels[20, 20] = 5000
    first.pixels[21, 20] = .nan
    second.pixels[30, 10] = .infinity
    second.pixels[31, 10] = 7000
    first.pixels[40, 30] = 9000
    second.pixels[40, 30] = -.infinity
    let result = try CR2Images.run(first: first, second: second)
    #expect(result.found.notFinite == 3)
    #expect(result.mask1.flagged == 1 && result.mask1[20, 20])
    #expect(result.mask2.flagged == 1 && result.mask2[31, 10])
    #expect(result.clean1.pixels[21, 20].isNaN && result.clean1.pixels[40, 30] == 9000)
    #expect(result.clean2.pixels[30, 10] == .infinity)
    #expect(result.warnings.contains { $0.hasPrefix("3 pixels are not finite") })
    var single = CR2ImagesParameters()
    single.medianSize = try MedianWindow(rows: 3, columns: 5)
    let alone = try CR2Images.run(first: first, parameters: single)
    #expect(alone.mask1[20, 20] && alone.clean1.pixels[21, 20].isNaN)
    #expect(alone.clean1.pixels[20, 20] < 200)
  }

  @Test(arguments: PixelType.allCases)
  func everyPixelTypeKeepsItsPixels(type: PixelType) throws {
    func typed(_ image: Image) -> Image {
      var image = image
      image.storedType = type
      let values = image.pixels.pixels
      switch type {
      case .int32, .int64, .uint32: image.exactPixels = .int64(values.map { Int64($0) + 2_000_000_001 })
      case .uint64: image.exactPixels = .uint64(values.map { UInt64($0) + (1 << 51) + 1 })
      case .float64: image.exactPixels = .float64(values.map { Double($0) + 1e-9 })
      default: break
      }
      if type == .int8 { image.pixels = image.pixels.map { $0 - 100 } }
      return image
    }
    var plain = scene(seed: 5)
    for i in plain.pixels.pixels.indices { plain.pixels.pixels[i] += Float(i % 3 - 1) }
    plain.pixels[30, 30] = 220
    let first = typed(plain)
    let second = typed(scene(seed: 6))
    let result = try CR2Images.run(
      first: first, second: second, parameters: .init(tsigmaPeak: 2.5, tsigmaTail: 1.5))
    #expect(result.found.first.values.count > 0)
    #expect(result.clean1.storedType == type)
    for i in first.pixels.pixels.indices where result.mask1.plane.pixels[i] == 0 {
      #expect(result.clean1.pixels.pixels[i] == first.pixels.pixels[i])
    }
    switch (first.exactPixels, result.clean1.exactPixels, second.exactPixels) {
    case (.int64(let before)?, .int64(let after)?, .int64(let other)?):
      for i in before.indices {
        let flagged = result.mask1.plane.pixels[i] == 1
        #expect(
          after[i] == (flagged ? other[i] + Int64(result.found.median.rounded(.toNearestOrEven)) : before[i]))
      }
    case (.uint64(let before)?, .uint64(let after)?, _):
      for i in before.indices where result.mask1.plane.pixels[i] == 0 { #expect(after[i] == before[i]) }
    case (.float64(let before)?, .float64(let after)?, .float64(let other)?):
      for i in before.indices {
        #expect(after[i] == (result.mask1.plane.pixels[i] == 1 ? other[i] + result.found.median : before[i]))
      }
    default: #expect(first.exactPixels == nil && result.clean1.exactPixels == nil)
    }
    if let limits = type.limits, first.exactPixels == nil {
      for value in result.clean1.pixels.pixels {
        #expect(value == value.rounded() && limits.contains(Double(value)))
      }
    }
  }

  @Test func integersAreClippedToTheirRange() throws {
    var first = scene(seed: 8)
    var second = scene(seed: 9)
    (first.storedType, second.storedType) = (.uint8, .uint8)
    for i in first.pixels.pixels.indices { first.pixels.pixels[i] += 140 }
    second.pixels[10, 10] = 0
    first.pixels[10, 10] = 255
    second.pixels[20, 20] = 250
    let result = try CR2Images.run(first: first, second: second, parameters: .init(tsigmaPeak: 5))
    #expect(result.mask2[20, 20])
    #expect(result.clean2.pixels.pixels.allSatisfy { (0...255).contains($0) })
  }

  @Test func coincidencesAreListed() throws {
    var first = scene(seed: 10)
    var second = scene(seed: 11)
    first.pixels[33, 12] = 4000
    second.pixels[31, 15] = 1500
    first.pixels[50, 30] = 3000
    let result = try CR2Images.run(first: first, second: second, parameters: .init(ioffx: 2, ioffy: -3))
    #expect(result.found.coincidences.count == 1)
    let found = try #require(result.found.coincidences.first)
    #expect(found.exposure == 1 && found.x1 == 34 && found.y1 == 13 && found.x2 == 32 && found.y2 == 16)
    #expect(found.value == 4000 && found.companion == 1500)
    #expect(result.found.coincidences.table.rows.count == 1)
    #expect(result.warnings.contains { $0.hasPrefix("1 replaced pixel seems to be hit in both") })
  }

  @Test func uncertaintiesAreConverted() throws {
    var first = scene(seed: 12)
    var second = scene(seed: 13)
    first.pixels[33, 12] = 4000
    let flat = Plane<Float>(width: 60, height: 40, repeating: 2)
    first.uncertainty = Uncertainty(kind: .variance, values: flat)
    second.uncertainty = Uncertainty(kind: .standardDeviation, values: flat.map { $0 + 1 })
    first.mask = Mask(shape: first.shape)
    first.mask?[5, 5] = true
    let result = try CR2Images.run(first: first, second: second)
    let values = try #require(result.clean1.uncertainty?.values)
    #expect(values[33, 12] == 9)
    #expect(values[5, 5] == 2)
    #expect(result.clean1.mask?.flagged == 2 && result.mask1.flagged == 1)
    second.uncertainty = nil
    let kept = try CR2Images.run(first: first, second: second)
    #expect(kept.clean1.uncertainty?.values == flat)
    #expect(kept.warnings.contains { $0.contains("uncertainties") })
  }

  @Test func planesForFigures() throws {
    let images = try ["pairm4_1.fits", "pairm4_2.fits"].map(PairCase.image)
    let region = try Section(x1: 40, x2: 120, y1: 30, y2: 70)
    let result = try CR2Images.run(
      first: images[0], second: images[1],
      parameters: .init(ioffy: -4, imageRegion: region, keepsPlanes: true))
    let difference = try #require(result.found.difference)
    let labels = try #require(result.found.first.labels)
    #expect(difference.shape == result.found.overlap.shape)
    #expect(difference[3, 5] == images[0].pixels[3, 5] - images[1].pixels[3, 9])
    #expect(labels.peak.pixels.max() == Int32(result.found.first.peaks))
    #expect(result.found.second?.labels?.tail.pixels.max() == Int32(result.found.second?.tails ?? -1))
    for y in 0..<difference.height {
      for x in 0..<difference.width {
        let inside = region.columns.contains(x) && region.rows.contains(y) && labels.peak[x, y] > 0
        #expect(labels.tailInPeak[x, y] == (inside ? labels.tail[x, y] : 0))
      }
    }
  }

  @Test func historyNamesEverythingUsed() throws {
    let region = try Section(x1: 1, x2: 9, y1: 2, y2: 3)
    let result = try CR2Images.run(
      first: scene(), second: scene(seed: 2),
      parameters: .init(tsigmaPeak: 5.5, maxsize: 7, skippedRegions: [region], singleMode: true))
    let lines = result.history(infile1: "a.fits", infile2: "b.fits")
    #expect(
      lines.suffix(5) == [
        "- tsigma_peak: 5.5", "- tsigma_tail: 3", "- skipped_region: [1:9,2:3]", "- maxsize: 7",
        "- single_mode: True",
      ])
    var header = Header(cards: [
      "FILENAME= 'old.fits'           / the name", "EXPTIME =                 1200.",
    ])
    header.record(filename: "out/c.fits", history: lines)
    #expect(
      header.cards[0].hasPrefix("FILENAME= 'c.fits  '")
        && header.cards[1] == "EXPTIME =                 1200.")
    #expect(header.history == lines)
  }
}
