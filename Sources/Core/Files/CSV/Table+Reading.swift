import Foundation
import Kernels

extension Table {
  /// Reads comma-separated text (RFC 4180) with a header line; fields that are numbers become numbers.
  ///
  /// - Parameter name: of the file, for errors.
  /// - Throws: `CRSError` (data) for text without a header, a row of another length or an open quote, with its line.
  package init(csv text: String, name: String) throws {
    let records = try Self.records(text, name: name)
    guard let header = records.first, !header.fields.allSatisfy(\.isEmpty) else {
      throw CRSError(.data, "the table has no header line", file: name, expected: "names of columns")
    }
    self.init(columns: header.fields)
    for record in records.dropFirst() {
      guard record.fields.count == columns.count else {
        throw CRSError(
          .data, "line \(record.line) has \(record.fields.count) fields", file: name,
          expected: "\(columns.count), as the header has")
      }
      rows.append(record.fields.map(Self.cell))
    }
  }

  private static func cell(_ field: String) -> Cell {
    if let value = Int(field) { return .integer(value) }
    // Only decimal notation: Swift also reads "nan", "inf" and hexadecimal numbers.
    if let value = Double(field), field.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) {
      return .real(value)
    }
    return .text(field)
  }

  /// The records with the lines where they begin; lines without anything are left out.
  private static func records(_ text: String, name: String) throws -> [(line: Int, fields: [String])] {
    var records: [(line: Int, fields: [String])] = []
    var (fields, field): ([String], String) = ([], "")
    var (line, start) = (1, 1)
    var (isQuoted, wasQuoted) = (false, false)
    func finish() {
      fields.append(field)
      if fields.count > 1 || !field.isEmpty || wasQuoted { records.append((start, fields)) }
      (fields, field, wasQuoted) = ([], "", false)
    }
    var characters = Array(text.unicodeScalars.drop { $0 == "\u{FEFF}" })[...]
    while let character = characters.popFirst() {
      switch character {
      case "\"" where isQuoted:
        if characters.first == "\"" {
          field.append("\"")
          characters.removeFirst()
        } else {
          isQuoted = false
        }
      case "\"" where field.isEmpty: (isQuoted, wasQuoted) = (true, true)
      case "," where !isQuoted:
        fields.append(field)
        field = ""
      case "\r" where !isQuoted && characters.first == "\n": break
      case "\n":
        line += 1
        if isQuoted {
          field.unicodeScalars.append(character)
        } else {
          finish()
          start = line
        }
      default: field.unicodeScalars.append(character)
      }
    }
    guard !isQuoted else {
      throw CRSError(.data, "a quote of line \(start) is not closed", file: name, expected: "a closing quote")
    }
    finish()
    return records
  }
}
