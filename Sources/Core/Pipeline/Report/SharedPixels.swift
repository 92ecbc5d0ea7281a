import Files
import Kernels

/// Why so many pixels look hit in every exposure: real coincidences of all exposures are rare, those of two are not.
struct SharedPixels {
  private let mask: Mask
  private let exposures: Int
  /// Pixels that are hit in all of them by chance.
  private let expected: Double

  /// Pixels that are told, and part of a column or row that makes it a defect.
  private static let (fewest, filled) = (50, 0.3)
  /// More often than by chance: hits are groups of pixels, and groups of different sizes share more.
  private static let often = 2.0
  /// Part of the pixels of an exposure that cosmic rays do not reach.
  private static let crowded = 0.1
  /// Part of the pixels that lines or groups must explain.
  private static let most = 0.5

  /// - Parameters:
  ///   - mask: pixels flagged in every exposure.
  ///   - hits: pixels flagged in each exposure.
  init(_ mask: Mask, hits: [Int]) {
    (self.mask, exposures) = (mask, hits.count)
    let pixels = Double(max(1, mask.shape.count))
    let areHits = hits.allSatisfy { Double($0) < Self.crowded * pixels }
    expected = areHits ? hits.reduce(pixels) { $0 * Double($1) / pixels } : 0
  }

  /// A sentence where there are more than chance makes.
  var warnings: [String] {
    let count = mask.flagged
    guard count >= Self.fewest, Double(count) > 1e-4 * Double(mask.shape.count) + Self.often * expected
    else { return [] }
    return [
      "\(count) pixels look hit in \(exposures == 2 ? "both" : "all \(exposures)") exposures, which chance hardly ever does: \(cause(count))"
    ]
  }

  private func cause(_ count: Int) -> String {
    var (columns, rows) = ([Int](repeating: 0, count: mask.width), [Int](repeating: 0, count: mask.height))
    for y in 0..<mask.height {
      for x in 0..<mask.width where mask[x, y] {
        columns[x] += 1
        rows[y] += 1
      }
    }
    for (name, counts, length) in [("columns", columns, mask.height), ("rows", rows, mask.width)] {
      let full = counts.indices.filter { Double(counts[$0]) > Self.filled * Double(length) }
      let inside = full.reduce(0) { $0 + counts[$1] }
      guard Double(inside) > Self.most * Double(count), let first = full.first, let last = full.last else {
        continue
      }
      let isEdge = last < counts.count / 8 || first > counts.count * 7 / 8
      return
        "they fill \(full.count) \(name) between \(first + 1) and \(last + 1)"
        + (isEdge
          ? ", at a border: prescan, overscan or vignetted, to be left out (regions_to_be_skipped, or a section of the files)"
          : ": bad ones, lines of the sky, or light that moved; regions_to_be_skipped leaves them out")
    }
    let groups = ConnectedRuns(of: mask.plane, connectivity: .four).count
    return Double(groups) > Self.most * Double(count) / 2
      ? "they lie alone, as hot pixels and sources narrower than the pixels do"
      : "they lie in \(groups) groups, as sources do that are narrower than the pixels tell"
  }
}
