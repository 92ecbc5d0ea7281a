import Files

/// Errors and notes as they fit a terminal: broken between words, with the line of a script cut around its caret.
enum NarrowText {
  static func lines(_ text: String, columns: Int) -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var out: [String] = []
    var k = 0
    while k < lines.count {
      if k + 1 < lines.count, let caret = caret(lines[k + 1]) {
        out += cut(lines[k], caret, columns)
        k += 2
        continue
      }
      // Words that are longer than the line are cut by the terminal.
      out += FoldedLine.lines(lines[k], width: max(10, columns))
      k += 1
    }
    return out
  }

  /// The column of a line that holds a caret and nothing else, from 0.
  private static func caret(_ line: String) -> Int? {
    guard line.hasPrefix("  "), line.last == "^", line.dropLast().allSatisfy({ $0 == " " }) else {
      return nil
    }
    return line.count - 1
  }

  /// A part of a line around a column, and the caret below it.
  private static func cut(_ line: String, _ caret: Int, _ columns: Int) -> [String] {
    let dots = "..."
    let room = columns - 2 - 2 * dots.count
    guard max(line.count, caret + 1) > columns, room > 8 else {
      return [line, String(repeating: " ", count: caret) + "^"]
    }
    let text = line.dropFirst(2)
    // As much before the caret as behind it, and the beginning where that is all.
    let first = max(0, min(caret - 2 - room / 2, text.count - room))
    let shown = text.dropFirst(first).prefix(room)
    let before = first > 0 ? dots : ""
    let behind = first + room < text.count ? dots : ""
    let place = 2 + before.count + caret - 2 - first
    return ["  " + before + shown + behind, String(repeating: " ", count: place) + "^"]
  }
}
