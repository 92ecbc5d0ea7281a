import Files
import Kernels

extension Table {
  /// The cells of a further row; none is an empty text.
  ///
  /// - Throws: `CRSError` (usage) for another number of values than there are columns, and for what is no cell.
  package static func row(_ values: [Value], of columns: [String]) throws -> [Cell] {
    guard values.count == columns.count else {
      throw CRSError.usage(
        "\(values.count) values for \(columns.count) columns", parameter: "values",
        expected: columns.joined(separator: ", "))
    }
    return try values.map { value in
      if case .none = value { return .text("") }
      do { return try value.cell() } catch var error as CRSError {
        error.parameter = "values"
        throw error
      }
    }
  }

  /// Whether a column, from 0, has rows and nothing but numbers in them.
  package func hasOnlyNumbers(inColumn place: Int) -> Bool {
    !rows.isEmpty && columns.indices.contains(place)
      && rows.allSatisfy { row in
        switch row[place] {
        case .integer, .real: true
        case .text, .flag: false
        }
      }
  }
}
