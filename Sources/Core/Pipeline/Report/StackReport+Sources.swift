import Files
import Kernels

/// Sources that may pass for hits, and what hardly is a cosmic ray.
extension StackReport {
  static func varying(_ findings: StackFindings) -> [String] {
    guard let varying = findings.varying else { return [] }
    let groups = varying.groups == 1 ? "a group" : "\(varying.groups) groups"
    return [
      "\(groups) of what looks hit in one exposure (\(varying.pixels) pixels) \(varying.groups == 1 ? "has" : "have") the shape of "
        + "the source below, as variable stars have: \(varying.groups == 1 ? "it is" : "they are") not taken for hits; "
        + "\(varying.groups == 1 ? "it" : "the largest one") is \(varying.factor.short) times as bright in exposure "
        + "\(varying.exposure) as in the others, at [\(varying.x), \(varying.y)]"
    ]
  }

  /// Hits that hardly are cosmic rays. Where exposures differ for a reason that was told, sources look so.
  static func broad(_ findings: StackFindings) -> [String] {
    guard let broad = findings.broad, saysNoCause(findings) else { return [] }
    let isOne = broad.groups == 1
    return [
      "\(isOne ? "a group" : "\(broad.groups) groups") of hits (\(broad.pixels) pixels) \(isOne ? "is" : "are") broader or "
        + "longer than cosmic rays leave\(isOne ? ":" : "; the largest has \(broad.largest) pixels,") \(broad.width) x "
        + "\(broad.height) around [\(broad.x), \(broad.y)] of exposure \(broad.exposure). Satellites, asteroids, reflections "
        + "and sources that vary look so; \(isOne ? "it is" : "they are") flagged as \(isOne ? "a hit" : "hits")"
    ]
  }

  /// How many times as many contaminated medians as chance makes are told, and how many more.
  private static let (oftenSpoilt, moreSpoilt) = (10.0, 50.0)

  /// Contaminated medians that chance does not explain, where no other note does.
  static func spoilt(_ findings: StackFindings) -> [String] {
    guard let expected = findings.expectedSpoilt, findings.sources == nil, saysNoCause(findings),
      Double(findings.foundSpoilt) > oftenSpoilt * expected + moreSpoilt
    else { return [] }
    return [
      "\(findings.foundSpoilt) pixels look like contaminated medians, where single hits make \(expected.short) expected: most of "
        + "them hardly are cosmic rays. Sources that differ from exposure to exposure, offsets that are not quite right and "
        + "moving objects look so"
    ]
  }

  /// Hits whose places are not those of cosmic rays, where no other note says that sources may pass for hits.
  static func onSources(_ findings: StackFindings) -> [String] {
    guard let found = findings.onSources, saysNoCause(findings) else { return [] }
    return [
      "\(found.groups) groups of hits of exposure \(found.exposure) (\(found.pixels) pixels) lie on sources, where chance puts "
        + "\(found.expected.short): many of them may be false, as where sources differ from exposure to exposure; the largest "
        + "lies at [\(found.x), \(found.y)]"
    ]
  }

  static func sources(_ findings: StackFindings) -> [String] {
    guard let sources = findings.sources else { return [] }
    let expected = findings.expectedSpoilt.map { ", where single hits make \($0.short) expected" } ?? ""
    let cause =
      switch findings.displacement?.asCause ?? sources.cause {
      case .offsets(let largest):
        "the exposures lie up to \(largest.fixed(2)) pixel apart: give offsets or crosscorr_region"
      case .seeing(let exposure, let isSharper):
        "exposure \(exposure) is \(isSharper ? "sharper" : "less sharp") than the others: the seeing changed"
      case .undersampling: "their sources are narrower than the pixels can tell"
      }
    return [
      "\(findings.foundSpoilt) pixels look like contaminated medians\(expected); \(sources.shared) of "
        + "\(sources.groups) groups sit on sources whose flux all exposures share. These \(sources.pixels) "
        + "pixels, and \(sources.singlePixels) of single exposures, are not taken for cosmic rays; \(cause)"
    ]
  }
}

extension ExposureDifference {
  /// What a displacement does to sources.
  fileprivate var asCause: StackFindings.Cause? {
    if case .offset(let x, let y) = cause { .offsets(max(abs(x), abs(y))) } else { nil }
  }
}
