import Files

/// Tables on the terminal: aligned columns, shortened in the middle.
package enum TableText {
  /// The texts of all cells, row after row.
  package static func cells(_ table: Table) -> [[String]] {
    table.rows.map { row in
      row.map { cell in
        switch cell {
        case .integer(let number): "\(number)"
        case .real(let number): number.short
        case .text(let text): text
        }
      }
    }
  }

  package static func lines(_ table: Table, most: Int = 40) -> [String] {
    let texts = cells(table)
    let widths = table.columns.indices.map { k in
      max(table.columns[k].count, texts.map { $0.indices.contains(k) ? $0[k].count : 0 }.max() ?? 0)
    }
    func line(_ cells: [String]) -> String {
      zip(cells, widths).map { $0.leftPadded(to: $1) }.joined(separator: "  ")
    }
    var lines = [line(table.columns)]
    if texts.count <= most {
      lines += texts.map(line)
    } else {
      lines += texts.prefix(most / 2).map(line) + ["... \(texts.count - most) more rows ..."]
      lines += texts.suffix(most / 2).map(line)
    }
    return lines
  }
}
