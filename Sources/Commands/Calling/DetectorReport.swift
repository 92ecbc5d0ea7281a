import Files
import Kernels
import Pipeline

extension CommandContext {
  /// Reports which numbers of the detector are used and where they come from.
  package func tell(_ found: DetectorLookup) {
    found.sources.forEach(report)
    found.notes.forEach(note)
  }

  /// The same for exposures that are searched for cosmic rays; says where the noise of the first one contradicts gain
  /// and readout noise, as with a gain that is a setting of the camera.
  package func tell(_ found: DetectorLookup, of stack: Stack) throws {
    tell(found)
    let image = stack.exposures[0]
    let pixels = try Calibration.calibrated(image.pixels, bias: found.each[0].bias, work: work)
    let detector = found.each[0]
    let check: NoiseCheck
    if let gain = detector.gain.uniform, let noise = detector.readoutNoise.uniform {
      check = try NoiseCheck(
        pixels, parameters: LACosmicParameters(gain: gain, readNoise: noise * gain), mask: image.mask,
        variance: found.knowsNoise ? nil : image.uncertainty?.noiseVariance(work: work), work: work)
    } else {
      check = try UnevenImage(pixels, detector: detector).noiseCheck(
        LACosmicParameters(), mask: image.mask, work: work)
    }
    guard let ratio = check.ratio, ratio > 3 else { return }
    let evidence = NoiseEvidence(image, gainCard: found.facts[0].gain?.source.card)
    for warning in NoiseDiagnosis(check, evidence).warnings(takesSubtracted: false).prefix(1) {
      note("\(image.label(number: 1)): \(warning)")
    }
  }
}

extension DetectorLookup {
  /// The numbers as parameters, for the record that replays a session; none where the exposures differ.
  package var resolved: [String: Value] {
    var values: [String: Value] = [:]
    guard let detector = common else { return values }
    let found = [("gain", detector.gain), ("rnoise", detector.readoutNoise), ("bias", detector.bias)]
    for (name, value) in found {
      if let number = value.uniform { values[name] = .number(number) }
    }
    return values
  }
}
