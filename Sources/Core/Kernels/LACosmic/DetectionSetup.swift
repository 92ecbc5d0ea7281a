/// Thresholds, windows and kernel of a run, in the single precision that the reference works in.
struct DetectionSetup: Sendable {
  let sigclip: Float
  /// Threshold of neighbours.
  let low: Float
  let objlim: Float
  let sepmed: Bool
  /// Half widths of the medians of noise and sampling flux, and of the inner and outer fine structure.
  let noiseReach: Int
  let innerReach: Int
  let outerReach: Int
  /// The mirrored kernel, row after row; nil in median mode.
  let kernel: [Float]?
  let kernelReachX: Int
  let kernelReachY: Int
  /// How far a changed pixel changes the contrast test.
  let influence: Int

  /// Noise [electron] is never below the square root of this.
  static let varianceFloor: Float = 1e-5
  /// Fine structure is never below this.
  static let fineFloor: Float = 0.01

  init(_ parameters: LACosmicParameters) throws {
    sigclip = Float(parameters.sigclip)
    low = Float(parameters.sigclip) * Float(parameters.sigfrac)
    objlim = Float(parameters.objlim)
    sepmed = parameters.sepmed
    noiseReach = sepmed ? 3 : 2
    innerReach = sepmed ? 2 : 1
    outerReach = sepmed ? 4 : 3
    switch parameters.fineStructure {
    case .median:
      kernel = nil
      (kernelReachX, kernelReachY) = (0, 0)
      influence = max(2 * noiseReach, innerReach + outerReach)
    case .convolve:
      let plane = try parameters.psf.kernel()
      kernel = Array(plane.pixels.reversed())
      (kernelReachX, kernelReachY) = ((plane.width - 1) / 2, (plane.height - 1) / 2)
      influence = max(2 * noiseReach, outerReach + noiseReach + max(kernelReachX, kernelReachY))
    }
  }
}
