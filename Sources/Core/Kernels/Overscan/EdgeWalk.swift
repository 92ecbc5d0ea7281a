/// Goes from a border of an exposure inwards, one column or row after the other, along runs of one level.
struct EdgeWalk {
  private let plane: Plane<Float>
  private let lines: EdgeStrip.Lines
  private let section: Section
  private let isFromEnd: Bool
  private let limit: Int
  /// Lines that the section has.
  private let count: Int
  private let length: Int
  private let step: Int

  /// Most strips of one level each at a border.
  private static let amplifiers = 4

  init(
    _ plane: Plane<Float>, _ lines: EdgeStrip.Lines, isFromEnd: Bool, limit: Int,
    within section: Section? = nil
  ) {
    (self.plane, self.lines, self.isFromEnd) = (plane, lines, isFromEnd)
    let section = section ?? Section(whole: plane.shape)
    self.section = section
    count = lines == .columns ? section.width : section.height
    length = lines == .columns ? section.height : section.width
    self.limit = min(limit, count)
    step = max(1, length / 512)
  }

  private func values(_ line: Int) -> [Float] {
    let place = isFromEnd ? count - 1 - line : line
    return stride(from: 0, to: length, by: step).compactMap { k in
      let value =
        lines == .columns
        ? plane[section.columns.lowerBound + place, section.rows.lowerBound + k]
        : plane[section.columns.lowerBound + k, section.rows.lowerBound + place]
      return value.isFinite ? value : nil
    }
  }

  private struct Line {
    var level: Double
    /// How far levels of lines of such noise may lie apart.
    var tolerance: Double
    /// Medians of eighths of the line.
    var parts: [Double]
  }

  private func measure(_ line: Int) -> Line? {
    let values = values(line)
    guard values.count >= 16, let level = lowMedian(values) else { return nil }
    let deviation = Double(lowMedian(values.map { abs($0 - level) }) ?? 0) * 1.4826
    // Medians of whole numbers move by whole numbers.
    let isWhole = values.allSatisfy { $0 == $0.rounded() }
    let noise = 1.2533 * max(deviation, isWhole ? 0.5 : 0) / Double(values.count).squareRoot()
    let size = values.count / 8
    let parts = (0..<8).compactMap { k in
      lowMedian(Array(values[k * size..<(k + 1) * size])).map(Double.init)
    }
    return Line(level: Double(level), tolerance: (isWhole ? 1 : 0) + 5 * noise, parts: parts)
  }

  /// Runs of lines of one level, counted from the border, and what lies behind the last one.
  private func runs() -> (runs: [Range<Int>], levels: [Double], measured: [Int: Line]) {
    var known: [Int: Line] = [:]
    func line(_ k: Int) -> Line? {
      if let line = known[k] { return line }
      guard k < count, let line = measure(k) else { return nil }
      known[k] = line
      return line
    }
    var (runs, levels): ([Range<Int>], [Double]) = ([], [])
    var start = 0
    while true {
      var found: Range<Int>?
      // A line or two at the border of a strip have odd levels.
      for first in start...start + 4 {
        guard first + EdgeStrip.thinnest <= limit, let here = line(first) else { break }
        var end = first + 1
        while end < limit, let next = line(end), abs(next.level - here.level) <= here.tolerance { end += 1 }
        if end - first >= EdgeStrip.thinnest {
          found = first..<end
          levels.append(here.level)
          break
        }
      }
      guard let found else { return (runs, levels, known) }
      runs.append(found)
      start = found.upperBound
      // What stands behind the last one tells whether it ends there.
      for k in start..<start + 4 { _ = line(k) }
      if start >= limit { return (runs, levels, known) }
    }
  }

  /// The strips at the border: those before the image rises.
  var edge: [Section] {
    var (runs, levels, known) = runs()
    while let last = runs.last, let level = levels.last {
      let behind = (last.upperBound + 1..<last.upperBound + 4).compactMap { known[$0] }
      let tolerance = known[last.lowerBound]?.tolerance ?? 0
      let isEnded = last.upperBound < limit && behind.count >= 2
      let rises = behind.allSatisfy { $0.level > level + 3 * tolerance }
      if isEnded, rises, isFlat(last, known) { break }
      runs.removeLast()
      levels.removeLast()
    }
    // Dark columns whose level drifts have many levels, amplifiers have few; what lies before a rise that is larger than all
    // others is no part of them.
    if runs.count > Self.amplifiers {
      let rises = levels.indices.dropFirst().map { levels[$0] - levels[$0 - 1] }
      let largest = rises.sorted().suffix(2)
      guard let second = largest.first, let first = largest.last, first > 2 * max(second, 0),
        let before = rises.firstIndex(of: first), before < Self.amplifiers
      else { return [] }
      runs.removeLast(runs.count - before - 1)
    }
    return runs.filter { isFlat($0, known) }.compactMap(part)
  }

  /// All flat parts.
  var plateaus: [Section] { runs().runs.compactMap(part) }

  /// Whether nothing is seen along the lines either.
  private func isFlat(_ run: Range<Int>, _ known: [Int: Line]) -> Bool {
    let lines = run.compactMap { known[$0] }
    guard let first = lines.first, !first.parts.isEmpty else { return false }
    let means = first.parts.indices.map { k in
      lines.reduce(0) { $0 + ($1.parts.indices.contains(k) ? $1.parts[k] : $1.level) } / Double(lines.count)
    }
    let (low, high) = (means.min() ?? 0, means.max() ?? 0)
    return high - low <= 3 * first.tolerance
  }

  private func part(_ run: Range<Int>) -> Section? {
    let (first, last) = (run.lowerBound, run.upperBound - 1)
    let (low, high) = isFromEnd ? (count - 1 - last, count - 1 - first) : (first, last)
    return lines == .columns
      ? try? Section(
        x1: section.x1 + low, x2: section.x1 + high, y1: section.y1, y2: section.y2)
      : try? Section(
        x1: section.x1, x2: section.x2, y1: section.y1 + low, y2: section.y1 + high)
  }
}
