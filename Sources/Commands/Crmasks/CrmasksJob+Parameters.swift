import Files
import Kernels
import Pipeline

extension CrmasksJob {
  /// A job with checked parameters, whose flux factors and offsets are found where they are to be found.
  ///
  /// - Throws: `CRSError` (usage, data) for what does not go together.
  init(
    images: [Image], names: [String], detector: Detector, settings: CrmasksSettings, boundary: Boundary?,
    compatibility: Compatibility?, work: Work
  ) throws {
    var settings = settings
    settings.drawSeed()
    let calibrated = try images.map {
      try Calibration.calibrated($0.pixels, bias: detector.bias, work: work)
    }
    let registration = try settings.registration(
      of: calibrated, detector: detector, compatibility: compatibility, work: work)
    settings.adopt(registration)
    self.init(
      images: images, names: names, detector: detector,
      options: try settings.options(boundary: boundary, compatibility: compatibility), settings: settings)
    self.registration = registration
    if settings.masking.method.usesLacosmic {
      guard let gain = detector.gain.uniform, let noise = detector.readoutNoise.uniform else {
        throw CRSError.data(
          "L.A.Cosmic needs one value for the whole image", parameter: "gain, rnoise",
          expected: "numbers, or crmethod mmcosmic")
      }
      lacosmic = settings.lacosmic.parameters(
        gain: gain,
        // Defect D8: numina hands over ADU where electrons are expected.
        readoutNoise: compatibility == .numina036 ? noise : noise * gain, unlimited: 65535)
    }
    parameterLines =
      [
        "gain = \(detector.gain.text)", "rnoise = \(detector.readoutNoise.text)",
        "bias = \(detector.bias.text)",
      ]
      + settings.historyLines
      + (compatibility.map { ["compat = \($0.rawValue)"] } ?? [])
      + (boundary == nil ? [] : ["boundary = as given"])
  }
}

extension DetectorValue {
  /// The single value, or what stands for a plane.
  var text: String { uniform.map { $0 == $0.rounded() && abs($0) < 1e15 ? $0.fixed(1) : "\($0)" } ?? "array" }
}
