import Files
import Kernels

extension NoiseDiagnosis {
  /// What is wrong and what to do about it, a sentence each; none where image and model agree.
  ///
  /// - Parameter subtracted: whether the command takes `subtracted=`.
  package func warnings(takesSubtracted: Bool) -> [String] {
    let aboutNoise = byLikelihood(causes.filter(\.isAboutNoise))
    var lines: [String] = []
    if !aboutNoise.isEmpty {
      lines.append(
        evidence + ": " + aboutNoise.map { text(of: $0, takesSubtracted) }.joined(separator: "; or "))
    }
    return lines + causes.filter { !$0.isAboutNoise }.map { text(of: $0, takesSubtracted) }
  }

  /// A bias that somebody forgot is likelier than a mean of many frames that says nothing of it.
  private func byLikelihood(_ causes: [NoiseCause]) -> [NoiseCause] {
    let areMany = causes.contains { if case .scaled(_, let frames) = $0 { frames >= 4 } else { false } }
    guard areMany else { return causes }
    func isBias(_ cause: NoiseCause) -> Bool { if case .bias = cause { true } else { false } }
    return causes.filter(isBias) + causes.filter { !isBias($0) }
  }

  /// The measured disagreement.
  private var evidence: String {
    guard let ratio = check.ratio, let measured = check.measuredNoise, let expected = check.expectedNoise
    else {
      return "the noise of the image is not what its level allows"
    }
    let numbers = "(\(measured.short) \(unit.name) instead of \(expected.short))"
    return ratio > 1
      ? "the image is \(ratio.short) times as noisy as its level allows \(numbers)"
      : "the image has only \(ratio.short) of the noise that belongs to its level \(numbers)"
  }

  private func text(of cause: NoiseCause, _ takesSubtracted: Bool) -> String {
    let (gain, readNoise) = (check.model.gain, check.model.readNoise)
    func numbers(_ gain: Double, _ readNoise: Double) -> String {
      "gain=\(gain.rounded3) rnoise=\((readNoise / gain).rounded3)"
    }
    switch cause {
    case .skySubtracted(let sky):
      return "a background of about \(sky.rounded3) \(unit.name) seems to have been subtracted"
        + (takesSubtracted
          ? "; subtracted=\(sky.rounded3), or its image, counts it in the noise"
          : "; exposures with their sky are needed")
    case .bias(let level):
      // What was taken off already belongs to the number that is to be given.
      let whole = (level + bias).rounded3
      return bias == 0
        ? "a bias of about \(whole) \(unit.name) seems to be left in; bias=\(whole), or bias=auto, takes it out"
        : "the bias seems to be about \(whole) \(unit.name), not \(bias.rounded3)"
    case .biasAndReadout(let level, let noise):
      return
        "a bias of up to \((level + bias).rounded3) \(unit.name) may be left in, and the readout noise is no more than "
        + "\(noise.rounded3) \(unit.name)"
    case .averaged(let frames, let card):
      return "\(card) says a combination of \(frames) frames, whose mean has this noise: "
        + numbers(gain * Double(frames), readNoise * Double(frames).squareRoot())
    case .summed(let frames, let card):
      return "\(card) says a combination of \(frames) frames, whose sum has this noise: "
        + numbers(gain, readNoise * Double(frames).squareRoot())
    case .reads(let count, let card):
      return "\(card) says \(count) reads a pixel, whose mean has this noise: "
        + numbers(gain, readNoise / Double(count).squareRoot())
    case .rate(let seconds):
      return "counts per second of an exposure of \(seconds.rounded3) s have this noise: "
        + numbers(gain * seconds, readNoise)
    case .electrons: return "electrons have this noise: " + numbers(1, readNoise)
    case .cameraSetting(let card):
      return "\(card) \(gain.rounded3) looks like a setting of the camera; "
        + (check.betterGain.map { "a gain near \($0.rounded3) e-/\(unit.inDenominator) would suit" }
          ?? "give gain=")
    case .gainInverted(let better):
      return "the inverse gain, \(better.rounded3) e-/\(unit.inDenominator), suits it"
    case .scaled(let factor, let frames):
      let scaled = "pixels multiplied by about \(factor.rounded3) (\(numbers(gain / factor, readNoise)))"
      guard frames >= 1.8 else { return "it is that of " + scaled }
      return "it is that of the mean of about \(frames.rounded().plain) frames ("
        + numbers(gain * frames.rounded(), readNoise * frames.rounded().squareRoot()) + "), or of " + scaled
    case .smoothed(let part):
      return
        "neighbouring pixels share their noise (\(part.rounded3) of it is left between them): a resampled or smoothed "
        + "image; give its variance"
    case .alternating: return "neighbouring pixels alternate as in a colour mosaic, or as amplifiers do"
    case .wrongNumbers(let better, let noise):
      let choices = [
        better.map { "a gain near \($0.rounded3) e-/\(unit.inDenominator)" },
        noise.map { "a readout noise near \($0.rounded3) \(unit.name)" },
      ].compactMap { $0 }
      return choices.isEmpty
        ? "check gain and readout noise" : choices.joined(separator: " or ") + " would suit it"
    case .wrongVariance: return "the given variance does not suit the image"
    case .saturation(let level, let pixels):
      return
        "\(pixels) pixels lie on a plateau at \(level.rounded3) \(unit.name), below the saturation level: lower satlevel="
    case .noVariance(let fraction):
      return
        "\((100 * fraction).rounded3) % of the pixels have no positive variance: their noise is set to 0.003 electrons"
        + (takesSubtracted ? " (subtracted= counts a background that is gone in the noise)" : "")
    }
  }
}

extension NoiseCause {
  fileprivate var isAboutNoise: Bool {
    switch self {
    case .saturation, .noVariance: false
    default: true
    }
  }
}

extension Double {
  /// Three significant digits, as a number that can be typed.
  fileprivate var rounded3: String {
    guard isFinite, self != 0 else { return "\(self)" }
    var unit = 1.0
    while abs(self) / unit >= 1000 { unit *= 10 }
    while abs(self) / unit < 100 { unit /= 10 }
    let digits = (self / unit).rounded() * unit
    return ((digits * 1e6).rounded() / 1e6).plain
  }
}
