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

  /// Exposure times differ by more than this part of the longer one.
  private static let differing = 0.01
  /// A measured factor is used when its error is below this part of it.
  private static let exact = 0.03

  /// - Parameters:
  ///   - choice: what was asked for.
  ///   - input: the exposures as they are to be compared.
  ///   - overlap: where they cover each other.
  /// - Throws: `CRSError.interrupted`.
  init(
    _ first: Image, _ second: Image, choice: PairScale?, input: PairInput, overlap: PairOverlap
  ) throws {
    let times = (first.unit.isRate || second.unit.isRate) ? nil : Self.times(first, second)
    let ratio = times.flatMap { times -> Double? in
      let (a, b) = times
      return abs(a - b) > Self.differing * max(a, b) ? b / a : nil
    }
    if choice == nil || choice == .auto, !first.unit.isRate, !second.unit.isRate {
      for (number, image) in [first, second].enumerated() {
        guard let refused = image.refusedTime else { continue }
        warnings.append(
          "image \(number + 1): \(refused); the exposure times are not compared, scale=NUMBER gives the ratio of the "
            + "fluxes")
      }
    }
    let told = times.map { "EXPTIME \($0.0.plain) and \($0.1.plain) s" } ?? ""
    switch choice ?? (ratio == nil ? .off : .auto) {
    case .factor(let given):
      factor = given
      lines.append("scale \(given.plain): image 2 is divided by it (argument)")
      if let ratio, abs(given / ratio - 1) > 0.1 {
        warnings.append(
          "scale \(given.plain) is not the ratio of the exposure times (\(told): \(ratio.short))")
      }
    case .off:
      if let ratio, choice != nil {
        warnings.append(
          "the exposure times differ (\(told), a factor of \(ratio.short)) and scale=none leaves the images as they "
            + "are; scale=auto matches them")
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
        "the pixels say that image 2 has \(measured) times the flux of image 1, the exposure times "
          + "\(expected.short); scale=\(expected.short) takes the latter")
    }
  }

  private static func times(_ first: Image, _ second: Image) -> (Double, Double)? {
    guard let a = first.knownDetector.exposureTime?.value, let b = second.knownDetector.exposureTime?.value
    else { return nil }
    return (a, b)
  }
}
