import TestSupport
import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// A gain that does not hold for calculated pixels is no more known once they were saved and loaded.
@Suite struct LostGainTests: CalculatesImages {
  let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private func image(_ unit: String) -> Image {
    var image = Image(
      pixels: Plane(width: 6, height: 4, repeating: 100),
      header: TestFile.header([
        "BUNIT = '\(unit)'", "GAIN = 2.0", "RDNOISE = 8.0", "EXPTIME = 50.0",
      ]))
    image.unit = image.cards.unit
    return image
  }

  @Test(arguments: ["adu", "electron", "adu/s", "electron/s", "photon"])
  func sumsAndNegativesSaved(_ unit: String) throws {
    let a = image(unit)
    let sum = try calculated("+", .image(a), .image(image(unit)))
    for lost in [
      sum, try calculated("/", .image(sum), .integer(2)), try calculated("*", .image(a), .integer(-1)),
    ] {
      let again = try loaded(lost)
      let twice = try loaded(calculated("*", .image(again), .integer(2)))
      for known in [lost.knownDetector, again.knownDetector, twice.knownDetector] {
        #expect(known.gain == nil && known.readoutNoise == nil)
      }
      if unit.hasPrefix("electron") {
        #expect(again.knownDetector.lost == lost.knownDetector.lost && lost.knownDetector.lost != nil)
      }
      // Numbers that somebody gives hold, once saved too.
      var given = again
      given.detector.gain = Known(.constant(3), .argument)
      given.detector.readoutNoise = Known(.constant(5), .argument)
      given.writeDetectorCards()
      let known = try loaded(given).knownDetector
      #expect(known.gain?.value == .constant(3) && known.readoutNoise?.value == .constant(5), "\(known)")
      #expect(try loaded(loaded(given)).knownDetector.gain?.value == .constant(3))
    }
    // What holds is no different.
    #expect(try loaded(calculated("*", .image(a), .integer(2))).header["CRSLOST"] == nil)
  }
}
