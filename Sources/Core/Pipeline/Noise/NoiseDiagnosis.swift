import Files
import Glibc
import Kernels

/// Compares the noise of an image with its model and names the causes that fit; what the header excludes is none.
package struct NoiseDiagnosis: Sendable {
  package let check: NoiseCheck
  /// The likeliest first; of causes that fit equally well all are named.
  package let causes: [NoiseCause]
  /// What was taken off the pixels before [ADU].
  let bias: Double
  /// Of the pixels, for messages.
  let unit: PixelUnit

  /// Measured noise over that of another model which counts as a fit.
  private static let fitting = 0.8...1.25
  /// The same where a card says what the image is.
  private static let said = 0.75...1.25
  /// Ratios of neighbours below and above which pixels share noise or alternate.
  private static let (shared, alternating) = (0.75, 1.6)

  package init(_ check: NoiseCheck, _ evidence: NoiseEvidence) {
    (self.check, unit, bias) = (check, evidence.spelling, evidence.bias)
    var causes: [NoiseCause] = []
    let fitted = Fits(check: check, evidence: evidence)
    switch check.disagreement {
    case .tooNoisy?: causes = fitted.tooNoisy
    case .tooQuiet?: causes = fitted.tooQuiet
    case nil: causes = fitted.slightlyQuiet
    }
    if check.floorFraction > NoiseCheck.largestFloorFraction, !causes.contains(where: \.isMissingLight) {
      causes.append(.noVariance(fraction: check.floorFraction))
    }
    if check.hasPlateau {
      causes.append(.saturation(level: check.plateau.level, pixels: check.plateau.pixels))
    }
    self.causes = causes
  }

  package var isConsistent: Bool { causes.isEmpty }

  /// Which causes fit.
  private struct Fits {
    let check: NoiseCheck
    let evidence: NoiseEvidence

    private var gain: Double { check.model.gain }
    private var readNoise: Double { check.model.readNoise }

    /// Whether the noise is that of another model.
    private func suits(
      within range: ClosedRange<Double> = fitting, _ change: (inout NoiseCheck.Model) -> Void
    ) -> Bool {
      var model = check.model
      change(&model)
      return check.ratio(of: model).map(range.contains) ?? false
    }

    var tooNoisy: [NoiseCause] {
      if check.hasVariance { return [.wrongVariance] }
      if evidence.mosaic == nil, let ratio = check.neighbourRatio, ratio > alternating {
        return [.alternating]
      }
      let noise = check.measuredNoise ?? 0
      if check.level < 0.5 * noise {
        return check.missingLight.map { [.skySubtracted($0)] } ?? numbers
      }
      if let sum = summed { return [sum] }
      var causes = sameForBoth
      // A gain that follows from the unit and the time is nobody's setting.
      if let card = evidence.gainCard, card != "BUNIT", !evidence.isRate, causes.isEmpty, gain >= 10,
        let better = check.betterGain,
        better < gain / 3
      {
        causes.append(.cameraSetting(card: card))
      }
      return causes.isEmpty ? numbers : causes
    }

    var tooQuiet: [NoiseCause] {
      if check.hasVariance { return [.wrongVariance] }
      if let ratio = check.neighbourRatio, ratio < shared { return [.smoothed(ratio)] }
      var causes = slightlyQuiet
      if causes.isEmpty, evidence.unit != .electrons, !evidence.isRate, let seconds = evidence.seconds,
        seconds > 1.5, !evidence.isWhole, suits({ $0.gain *= seconds })
      {
        causes.append(.rate(seconds: seconds))
      }
      if causes.isEmpty { causes = sameForBoth }
      if mayHaveBias, let bias = check.quietLevel, bias > 5 * (check.measuredNoise ?? 0),
        suits({ $0.bias = bias })
      {
        let better = whichFits(bias: bias)
        if better == .bias { causes = [] }
        if better != .frames, !causes.contains(where: \.isSaid) {
          let other = better == nil && causes.isEmpty ? scaled.map { [$0] } ?? [] : causes
          // Raw frames are whole numbers with a bias; rates, means and electrons are not.
          causes = evidence.isWhole ? [.bias(bias)] + other : other + [.bias(bias)]
        }
      }
      if causes.isEmpty {
        let isRaw = mayHaveBias && evidence.isWhole && check.quietLevel == nil
        if let scaled, !isRaw || frames < Self.manyFrames { causes.append(scaled) }
        // Less noise than the readout alone should make is no photon noise.
        if isRaw, let noise = check.measuredNoise {
          causes.append(.biasAndReadout(level: check.level, noise: noise))
        }
      }
      return causes.isEmpty ? numbers : causes
    }

    /// Whole numbers are hardly the mean of more frames.
    private static let manyFrames = 30.0

    /// Whether nothing excludes a bias.
    private var mayHaveBias: Bool {
      evidence.biasIsGone == nil && evidence.unit != .electrons && !evidence.isRate
    }

    private enum Fit { case bias, frames }

    /// Deviation between bright and dark that makes one explanation worse than the other.
    private static let worse = 0.12

    /// Whether a bias or a mean of frames suits the noise at all levels better; nil where both do.
    private func whichFits(bias: Double) -> Fit? {
      var (biased, averaged) = (check.model, check.model)
      biased.bias = bias
      averaged.frames = frames
      guard let a = check.trend(of: biased), let b = check.trend(of: averaged), a > 0, b > 0 else {
        return nil
      }
      let (misfit, other) = (abs(log(a)), abs(log(b)))
      if misfit > other + Self.worse { return .frames }
      return other > misfit + Self.worse ? .bias : nil
    }

    /// How many frames' mean would have the noise.
    private var frames: Double { check.ratio.map { 1 / ($0 * $0) } ?? 1 }

    private var scaled: NoiseCause? {
      guard let factor = check.scaleFactor, factor < 0.7 else { return nil }
      return .scaled(factor, frames: frames)
    }

    /// What a card says even where the noise is only somewhat too low.
    var slightlyQuiet: [NoiseCause] {
      guard !check.hasVariance, let ratio = check.ratio, ratio < 0.85 else { return [] }
      if let (count, card) = evidence.frames, suits(within: said, { $0.frames = Double(count) }) {
        return [.averaged(frames: count, card: card)]
      }
      if let (count, card) = evidence.reads,
        suits(within: said, { $0.readNoise /= Double(count).squareRoot() })
      {
        return [.reads(count, card: card)]
      }
      return []
    }

    private var summed: NoiseCause? {
      guard let (count, card) = evidence.frames, suits({ $0.readNoise *= Double(count).squareRoot() }) else {
        return nil
      }
      return .summed(frames: count, card: card)
    }

    private var sameForBoth: [NoiseCause] {
      guard abs(gain - 1) > 0.1 else { return [] }
      if suits({ $0.gain = 1 / gain }) { return [.gainInverted(1 / gain)] }
      let mayBeElectrons = evidence.unit == .unknown && !evidence.isRate
      return mayBeElectrons && suits({ $0.gain = 1 }) ? [.electrons] : []
    }

    private var numbers: [NoiseCause] {
      [.wrongNumbers(gain: check.betterGain, readNoise: check.betterReadNoise.map { $0 / gain })]
    }
  }
}

extension NoiseCause {
  /// Whether a card says it.
  fileprivate var isSaid: Bool {
    switch self {
    case .averaged, .summed, .reads: true
    default: false
    }
  }
  fileprivate var isMissingLight: Bool { if case .skySubtracted = self { true } else { false } }
}
