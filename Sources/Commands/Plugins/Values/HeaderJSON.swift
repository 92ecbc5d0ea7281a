import Files
import Kernels
import Pipeline

/// Headers as messages tell them: `["EXPTIME", 1200.0, "s"]` a card, with its spelling behind where that is not the
/// usual one.
enum HeaderJSON {
  static func json(_ header: Header) -> JSONValue {
    .list(
      header.entries.map { entry in
        var parts: [JSONValue] = [.text(entry.keyword), value(entry), .text(entry.comment)]
        let usual = HeaderEntry(
          keyword: entry.keyword, value: entry.value, text: entry.text, comment: entry.comment)
        // A card of another keyword without a value would come back as one with text.
        let isBare = entry.text != nil && !commentary.contains(entry.keyword)
        if usual.cards != entry.cards || isBare { parts.append(.text(entry.cards.joined(separator: "\n"))) }
        return .list(parts)
      })
  }

  private static func value(_ entry: HeaderEntry) -> JSONValue {
    if let text = entry.text { return .text(text) }
    return switch entry.value {
    case .text(let text)?: .text(text)
    case .integer(let number)?: .integer(number)
    case .real(let number)?: .number(number)
    case .logical(let flag)?: .bool(flag)
    case nil: .null
    }
  }

  private static let commentary: Set<String> = ["COMMENT", "HISTORY", ""]

  /// - Parameter known: headers whose cards keep their spelling where value and comment are unchanged.
  /// - Throws: `CRSError` (data) for what is no list of cards.
  static func header(_ json: JSONValue, known: [Header] = []) throws -> Header {
    guard let rows = json.items else { throw wrong("a header", json) }
    var spellings: [String: [HeaderEntry]] = [:]
    for entry in known.flatMap(\.entries) { spellings[entry.keyword, default: []].append(entry) }
    return Header(
      entries: try rows.map { row in
        let entry = try entry(row)
        return spellings[entry.keyword]?.first { $0.says(theSameAs: entry) } ?? entry
      })
  }

  private static func entry(_ row: JSONValue) throws -> HeaderEntry {
    guard let parts = row.items, (2...4).contains(parts.count), let keyword = parts[0].string,
      keyword.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), keyword.utf8.count <= 60
    else { throw wrong("a card", row) }
    guard let comment = parts.count > 2 ? parts[2] == .null ? "" : parts[2].string : "" else {
      throw wrong("a card", row)
    }
    var entry: HeaderEntry
    switch parts[1] {
    case .text(let text) where commentary.contains(keyword.uppercased()):
      entry = HeaderEntry(keyword: keyword.uppercased(), value: nil, text: plain(text))
    case .text(let text): entry = HeaderEntry(keyword: keyword, value: .text(text), comment: comment)
    case .integer(let number):
      entry = HeaderEntry(keyword: keyword, value: .integer(number), comment: comment)
    case .number(let number): entry = HeaderEntry(keyword: keyword, value: .real(number), comment: comment)
    case .bool(let flag): entry = HeaderEntry(keyword: keyword, value: .logical(flag), comment: comment)
    case .null: entry = HeaderEntry(keyword: keyword, value: nil, comment: comment)
    case .list, .object: throw wrong("a card", row)
    }
    entry.keyword = keyword.uppercased()
    // The spelling that came with the card holds as long as nobody has changed the card.
    if parts.count > 3, let spelling = parts[3].string {
      let cards = spelling.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let read = Header(cards: cards).entries
      let isPlain = cards.allSatisfy { $0.count <= 80 && $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } }
      if isPlain, read.count == 1, says(read[0], parts, comment) { entry = read[0] }
    }
    return entry
  }

  private static func says(_ entry: HeaderEntry, _ parts: [JSONValue], _ comment: String) -> Bool {
    entry.keyword == parts[0].string && entry.comment == comment && value(entry) == parts[1]
  }

  /// A line without what no card can hold.
  private static func plain(_ text: String) -> String {
    String(text.prefix(72).map { $0.isASCII && $0 >= " " && $0 <= "~" ? $0 : "?" })
  }

  static func wrong(_ what: String, _ json: JSONValue) -> CRSError {
    CRSError.data("\(json.beginning) is not \(what)", expected: "as protocol 1 says")
  }
}

extension JSONValue {
  /// How an error quotes it.
  package var beginning: String {
    let text = String(decoding: bytes, as: UTF8.self)
    return text.count > 60 ? text.prefix(57) + "..." : text
  }

  /// A number, also one that JSON cannot write.
  var double: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    case .object(let members):
      switch members["number"] {
      case .text("nan")?: .nan
      case .text("inf")?: .infinity
      case .text("-inf")?: -.infinity
      default: nil
      }
    default: nil
    }
  }

  /// A number that JSON may not be able to write.
  init(number: Double) {
    self =
      number.isFinite
      ? .number(number) : .object(["number": .text(number.isNaN ? "nan" : number > 0 ? "inf" : "-inf")])
  }
}
