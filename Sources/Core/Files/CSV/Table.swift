/// Rows of typed columns, written as CSV.
package struct Table: Sendable, Equatable {
  package enum Cell: Sendable, Equatable {
    case integer(Int)
    case real(Double)
    case text(String)
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

  /// Comma-separated text with a header line; text with commas or quotes is quoted.
  package var csv: String {
    var out = columns.map { Cell.text($0).csv }.joined(separator: ",") + "\n"
    for row in rows {
      out += row.map(\.csv).joined(separator: ",") + "\n"
    }
    return out
  }
}

extension Table.Cell {
  /// The cell as a CSV field.
  package var csv: String {
    switch self {
    case .integer(let value): "\(value)"
    case .real(let value): value.isNaN ? "nan" : "\(value)"
    case .text(let text):
      text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline })
        ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
          + "\"" : text
    }
  }
}
