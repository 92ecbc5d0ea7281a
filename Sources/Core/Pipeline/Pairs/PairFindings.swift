import Files
import Kernels

/// What the user of a pair must know beside the reference's report: what was left out, and what speaks against the
/// cosmic rays that were found.
struct PairFindings {
  let found: PairComparison
  let doubts: PairDoubts?
  /// Whether pixels that do not count were to be filled.
  let isFilling: Bool

  /// More than this part of the pixels replaced is never silent.
  private static let largestPart = 0.05
  /// Unequal numbers of replaced pixels are told from this ratio and this many on.
  private static let (unequal, many) = (4.0, 200)

  /// What does not take one number for the noise of the frame.
  private static let other =
    "crmasks [a, b] judges each pixel by its own noise and follows what changes smoothly"

  /// Results, a line each.
  var lines: [String] {
    var lines: [String] = []
    if found.masked > 0 {
      lines.append("\(found.masked) pixels are masked in one image or the other: not compared")
    }
    for case let (number, lone?) in [(1, found.first.lone), (2, found.second?.lone)] where lone.flagged > 0 {
      lines.append(
        "\(lone.flagged) pixels of image \(number) are hit where the other image has no value: masked, nothing replaces them"
      )
    }
    let fills = [(1, found.first.fill), (2, found.second?.fill)]
    for case let (number, fill?) in fills where isFilling && fill.count + fill.left > 0 {
      lines.append(
        "filled \(fill.count) pixels of image \(number) from the other"
          + (fill.left > 0 ? ", \(fill.left) have no good value there" : ""))
    }
    return lines
  }

  /// A sentence each.
  func warnings(_ first: Image, _ second: Image, isFiltered: Bool) -> [String] {
    var lines: [String] = []
    if found.notFinite > 0 {
      lines.append(
        "\(found.notFinite) pixel\(found.notFinite == 1 ? " is" : "s are") not finite: neither used nor flagged"
      )
    }
    if found.robustStandardDeviation == 0 {
      lines.append("the robust scatter is 0, so every pixel that differs from the median is flagged")
    }
    lines += low
    let coincidences = found.coincidences
    if !coincidences.isEmpty {
      lines.append(
        "\(coincidences.count) replaced pixel\(coincidences.count == 1 ? " seems" : "s seem") to be hit in "
          + "both exposures and cannot be repaired from the other one")
    }
    if !isFiltered, (first.uncertainty == nil) != (second.uncertainty == nil) {
      lines.append("only one of the images has uncertainties: those of replaced pixels stay as they are")
    }
    return lines + suspicious + unequalNumbers(first, second, isFiltered)
  }

  /// What became of values that are too low.
  private var low: [String] {
    guard let low = found.low else { return [] }
    var lines: [String] = []
    let sides = [(1, 2, low.counts.first, found.first.fill), (2, 1, low.counts.second, found.second?.fill)]
    for (number, other, count, fill) in sides where count > 0 {
      let left = isFilling || fill == nil ? 0 : (fill?.left ?? 0) - low.undecided
      lines.append(
        "\(count) value\(count == 1 ? "" : "s") of image \(number) lie\(count == 1 ? "s" : "") too low for image "
          + "\(other) and the neighbourhood (drop-outs, dead pixels, negative hits): image \(other) keeps its values "
          + "there, and image \(number) "
          + (fill == nil ? "stays as it is (single_mode)" : "gets them")
          + (left > 0 ? "; \(left) lie next to cosmic rays of image \(other) and are masked instead" : ""))
    }
    if low.undecided > 0 {
      lines.append(
        "\(low.undecided) pixel\(low.undecided == 1 ? " has" : "s have") a value that is too low in one image and a cosmic "
          + "ray in the other: \(low.undecided == 1 ? "it is" : "they are") masked in both")
    }
    return lines
  }

  private var sides: [(number: Int, replaced: Int)] {
    [(1, found.first.values.count)] + (found.second.map { [(2, $0.values.count)] } ?? [])
  }

  private var suspicious: [String] {
    var sentences: [String] = []
    let explanation = doubts?.explanation
    for (number, replaced) in sides {
      let part = Double(replaced) / Double(max(1, found.compared))
      guard part > Self.largestPart || (explanation != nil && replaced > 0) else { continue }
      sentences.append("\(replaced) pixels of image \(number) (\((100 * part).short) %) are replaced")
    }
    if let explanation { sentences.append(text(of: explanation)) }
    let crowded = [
      Self.listed(doubts?.crowdedRows ?? [], "row"), Self.listed(doubts?.crowdedColumns ?? [], "column"),
    ].compactMap { $0 }
    if !crowded.isEmpty {
      sentences.append(
        "more than \((100 * PairDoubts.crowdedPart).short) % of the pixels of "
          + crowded.joined(separator: " and ")
          + " are replaced: there the light changed between the exposures")
    }
    if !sentences.isEmpty, found.second != nil { sentences.append(Self.other) }
    guard !sentences.isEmpty else { return [] }
    return [sentences.joined(separator: "; ")]
  }

  private func text(of explanation: PairDoubts.Explanation) -> String {
    var causes: [String] = []
    var remedies: [String] = []
    if let factor = explanation.factor {
      causes.append(
        "image 2 has \(factor.short) +- \(explanation.factorError.short) times the flux of image 1")
      remedies.append("scale=\(factor.short)")
    }
    if let offsets = explanation.offsets {
      let (x, y) = (offsets.x - Double(found.overlap.ioffx), offsets.y - Double(found.overlap.ioffy))
      causes.append("image 2 lies (\((-x).fixed(2)), \((-y).fixed(2))) pixels away")
      let whole = [("ioffx", offsets.x), ("ioffy", offsets.y)].filter { $0.1.rounded() != 0 }
      remedies += whole.map { "\($0.0)=\(Int($0.1.rounded()))" }
    }
    let rest = "\(explanation.left.first) and \(explanation.left.second)"
    return "most of it has another cause: " + causes.joined(separator: " and ") + "; without it "
      + (found.second == nil ? "\(explanation.left.first)" : rest) + " remain"
      + (remedies.isEmpty ? " (the images must be resampled)" : " (" + remedies.joined(separator: " ") + ")")
  }

  /// Cosmic rays hit both exposures alike, in proportion to their times.
  private func unequalNumbers(_ first: Image, _ second: Image, _ isFiltered: Bool) -> [String] {
    guard !isFiltered, let other = found.second else { return [] }
    let (a, b) = (Double(found.first.values.count), Double(other.values.count))
    let (mine, theirs) = (first.knownDetector.exposureTime?.value, second.knownDetector.exposureTime?.value)
    let times = (mine ?? 1) / (theirs ?? mine ?? 1)
    let ratio = (a + 25) / (b + 25) / times
    guard max(a, b) >= Double(Self.many), max(ratio, 1 / ratio) > Self.unequal else { return [] }
    let (more, less, factor) = ratio > 1 ? (1, 2, ratio) : (2, 1, 1 / ratio)
    return [
      "image \(more) has \(factor.short) times as many replaced pixels as image \(less)"
        + (times == 1 ? "" : ", exposure times taken into account")
        + ": cosmic rays hit both alike, something else makes them differ; " + Self.other
    ]
  }

  /// "rows 58 to 62", "columns 3, 9 to 11", "34 rows"; nil for none.
  private static func listed(_ places: [Int], _ name: String) -> String? {
    guard let first = places.first else { return nil }
    var ranges = [first...first]
    for place in places.dropFirst() {
      let last = ranges[ranges.count - 1]
      if place == last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...place
      } else {
        ranges.append(place...place)
      }
    }
    guard ranges.count <= 4 else { return "\(places.count) \(name)s" }
    let texts = ranges.map { range in
      range.count == 1
        ? "\(range.lowerBound + 1)" : "\(range.lowerBound + 1) to \(range.upperBound + 1)"
    }
    return (places.count == 1 ? name : name + "s") + " " + texts.joined(separator: ", ")
  }
}
