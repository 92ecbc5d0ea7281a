import Files
import Kernels

/// Which flux the second exposure of a pair has relative to the first, and why.
struct PairScaling {
  /// The second exposure is divided by it.
  private(set) var factor = 1.0
  /// Results, a line each.
  private(set) var lines: [String] = []
  /// What a user must know, a sentence each.
  private(set) var warnings: [String] = []
  /// That the pixels tell another flux where nothing asked to match it; nil where they do not.
  private(set) var unlike: String?

  /// A measured factor agrees with the expected one within this part of it.
  private static let differing = 0.01
  /// A measured factor is used when its error is below this part of it.
  private static let exact = 0.03
  /// A measured factor is told when it differs from 1 by so much and so many standard deviations.
  private static let (shown, significant) = (0.05, 5.0)
  /// Levels are told when they differ by this part of the larger one.
  private static let differingLevel = 0.2

  /// - Parameters:
  ///   - choice: what was asked for.
  ///   - input: the exposures as they are to be compared.
  ///   - overlap: where they cover each other.
  /// - Throws: `CRSError.interrupted`.
  init(
    _ first: Image, _ second: Image, choice: PairScale?, input: PairInput, overlap: PairOverlap
  ) throws {
    let levels = ExposureLevels([first, second])
    let ratio = levels.areUnlike ? levels.relative[1] : nil
    if choice == nil || choice == .auto, !first.unit.isRate, !second.unit.isRate {
      for (number, image) in [first, second].enumerated() {
        guard let refused = image.refusedTime else { continue }
        warnings.append(
          "image \(number + 1): \(refused); the exposure times are not compared, scale=NUMBER gives the ratio of the "
            + "fluxes")
      }
    }
    let told = levels.pairText
    switch choice ?? (ratio == nil ? .off : .auto) {
    case .factor(let given):
      factor = given
      lines.append("scale \(given.plain): image 2 is divided by it (argument)")
      if let ratio, abs(given / ratio - 1) > 0.1 {
        warnings.append(
          "scale \(given.plain) is not the ratio that the headers give (\(told): \(ratio.short))")
      }
    case .off:
      if let ratio, choice != nil {
        warnings.append(
          "the exposures differ (\(told), a factor of \(ratio.short)) and scale=none leaves the images as they are; "
            + "scale=auto matches them")
      } else if choice == nil {
        unlike = try Self.unlike(first, second, input, overlap, told)
      }
    case .auto:
      let match = try PairMatch(input, overlap: overlap, guess: ratio ?? 1)
      adopt(match.flatMap { $0.error < Self.exact * $0.factor ? $0 : nil }, ratio, told)
    }
  }

  private mutating func adopt(_ match: PairMatch?, _ ratio: Double?, _ told: String) {
    guard let match else {
      factor = ratio ?? 1
      guard let ratio else {
        lines.append("scale 1: nothing stands out of the sky of both images that could be compared")
        return
      }
      lines.append("scale \(ratio.short): image 2 is divided by it (\(told))")
      return
    }
    let measured = "\(match.factor.short) +- \(match.error.short)"
    let expected = ratio ?? 1
    if abs(match.factor - expected) <= max(3 * match.error, Self.differing * expected) {
      factor = expected
      guard expected != 1 else {
        lines.append("scale 1: the pixels say \(measured)")
        return
      }
      lines.append("scale \(expected.short): image 2 is divided by it (\(told); the pixels say \(measured))")
      return
    }
    factor = match.factor
    lines.append(
      "scale \(match.factor.short): image 2 is divided by it (the pixels say \(measured)"
        + (told.isEmpty ? ")" : "; \(told), \(expected.short))"))
    if ratio != nil, abs(match.factor / expected - 1) > 0.1 {
      warnings.append(
        "the pixels say that image 2 has \(measured) times the flux of image 1, the headers \(expected.short) (\(told)); "
          + "scale=\(expected.short) takes the latter")
    }
  }

  /// A sentence on fluxes or levels that differ although nothing in the headers says so; nil where they agree.
  private static func unlike(
    _ first: Image, _ second: Image, _ input: PairInput, _ overlap: PairOverlap, _ told: String
  ) throws -> String? {
    if let match = try PairMatch(input, overlap: overlap, guess: 1) {
      let difference = abs(match.factor - 1)
      guard match.error < exact * match.factor, difference > max(shown, significant * match.error) else {
        return nil
      }
      return
        "the pixels say that image 2 has \(match.factor.short) +- \(match.error.short) times the flux of image 1"
        + (told.isEmpty ? ", and the headers tell no exposure times" : ", the headers 1 (\(told))")
        + "; scale=auto brings them to one scale"
    }
    guard let a = first.middle, let b = second.middle, abs(b - a) > differingLevel * max(abs(a), abs(b))
    else {
      return nil
    }
    return "image 2 has a level of \(b.short), image 1 of \(a.short)"
      + (a > 0 && b > 0 ? " (\((b / a).short) times)" : "")
      + ": the difference is taken out, but if all light differs so, scale= brings the images to one scale"
  }
}

extension ExposureLevels {
  /// `EXPTIME 100 and 300 s, gain 2 and 1 e-/ADU` of two exposures, as far as these are known and tell levels.
  fileprivate var pairText: String {
    [
      areRates || haveUnlikeGains && !haveUnlikeTimes ? nil : pair(times).map { "EXPTIME \($0) s" },
      haveUnlikeGains ? pair(gains).map { "gain \($0) e-/ADU" } : nil,
    ].compactMap { $0 }.joined(separator: ", ")
  }

  private func pair(_ values: [Double]?) -> String? {
    guard let values, values.count == 2 else { return nil }
    return "\(values[0].plain) and \(values[1].plain)"
  }
}

extension Image {
  /// The middle of the values that count, from some of the pixels; nil without any.
  fileprivate var middle: Double? {
    let step = max(1, pixels.count / 20_000) | 1
    let values = stride(from: 0, to: pixels.count, by: step).compactMap { i -> Float? in
      let value = pixels.pixels[i]
      return value.isFinite && (mask.map { $0.plane.pixels[i] == 0 } ?? true) ? value : nil
    }
    return lowMedian(values).map(Double.init)
  }
}
