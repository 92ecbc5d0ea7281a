import Files
import Kernels
import Pipeline

extension CommandContext {
  /// Reports which numbers of the detector are used and where they come from.
  func tell(_ found: DetectorLookup) {
    found.sources.forEach(report)
    found.notes.forEach(note)
  }

  /// The same for exposures that are searched for cosmic rays; says when the first one is far noisier than gain and
  /// readout noise allow, as with a gain that is a setting of the camera.
  func tell(_ found: DetectorLookup, of stack: Stack) throws {
    tell(found)
    let image = stack.exposures[0]
    guard let gain = found.each[0].gain.uniform, let noise = found.each[0].readoutNoise.uniform else {
      return
    }
    let bias = found.each[0].bias
    let check = try NoiseCheck(
      Calibration.calibrated(image.pixels, bias: bias, work: work),
      parameters: LACosmicParameters(gain: gain, readNoise: noise * gain), mask: image.mask, work: work)
    guard let ratio = check.ratio, ratio > 3 else { return }
    let better = check.causes.compactMap { cause -> Double? in
      switch cause {
      case .gainInverted(let better): better
      case .noiseUnderestimated(_, let better): better
      default: nil
      }
    }.first
    note(
      "\(image.label(number: 1)) is \(ratio.short) times as noisy as gain \(gain.plain) and readout noise "
        + "\(noise.plain) \(image.unit.name) allow"
        + (better.map { ": a gain near \($0.short) would suit it (GAIN may be a setting of the camera)" }
          ?? ""))
  }
}

extension DetectorLookup {
  /// The numbers as parameters, for the record that replays a session; none where the exposures differ.
  var resolved: [String: Value] {
    var values: [String: Value] = [:]
    guard let detector = common else { return values }
    let found = [("gain", detector.gain), ("rnoise", detector.readoutNoise), ("bias", detector.bias)]
    for (name, value) in found {
      if let number = value.uniform { values[name] = .number(number) }
    }
    return values
  }
}
