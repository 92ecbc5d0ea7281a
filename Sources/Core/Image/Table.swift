/// Rows of typed columns, written as CSV.
public struct Table: Sendable, Equatable {
  public enum Cell: Sendable, Equatable {
    case integer(Int)
    case real(Double)
    case text(String)
  }
  public var columns: [String]
  /// Each row has one cell a column.
  public var rows: [[Cell]]

  public init(columns: [String], rows: [[Cell]] = []) {
    self.columns = columns
    self.rows = rows
  }

  /// Comma-separated text with a header line; text with commas or quotes is quoted.
  public var csv: String {
    var out = columns.joined(separator: ",") + "\n"
    for row in rows {
      out += row.map(\.csv).joined(separator: ",") + "\n"
    }
    return out
  }
}

extension Table.Cell {
  /// The cell as a CSV field.
  public var csv: String {
    switch self {
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .text(let text):
      text.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" })
        ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
          + "\"" : text
    }
  }
}
