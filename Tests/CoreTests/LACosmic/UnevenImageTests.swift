import Testing

@testable import Kernels

/// L.A.Cosmic on images of several amplifiers.
@Suite struct UnevenImageTests {
  private let shape = Shape(width: 160, height: 120)

  /// The left half with gain 1 and noise 4 electrons, the right one with gain 4 and noise 12.
  private var detector: Detector {
    var (gain, noise) = (
      Plane<Float>(width: shape.width, height: shape.height, repeating: 1),
      Plane<Float>(width: shape.width, height: shape.height, repeating: 4)
    )
    for y in 0..<shape.height {
      for x in 80..<shape.width { (gain[x, y], noise[x, y]) = (4, 12 / 4) }
    }
    return Detector(gain: .plane(gain), readoutNoise: .plane(noise))
  }

  private func image(hits: Bool) -> (pixels: Plane<Float>, hits: [(x: Int, y: Int)]) {
    var random = SplitMix64(state: 5)
    var pixels = Plane<Float>(width: shape.width, height: shape.height, repeating: 0)
    let detector = detector
    for y in 0..<shape.height {
      for x in 0..<shape.width {
        let readout = x < 80 ? 4.0 : 12
        let electrons = 300 + (300 + readout * readout).squareRoot() * random.normal()
        pixels[x, y] = Float(electrons / detector.gain.value(at: y * shape.width + x))
      }
    }
    var places: [(x: Int, y: Int)] = []
    for n in 0..<(hits ? 40 : 0) {
      let place = (x: 5 + (n * 41) % 150, y: 5 + (n * 29) % 110)
      pixels[place.x, place.y] += Float(1500 / detector.gain.value(at: place.y * shape.width + place.x))
      places.append(place)
    }
    return (pixels, places)
  }

  @Test func everySectionHasItsOwnNumbers() throws {
    let (pixels, hits) = image(hits: true)
    let found = try UnevenImage(pixels, detector: detector).run(LACosmicParameters(), work: Work())
    #expect(hits.allSatisfy { found.mask[$0.x, $0.y] })
    // Neighbours of hits may be flagged with them; hardly anything else is.
    var far = 0
    for y in 0..<found.mask.height {
      for x in 0..<found.mask.width
      where found.mask[x, y] && !hits.contains(where: { abs($0.x - x) < 2 && abs($0.y - y) < 2 }) { far += 1 }
    }
    #expect(far <= 4)
    for i in 0..<pixels.count {
      if found.mask.plane.pixels[i] == 0 {
        #expect(found.clean.pixels[i].bitPattern == pixels.pixels[i].bitPattern)
      } else {
        let level = 300 / detector.gain.value(at: i)
        #expect(abs(Double(found.clean.pixels[i]) - level) < 0.2 * level)
      }
    }
    // Neither the jump between the sections nor noise is a hit.
    let empty = try UnevenImage(image(hits: false).pixels, detector: detector).run(
      LACosmicParameters(), work: Work())
    #expect(empty.mask.flagged <= 2)
    let check = try UnevenImage(pixels, detector: detector).noiseCheck(LACosmicParameters(), work: Work())
    #expect(check.disagreement == nil)
  }

  /// A plane of equal numbers is the number itself.
  @Test func equalPlanesGiveTheSameMask() throws {
    var scene = StackScene()
    scene.level = { x, y in
      let square = (x - 60) * (x - 60) + (y - 60) * (y - 60)
      return 100 + 4000 * gauss(Double(square).squareRoot() / 3)
    }
    var pixels = scene.planes()[0]
    for n in 0..<30 { pixels[5 + (n * 41) % 130, 5 + (n * 29) % 110] += 800 }
    let plane = { (value: Float) in
      DetectorValue.plane(Plane(width: pixels.width, height: pixels.height, repeating: value))
    }
    let sky = Plane<Float>(width: pixels.width, height: pixels.height, repeating: 60)
    for gone in [nil, sky] {
      let usual = try LACosmic.run(
        pixels, parameters: LACosmicParameters(gain: 1, readNoise: 5), subtracted: gone, work: Work())
      let uneven = try UnevenImage(
        pixels, detector: Detector(gain: plane(1), readoutNoise: plane(5)), subtracted: gone
      ).run(LACosmicParameters(), work: Work())
      #expect(uneven.mask == usual.mask)
      let differences = zip(uneven.clean.pixels, usual.clean.pixels).map { abs($0 - $1) }
      #expect((differences.max() ?? 1) < 0.01)
    }
  }
}
