import Testing

@testable import Kernels

/// The planes of the first iteration, computed everywhere on one tile.
@Suite struct LACosmicStageTests {
  @Test func separableMediansAndMedianFineStructure() throws {
    try compare("stages_small_sep_expected.fits", LACosmicParameters())
  }

  @Test func fullMediansAndConvolution() throws {
    let parameters = LACosmicParameters(
      readNoise: 3.4, sepmed: false, fineStructure: .convolve, psf: .model(PSFModel(.moffat, fwhm: 2.7)))
    try compare("stages_fibres_conv_full_expected.fits", parameters)
  }

  private func compare(_ expected: String, _ parameters: LACosmicParameters) throws {
    let image = try LACosmicCase.plane(expected, "INPUT")
    let tile = DetectionTile(setup: try DetectionSetup(parameters))
    let noise = Float(parameters.readNoise)
    image.pixels.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      let frame = LACosmicFrame(
        width: image.width, height: image.height, pixels: base, gain: 1, background: nil, backgroundGain: 1,
        variance: nil, gainSquared: 1, readVariance: noise * noise,
        masked: BitPlane(width: image.width, height: image.height), hasMasked: false, gaps: nil,
        cleaned: CosmicTable(BitPlane(width: image.width, height: image.height)))
      tile.place(frame, coreX: 0, coreY: 0)
      tile.zone.copy(tile.core)
      tile.zone3.copy(tile.core)
      tile.load(frame)
      tile.computeSignificance(tile.core)
      tile.computeFineStructure(tile.core)
    }
    for (name, plane) in [
      ("LAPSNR", tile.s), ("NOISE", tile.noise), ("SPRIME", tile.significance), ("FINE", tile.f),
    ] {
      let wanted = try LACosmicCase.plane(expected, name)
      var different = 0
      for y in 0..<wanted.height {
        for x in 0..<wanted.width
        where plane[(y + tile.haloY) * tile.width + x + tile.haloX] != wanted[x, y] { different += 1 }
      }
      #expect(different == 0, "\(name): \(different) of \(wanted.count) pixels differ")
    }
  }
}
