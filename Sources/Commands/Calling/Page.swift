import Files
import Pipeline

/// Text of which terminals print the lines; others show its headings and tables.
package struct Page: Sendable {
  package enum Part: Sendable {
    case heading(String)
    case paragraph(String)
    case table(columns: [String], rows: [[String]])
    /// Lines whose blanks and breaks count.
    case lines([String])
  }
  package var lines: [String]
  package var parts: [Part]

  package init(_ lines: [String], parts: [Part]? = nil) {
    self.lines = lines
    self.parts = parts ?? [.lines(lines)]
  }
}

extension Page.Part {
  /// A table as a part; of long ones the beginning and the end.
  package static func table(_ table: Table, most: Int = 20) -> Page.Part {
    let rows = TableText.cells(table)
    guard rows.count > most else { return .table(columns: table.columns, rows: rows) }
    let gap = ["... \(rows.count - most) more rows ..."]
    return .table(
      columns: table.columns, rows: rows.prefix(most / 2) + [gap] + rows.suffix(most - most / 2))
  }
}
