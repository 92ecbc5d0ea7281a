import Foundation
import Kernels

extension Table {
  /// Reads comma-separated text (RFC 4180) with a header line; numbers become numbers, yes and no flags. Among them nan
  /// and inf are numbers, and an empty field is NaN. A column in which something without
  /// quotes is no number is one of texts, each as it is written. A field in quotes is text, unless the writer has put all
  /// fields in quotes. A name that stands twice gets a number behind it.
  ///
  /// - Parameters:
  ///   - name: of the file, for errors.
  ///   - remark: takes what is not as a reader may expect: names that stand twice, columns of numbers that something
  ///     makes texts.
  /// - Throws: `CRSError` (data) for text without a header, a row of another length or an open quote, with its line.
  package init(csv text: String, name: String, remark: (String) -> Void = { _ in }) throws {
    let records = try Self.records(text, name: name)
    guard let header = records.first, !Self.names(header.fields).allSatisfy(\.isEmpty) else {
      throw CRSError(.data, "the table has no header line", file: name, expected: "names of columns")
    }
    try Self.checkSeparator(records.map(\.fields), name: name)
    let names = Self.names(header.fields)
    self.init(columns: Self.distinct(names))
    if !header.fields.contains(where: { $0.isQuoted || Double($0.text.trimmingBlanks()) == nil }) {
      remark("the first line holds numbers only; they are taken for the names of the columns")
    }
    for twice in Set(names.filter { wanted in names.count { $0 == wanted } > 1 }).sorted() {
      remark("the column '\(twice)' stands there twice; the further one is \(twice)_2")
    }
    for record in records.dropFirst() where record.fields.count != columns.count {
      throw CRSError(
        .data, "line \(record.line) has \(record.fields.count) fields", file: name,
        expected: "\(columns.count), as the header has")
    }
    let quotesAll = Self.quotesAll(records.map(\.fields))
    let fields = records.dropFirst().map { record in
      quotesAll ? record.fields.map { Field(text: $0.text) } : record.fields
    }
    rows = fields.map { $0.map { .text($0.text) } }
    for place in columns.indices {
      let (cells, odd) = Self.cells(of: fields.map { $0[place] })
      for (row, cell) in cells.enumerated() { rows[row][place] = cell }
      guard let odd else { continue }
      remark(
        "the column '\(columns[place])' is text, its numbers too: '\(fields[odd][place].text)' in line "
          + "\(records[odd + 1].line) \(Self.oddity(fields[odd][place].text))")
    }
  }

  /// The cells of a column, and the row of what makes texts of numbers.
  private static func cells(of fields: [Field]) -> (cells: [Cell], odd: Int?) {
    let texts = fields.map { Cell.text($0.text) }
    if !fields.isEmpty, fields.allSatisfy({ !$0.isQuoted && ($0.text == "yes" || $0.text == "no") }) {
      return (fields.map { .flag($0.text == "yes") }, nil)
    }
    var cells = texts
    var (hasNumber, hasFlag) = (false, false)
    var missing: [(row: Int, number: Double)] = []
    var odd: Int?
    // What is a text for certain says nothing of the others.
    for (row, field) in fields.enumerated() where !field.isQuoted {
      if field.text == "yes" || field.text == "no" {
        cells[row] = .flag(field.text == "yes")
        hasFlag = true
        continue
      }
      cells[row] = cell(field.text)
      guard case .text = cells[row] else {
        hasNumber = true
        continue
      }
      if let number = special(field.text) {
        missing.append((row, number))
      } else {
        odd = odd ?? row
      }
    }
    if let odd { return (texts, hasNumber && !areCodes(fields) ? odd : nil) }
    // Nothing at all is the empty text.
    guard hasNumber || hasFlag || missing.contains(where: { !fields[$0.row].text.isEmpty }) else {
      return (texts, nil)
    }
    for (row, number) in missing { cells[row] = .real(number) }
    return (cells, nil)
  }

  /// Whether digits are counted with leading zeros: 001, 002, ..., 100. Nobody takes them for numbers.
  private static func areCodes(_ fields: [Field]) -> Bool {
    let lengths = Set(fields.map(\.text.count))
    return lengths.count == 1 && fields.allSatisfy { $0.text.isWholeNumber }
      && fields.contains { $0.text.hasPrefix("0") }
  }

  /// Why a text is no number of a table.
  private static func oddity(_ text: String) -> String {
    let text = text.trimmingBlanks()
    if text.isWholeNumber { return Int(text) == nil ? "is beyond 64 bits" : "begins with 0" }
    return Double(text).map { !$0.isFinite } ?? false ? "is beyond all numbers" : "is no number"
  }

  private struct Field {
    var text = ""
    var isQuoted = false
  }

  /// - Throws: `CRSError` (data) for a table whose columns are not parted by commas, which would be one of a single column.
  private static func checkSeparator(_ records: [[Field]], name: String) throws {
    guard let header = records.first, header.count == 1, !header[0].isQuoted else { return }
    for (mark, what) in [(";", "semicolons"), ("\t", "tabs")] {
      guard records.allSatisfy({ $0.contains { $0.text.contains(mark) } }) else { continue }
      throw CRSError(
        .data, "the columns are parted by \(what)", file: name, expected: "commas",
        hint: "numbers with a decimal comma need a point then")
    }
  }

  /// Whether quotes mean nothing: every field has them, also where our own writer would set none.
  private static func quotesAll(_ records: [[Field]]) -> Bool {
    let name = records.first?.count == 1 ? records.first?.first?.text : nil
    // Our own writer quotes a name alone that would be taken for several.
    let isParted = name.map { $0.contains(";") || $0.contains("\t") } ?? false
    let fields = records.dropFirst(isParted ? 1 : 0).joined()
    return records.joined().allSatisfy(\.isQuoted)
      && fields.contains { field in
        let isPlain =
          !Table.Cell.needsQuotes(field.text) && field.text == field.text.trimmingBlanks()
          && field.text.unicodeScalars.first != "\u{FEFF}"
        return isPlain && !field.text.isEmpty && !Table.Cell.isTakenForOther(field.text)
      }
  }

  private static func names(_ header: [Field]) -> [String] {
    header.map { $0.isQuoted ? $0.text : $0.text.trimmingBlanks() }
  }

  /// `x, x` becomes `x, x_2`.
  private static func distinct(_ names: [String]) -> [String] {
    var taken = Set(names)
    var seen: Set<String> = []
    return names.map { name in
      guard !seen.insert(name).inserted else { return name }
      var number = 2
      while !taken.insert("\(name)_\(number)").inserted { number += 1 }
      return "\(name)_\(number)"
    }
  }

  fileprivate static func special(_ text: String) -> Double? {
    switch text.trimmingBlanks().lowercased() {
    case "", "nan", "+nan", "-nan": .nan
    case "inf", "+inf", "infinity": .infinity
    case "-inf", "-infinity": -.infinity
    default: nil
    }
  }

  fileprivate static func cell(_ written: String) -> Cell {
    let field = written.trimmingBlanks()
    // 007 is a name, and so are whole numbers that no number holds.
    let digits = field.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    let isWhole = field.isWholeNumber
    if isWhole, digits.count > 1, digits.first == UInt8(ascii: "0") { return .text(field) }
    if let value = Int(field) { return .integer(value) }
    if isWhole { return .text(field) }
    // Only decimal notation: Swift also reads "nan", "inf" and hexadecimal numbers, and takes 1e400 for infinity.
    if let value = Double(field), value.isFinite,
      field.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) })
    {
      return .real(value)
    }
    return .text(field)
  }

  /// The records with the lines where they begin; lines without anything are left out.
  private static func records(_ text: String, name: String) throws -> [(line: Int, fields: [Field])] {
    var records: [(line: Int, fields: [Field])] = []
    var (fields, field): ([Field], Field) = ([], Field())
    var (line, start) = (1, 1)
    var isQuoted = false
    func finish() {
      fields.append(field)
      if fields.count > 1 || !field.text.isEmpty || field.isQuoted { records.append((start, fields)) }
      (fields, field) = ([], Field())
    }
    var characters = Array(text.unicodeScalars.drop { $0 == "\u{FEFF}" })[...]
    while let character = characters.popFirst() {
      switch character {
      case "\"" where isQuoted:
        if characters.first == "\"" {
          field.text.append("\"")
          characters.removeFirst()
        } else {
          isQuoted = false
        }
      case "\"" where field.text.isEmpty && !field.isQuoted: (isQuoted, field.isQuoted) = (true, true)
      case "," where !isQuoted:
        fields.append(field)
        field = Field()
      case "\r" where !isQuoted:
        // Old programs end lines with it alone.
        if characters.first == "\n" { break }
        line += 1
        finish()
        start = line
      case "\n":
        line += 1
        if isQuoted {
          field.text.unicodeScalars.append(character)
        } else {
          finish()
          start = line
        }
      default: field.text.unicodeScalars.append(character)
      }
    }
    guard !isQuoted else {
      throw CRSError(.data, "a quote of line \(start) is not closed", file: name, expected: "a closing quote")
    }
    finish()
    return records
  }
}

extension Table.Cell {
  /// Whether a text without quotes is read as something else.
  static func isTakenForOther(_ text: String) -> Bool {
    if text == "yes" || text == "no" || Table.special(text) != nil { return true }
    if case .text = Table.cell(text) { return false }
    return true
  }
}
