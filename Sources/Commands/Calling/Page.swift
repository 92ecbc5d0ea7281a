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
