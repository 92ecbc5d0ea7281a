import Files
import Kernels

/// Columns, rows and cells of tables.
enum TableElements {
  static func part(of table: Table, at places: [ValuePlace]) throws -> Value {
    switch (places.count, places.first) {
    case (1, .name(let name)?):
      let column = try place(of: name, in: table)
      if table.isRow, let row = table.rows.first { return Value(row[column]) }
      return .list(table.rows.map { Value($0[column]) })
    case (1, _):
      switch try places.elements(of: table.rows.count, "rows") {
      case .one(let place): return .table(table.choosing([place], isRow: true))
      case .several(let chosen): return .table(table.choosing(chosen, isRow: false))
      }
    case (2, let row?):
      guard case .name(let name) = places[1] else {
        throw CRSError.usage(
          "\(places.text) is no cell",
          expected: "[row, column], such as [1, \(table.columns.first ?? "flux")]")
      }
      let column = try place(of: name, in: table)
      switch try [row].elements(of: table.rows.count, "rows") {
      case .one(let place): return Value(table.rows[place][column])
      case .several(let chosen): return .list(chosen.map { Value(table.rows[$0][column]) })
      }
    default:
      throw CRSError.usage(
        "\(places.text) is no part of a table", expected: "[column], [row] or [row, column]")
    }
  }

  /// - Throws: `CRSError` (usage) for a column that is not there.
  static func place(of name: String, in table: Table) throws -> Int {
    if let place = table.columns.firstIndex(of: name) { return place }
    if let place = table.columns.firstIndex(where: { $0.lowercased() == name.lowercased() }) { return place }
    throw CRSError.usage(
      "the table has no column '\(name)'", expected: table.columns.joined(separator: ", "),
      hint: didYouMean(name, among: table.columns))
  }
}

extension Table {
  fileprivate func choosing(_ places: [Int], isRow: Bool) -> Table {
    var table = self
    table.rows = places.map { rows[$0] }
    table.isRow = isRow
    return table
  }
}

extension Value {
  package init(_ cell: Table.Cell) {
    switch cell {
    case .integer(let number): self = .integer(number)
    case .real(let number): self = .number(number)
    case .text(let text): self = .text(text)
    case .flag(let flag): self = .bool(flag)
    }
  }

  /// - Throws: `CRSError` (usage) for what no cell can hold.
  package func cell() throws -> Table.Cell {
    switch self {
    case .integer(let number): return .integer(number)
    case .number(let number): return .real(number)
    case .text(let text): return .text(text)
    case .bool(let flag): return .flag(flag)
    default:
      throw CRSError.usage(
        "a value of kind \(kindName) does not fit into a cell", expected: "a number, a text, yes or no")
    }
  }
}
