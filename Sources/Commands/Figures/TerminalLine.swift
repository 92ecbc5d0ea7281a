import Calling
import Files
import Pipeline

/// A row or column of pixels as a line of blocks over their coordinates.
struct TerminalLine {
  /// Values from the first pixel to the last.
  let values: [Double]
  /// The coordinate of the first one.
  let first: Int
  /// `x` or `y`.
  let axis: String
  var limits: (lower: Double?, upper: Double?) = (nil, nil)
  /// Which of the values are flagged; empty without a mask.
  var flags: [Bool] = []

  /// - Parameters:
  ///   - columns: characters of a line.
  ///   - rows: lines that are free.
  func lines(columns: Int, rows: Int) -> [String] {
    let finite = values.filter(\.isFinite)
    let lower = limits.lower ?? finite.min() ?? 0
    let found = limits.upper ?? finite.max() ?? 1
    let upper = found > lower ? found : lower + 1
    let labels = [upper, (lower + upper) / 2, lower].map(\.short)
    let margin = labels.map(\.count).max() ?? 0
    let width = max(8, columns - margin - 3)
    let height = max(4, min(rows - 5, 16))
    // Half a line is a step.
    let steps = 2 * height
    let span = max(1, min(8, width / max(1, values.count)))
    let shown = min(width, values.count * span)
    var marks = [[Bool]](repeating: [Bool](repeating: false, count: shown), count: steps)
    func step(_ value: Double) -> Int {
      let place = (value - lower) / (upper - lower) * Double(steps - 1)
      return Int(min(Double(steps - 1), max(0, place)).rounded())
    }
    var last: Int?
    for column in 0..<shown {
      let from = values.count * column / shown
      let part = values[from..<max(from + 1, values.count * (column + 1) / shown)].filter(\.isFinite).map(
        step)
      guard let low = part.min(), let high = part.max() else {
        last = nil
        continue
      }
      // Joined with the column before.
      for place in min(low, last ?? low)...max(high, last ?? high) { marks[place][column] = true }
      last = part.last
    }
    var out = (0..<height).map { line in
      let (top, bottom) = (marks[steps - 1 - 2 * line], marks[steps - 2 - 2 * line])
      let cells = zip(top, bottom).map { $0 ? ($1 ? "\u{2588}" : "\u{2580}") : ($1 ? "\u{2584}" : " ") }
      let label = line == 0 ? labels[0] : line == height / 2 ? labels[1] : line == height - 1 ? labels[2] : ""
      return label.leftPadded(to: margin) + " \u{2502}" + cells.joined()
    }
    if flags.count == values.count, flags.contains(true) { out.append(flagLine(shown, margin: margin)) }
    out += pixelAxis(shown, margin: margin)
    return out
  }

  /// A line with an x wherever a flagged value stands.
  private func flagLine(_ shown: Int, margin: Int) -> String {
    let marks = (0..<shown).map { column -> Character in
      let from = values.count * column / shown
      let to = max(from + 1, values.count * (column + 1) / shown)
      return flags[from..<to].contains(true) ? "x" : " "
    }
    return String(repeating: " ", count: margin) + " \u{2502}" + String(marks)
  }

  /// The axis with its ticks, and their coordinates.
  private func pixelAxis(_ shown: Int, margin: Int) -> [String] {
    var ruler = [Character](repeating: "\u{2500}", count: shown)
    var numbers = [Character](repeating: " ", count: shown + 12)
    let span = Double(shown) / Double(max(1, values.count))
    let wanted = Double("\(first + values.count)".count + 2) / span
    let distance =
      [1, 2, 5].flatMap { digit in [1, 10, 100, 1000, 10_000, 100_000].map { digit * $0 } }.sorted()
      .first { Double($0) >= wanted } ?? 1_000_000
    for place in values.indices
    where (first + place) % distance == 0 || values.count <= distance && place == 0 {
      let column = min(shown - 1, Int((Double(place) + 0.5) * span))
      ruler[column] = "\u{2534}"
      let text = "\(first + place)"
      let start = max(0, column - text.count / 2)
      for (k, character) in text.enumerated() where start + k < numbers.count {
        numbers[start + k] = character
      }
    }
    let blank = String(repeating: " ", count: margin)
    let below = String(numbers).split(separator: " ").isEmpty ? "\(first)" : String(numbers)
    return [blank + " \u{2514}" + String(ruler), (blank + axis + " " + below).trimmingBlanksAtEnd()]
  }
}

extension String {
  fileprivate func trimmingBlanksAtEnd() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
