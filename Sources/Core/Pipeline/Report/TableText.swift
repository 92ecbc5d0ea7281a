import Files

/// Tables as text: aligned columns, those of many rows shortened in the middle.
package enum TableText {
  /// The texts of all cells, row after row.
  package static func cells(_ table: Table) -> [[String]] {
    let columns = table.columns.indices.map { place in
      column(table.columns[place], table.rows, place).dropFirst().map { $0.trimmingBlanks() }
    }
    return table.rows.indices.map { row in columns.map { $0[row] } }
  }

  /// - Parameters:
  ///   - most: rows that are shown; of longer tables the first and the last ones.
  ///   - width: characters of a line; wider tables come in blocks of columns, each with the first column before it.
  package static func lines(_ table: Table, most: Int = 20, width: Int? = nil) -> [String] {
    let isShortened = table.rows.count > most
    let rows =
      isShortened ? Array(table.rows.prefix(most / 2) + table.rows.suffix(most / 2)) : table.rows
    let columns = table.columns.indices.map { column(table.columns[$0], rows, $0) }
    var all: [String] = []
    for block in blocks(columns, width: width) {
      var lines = (0...rows.count).map { row in block.map { $0[row] }.joined(separator: "  ").trimmingEnd() }
      if isShortened {
        lines.insert("... \(table.rows.count - rows.count) more rows ...", at: 1 + most / 2)
      }
      all += (all.isEmpty ? [] : [""]) + lines
    }
    return all
  }

  /// Columns that fit side by side.
  private static func blocks(_ columns: [[String]], width: Int?) -> [[[String]]] {
    guard let width, let first = columns.first else { return [columns] }
    func size(_ columns: [[String]]) -> Int { columns.reduce(-2) { $0 + 2 + ($1.first?.count ?? 0) } }
    guard size(columns) > width else { return [columns] }
    var blocks: [[[String]]] = [[first]]
    for column in columns.dropFirst() {
      let last = blocks[blocks.count - 1]
      if last.count > 1, size(last + [column]) > width {
        blocks.append([first, column])
      } else {
        blocks[blocks.count - 1].append(column)
      }
    }
    return blocks
  }

  /// The name and the cells of a column, all of one width: numbers on the right, text on the left.
  private static func column(_ name: String, _ rows: [[Table.Cell]], _ place: Int) -> [String] {
    let cells = rows.map { $0.indices.contains(place) ? $0[place] : .text("") }
    let numbers = NumberColumn(
      cells.compactMap { if case .real(let number) = $0 { number } else { nil } },
      whole: cells.compactMap { if case .integer(let number) = $0 { number } else { nil } })
    let hasReals = cells.contains { if case .real = $0 { true } else { false } }
    let texts = cells.map { cell -> String in
      switch cell {
      case .integer(let number): hasReals ? numbers.text(number) : "\(number)"
      case .real(let number): numbers.text(number, keepsSign: true)
      case .flag(let flag): flag ? "yes" : "no"
      case .text(let text): text.split(whereSeparator: \.isNewline).joined(separator: " ").visibleLine
      }
    }
    let name = name.visibleLine
    let isText = cells.allSatisfy {
      switch $0 {
      case .text, .flag: true
      case .integer, .real: false
      }
    }
    let width = max(name.count, texts.map(\.count).max() ?? 0)
    return ([name] + texts).map { isText ? $0.rightPadded(to: width) : $0.leftPadded(to: width) }
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
