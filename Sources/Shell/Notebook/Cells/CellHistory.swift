import Pipeline

/// The cells that were run, for clients that look back.
struct CellHistory {
  private struct Cell {
    var number: Int
    var code: String
    var output: String?
  }
  private var cells: [Cell] = []
  /// Sessions have numbers; a kernel knows its own only.
  private static let session = 1

  mutating func add(_ code: String, number: Int) { cells.append(Cell(number: number, code: code)) }

  mutating func add(output: String) {
    if !cells.isEmpty { cells[cells.count - 1].output = output }
  }

  /// What a history_request asks for: the last cells, those between two numbers, or those like a pattern.
  func reply(_ content: JSONValue) -> JSONValue {
    let wanted: [Cell]
    let most = content["n"]?.int
    switch content["hist_access_type"]?.string ?? "tail" {
    case "range":
      // 0 is the session that runs, earlier ones are counted back.
      let session = content["session"]?.int ?? 0
      let (start, stop) = (content["start"]?.int ?? 1, content["stop"]?.int)
      wanted =
        session == 0 || session == Self.session
        ? cells.filter { $0.number >= start && $0.number < stop ?? .max } : []
    case "search":
      let pattern = Array((content["pattern"]?.string ?? "*").unicodeScalars)
      var found = cells.filter { Self.matches(Array($0.code.unicodeScalars)[...], pattern[...]) }
      if content["unique"]?.flag ?? false {
        var seen: Set<String> = []
        found = found.reversed().filter { seen.insert($0.code).inserted }.reversed()
      }
      wanted = most.map { found.suffix(max(0, $0)) } ?? found
    default: wanted = most.map { cells.suffix(max(0, $0)) } ?? cells
    }
    let withOutput = content["output"]?.flag ?? false
    return [
      "status": "ok",
      "history": .list(
        wanted.map { cell in
          let code: JSONValue = .text(cell.code)
          return [
            .integer(Self.session), .integer(cell.number),
            withOutput ? [code, cell.output.map { .text($0) } ?? .null] : code,
          ]
        }),
    ]
  }

  /// `*` stands for any text, `?` for one letter.
  private static func matches(_ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>)
    -> Bool
  {
    var (text, pattern) = (text, pattern)
    // Where the last star stood, and the text that it may still take.
    var star: (pattern: ArraySlice<Unicode.Scalar>, text: ArraySlice<Unicode.Scalar>)?
    while let next = text.first {
      if let sign = pattern.first, sign == "*" {
        pattern.removeFirst()
        star = (pattern, text)
      } else if let sign = pattern.first, sign == "?" || sign == next {
        pattern.removeFirst()
        text.removeFirst()
      } else if let back = star {
        text = back.text.dropFirst()
        pattern = back.pattern
        star = (back.pattern, text)
      } else {
        return false
      }
    }
    return pattern.allSatisfy { $0 == "*" }
  }
}
