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

  /// Comma-separated text with a header line, which reads back as the same table: text with commas or quotes is quoted,
  /// and so is text that would be taken for a number, for yes or no, or for a missing number.
  package var csv: String {
    let hasNumbers = columns.indices.map { place in
      rows.contains { if case .text = $0[place] { false } else { true } }
    }
    // Beside inf and nan a text without quotes would make them texts too.
    let hasSpecial = columns.indices.map { place in
      rows.contains { if case .real(let value) = $0[place] { !value.isFinite } else { false } }
    }
    var out = columns.map { Cell.quoted($0, isOddText: false) }.joined(separator: ",") + "\n"
    for row in rows {
      let fields = zip(row.indices, row).map { place, cell in
        cell.csv(besideNumbers: hasNumbers[place] || columns.count == 1, isCertain: hasSpecial[place])
      }
      out += fields.joined(separator: ",") + "\n"
    }
    return out
  }
}

extension Table.Cell {
  /// The cell as a CSV field.
  ///
  /// - Parameters:
  ///   - besideNumbers: whether an empty field would be a missing number, or no row.
  ///   - isCertain: whether every text stands in quotes.
  fileprivate func csv(besideNumbers: Bool, isCertain: Bool) -> String {
    switch self {
    case .integer(let value): "\(value)"
    case .real(let value): value.isNaN ? "nan" : "\(value)"
    case .flag(let flag): flag ? "yes" : "no"
    case .text(let text):
      Self.quoted(
        text, isOddText: isCertain || (text.isEmpty ? besideNumbers : Self.isTakenForOther(text)))
    }
  }

  /// - Parameter isOddText: whether the text would not be read as a text without quotes.
  fileprivate static func quoted(_ text: String, isOddText: Bool) -> String {
    guard isOddText || text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
