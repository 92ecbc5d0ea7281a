import Files
import Kernels

/// Exposures read from files with masks that were made before.
struct MaskedGroup {
  var group: ExposureGroup
  var masks: MaskSet?
  var bias: DetectorValue
  var appliesFluxFactor: Bool
  var useLAMedian: Bool

  /// - Throws: `CRSError` (data) when masks and exposures do not go together.
  func combined(_ method: CombinationMethod, work: Work) throws -> MaskedCombination.Result {
    if useLAMedian, masks?.laMedian == nil {
      throw CRSError.data("the masks have no LAMEDIAN", parameter: "use_lamedian")
    }
    var factors = group.images.map { _ in 1.0 }
    if let masks, appliesFluxFactor {
      guard masks.fluxFactors.count == group.images.count else {
        throw CRSError.data(
          "the masks have \(masks.fluxFactors.count) flux factors (FLUXFi)", parameter: "crmasks",
          expected: "one for each of \(group.images.count) exposures")
      }
      factors = masks.fluxFactors
    }
    return try MaskedCombination(
      exposures: group.images.map(\.pixels), bias: bias, fluxFactors: factors, work: work
    ).combined(method, masks: masks, laMedian: useLAMedian ? masks?.laMedian : nil, work: work)
  }

  static func history(_ method: CombinationMethod, names: [String], masks: MaskSet?) -> [String] {
    let rule = String(repeating: "-", count: 25)
    return [
      rule, "Date: \(Clock.spaced)", rule, "crs \(CRSVersion.text)", "combination: \(method.rawValue)",
    ]
      + ["Contents of --inputlist:"] + names.map { "- " + ($0.split(separator: "/").last ?? "") }
      + (masks.map { ["Masks UUID: \($0.uuid)"] } ?? [])
  }
}
