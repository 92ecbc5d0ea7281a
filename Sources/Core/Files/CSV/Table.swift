/// Rows of typed columns, written as CSV.
package struct Table: Sendable, Equatable {
  package enum Cell: Sendable, Equatable {
    case integer(Int)
    case real(Double)
    case text(String)
    /// Yes or no.
    case flag(Bool)
  }
  package var columns: [String]
  /// Each row has one cell a column.
  package var rows: [[Cell]]
  /// Whether it stands for its only row: its columns are cells then.
  package var isRow = false

  package init(columns: [String], rows: [[Cell]] = []) {
    self.columns = columns
    self.rows = rows
  }

  /// What a table takes in memory, at least [bytes].
  package static func bytes(rows: Int, columns: Int) -> Double {
    let row = MemoryLayout<[Cell]>.stride + 32 + MemoryLayout<Cell>.stride * columns
    // The allocator rounds up.
    return Double(rows) * Double(row + 16)
  }

  /// Comma-separated text with a header line, which reads back as the same table. Texts are quoted where they hold commas
  /// or quotes, beside numbers, and where a whole column of them would be taken for numbers, for yes and no, or for
  /// missing numbers.
  package var csv: String {
    let kinds = columns.indices.map(textKind)
    var out =
      columns.map { name in
        // Without quotes a mark of the byte order would be none of the name's.
        let isMarked = name.unicodeScalars.first == "\u{FEFF}"
        // A name alone that holds these would be taken for several.
        let isParted = columns.count == 1 && (name.contains(";") || name.contains("\t"))
        return Cell.quoted(name, isOdd: isMarked || isParted || name != name.trimmingBlanks())
      }.joined(separator: ",") + "\n"
    for row in rows {
      let line = zip(row, kinds).map { $0.csv($1) }.joined(separator: ",")
      // A line without anything would be no row.
      out += (line.isEmpty ? "\"\"" : line) + "\n"
    }
    return out
  }

  /// What a reader would make of the texts of a column.
  fileprivate enum TextKind {
    /// Something without quotes shows that all are texts.
    case certain
    /// None does: texts that look like something else need quotes.
    case doubtful
    /// Numbers or flags stand beside them.
    case mixed
  }

  private func textKind(of place: Int) -> TextKind {
    var isCertain = false
    for row in rows {
      guard case .text(let text) = row[place] else { return .mixed }
      isCertain = isCertain || !text.isEmpty && !Cell.needsQuotes(text) && !Cell.isTakenForOther(text)
    }
    return isCertain ? .certain : .doubtful
  }
}

extension Table.Cell {
  /// The cell as a CSV field.
  fileprivate func csv(_ kind: Table.TextKind) -> String {
    switch self {
    case .integer(let value): "\(value)"
    case .real(let value): value.isNaN ? "nan" : "\(value)"
    case .flag(let flag): flag ? "yes" : "no"
    case .text(let text):
      switch kind {
      case .certain: Self.quoted(text, isOdd: false)
      case .doubtful: Self.quoted(text, isOdd: !text.isEmpty && Self.isTakenForOther(text))
      case .mixed: Self.quoted(text, isOdd: true)
      }
    }
  }

  /// A quote stays one with a mark above it, which makes another character of both.
  static func needsQuotes(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0 == "," || $0 == "\"" || Character($0).isNewline }
  }

  /// - Parameter isOdd: whether the text would not be read as a text without quotes.
  fileprivate static func quoted(_ text: String, isOdd: Bool) -> String {
    guard isOdd || needsQuotes(text) else { return text }
    var scalars = String.UnicodeScalarView()
    scalars.append("\"")
    for scalar in text.unicodeScalars {
      if scalar == "\"" { scalars.append(scalar) }
      scalars.append(scalar)
    }
    scalars.append("\"")
    return String(scalars)
  }
}
