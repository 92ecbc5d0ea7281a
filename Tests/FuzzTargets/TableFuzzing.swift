import Files
import Kernels

/// Text tables; what was read and written again reads as the same.
package final class TableFuzzing: FuzzTarget {
  package static let name = "tables"
  package static let longest = 2048

  package init() {}

  package func run(_ input: [UInt8]) throws {
    let text = String(decoding: input, as: UTF8.self)
    let table = try Table(csv: text, name: "t.csv")
    let written = table.csv
    let again: Table
    do {
      again = try Table(csv: written, name: "t.csv")
    } catch {
      throw FuzzFault("what was written cannot be read: \(error)\n\(written)")
    }
    guard again.columns == table.columns, again.rows.count == table.rows.count, again.csv == written else {
      throw FuzzFault("\(table)\nreads again as\n\(again)")
    }
  }
}
