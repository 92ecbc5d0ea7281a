import Files
import Kernels

/// Functions on texts, and on each text of a list.
package enum TextFunctions {
  /// The name of a file without its folder and endings: `R/a_1.fits.gz` is `a_1`.
  ///
  /// - Throws: `CRSError` (usage), as all of these, for what is no text.
  package static func stem(_ value: Value) throws -> Value {
    try each(value, "stem") { path in
      var name = path.split(separator: "/").last.map(String.init) ?? ""
      if let bracket = name.firstIndex(of: "["), bracket != name.startIndex {
        name = String(name[..<bracket])
      }
      for ending in [".gz", ".fz", ".Z", ".bz2", ".xz", ".zip"]
      where name.hasSuffix(ending) && name.count > ending.count {
        name = String(name.dropLast(ending.count))
      }
      if let dot = name.lastIndex(of: "."), dot != name.startIndex { name = String(name[..<dot]) }
      return .text(name)
    }
  }

  /// The folder of a file, `.` where none is named.
  package static func folder(_ value: Value) throws -> Value {
    try each(value, "folder") { path in
      guard let slash = path.lastIndex(of: "/") else { return .text(".") }
      return .text(slash == path.startIndex ? "/" : String(path[..<slash]))
    }
  }

  package static func split(_ value: Value, _ separator: Value) throws -> Value {
    let separator = try text(separator, "split")
    guard !separator.isEmpty else {
      throw CRSError.usage("split needs a separator", expected: "split(t, ',')")
    }
    return try each(value, "split") { .list($0.parts(between: separator).map { .text($0) }) }
  }

  package static func join(_ list: Value, _ separator: Value) throws -> Value {
    guard case .list(let items) = list else {
      throw CRSError.usage("join does not apply to a value of kind \(list.kindName)", expected: "a list")
    }
    return .text(try items.map(plain).joined(separator: text(separator, "join")))
  }

  package static func replace(_ value: Value, _ old: Value, _ new: Value) throws -> Value {
    let (old, new) = (try text(old, "replace"), try text(new, "replace"))
    guard !old.isEmpty else { throw CRSError.usage("replace needs a text to be replaced") }
    return try each(value, "replace") { .text($0.parts(between: old).joined(separator: new)) }
  }

  /// - Throws: `CRSError` (data) for a text that is no number.
  package static func number(_ value: Value) throws -> Value {
    if value.double != nil { return value }
    return try each(value, "number") { text in
      let text = text.trimmingBlanks()
      if let whole = Int(text) { return .integer(whole) }
      guard !text.isWholeNumber else {
        throw CRSError.data(
          "'\(text)' is too large: whole numbers have 64 bits", expected: "\(Int.min)...\(Int.max)",
          hint: "it stays a text; number('\(text).0') is the nearest number with a fraction")
      }
      switch text.lowercased() {
      case "nan": return .number(.nan)
      case "inf", "+inf": return .number(.infinity)
      case "-inf": return .number(-.infinity)
      default: break
      }
      guard text.unicodeScalars.allSatisfy({ "0123456789+-.eE".unicodeScalars.contains($0) }),
        let number = Double(text)
      else { throw CRSError.data("'\(text)' is not a number") }
      guard number.isFinite else {
        throw CRSError.data(
          "'\(text)' is too large", expected: "a number below 1.8e308",
          hint: "number('inf') is the infinite one")
      }
      return .number(number)
    }
  }

  /// A value as it stands inside a text.
  ///
  /// - Throws: `CRSError` (usage) for kinds that have no text.
  package static func plain(_ value: Value) throws -> String {
    switch value {
    case .text(let text): return text
    case .number, .integer, .bool, .none: return value.literal ?? ""
    default:
      throw CRSError.usage(
        "a value of kind \(value.kindName) does not fit into a text", expected: "a number, a text, yes or no")
    }
  }

  private static func each(_ value: Value, _ name: String, _ body: (String) throws -> Value) throws -> Value {
    if case .list(let items) = value { return .list(try items.map { try each($0, name, body) }) }
    return try body(text(value, name))
  }

  private static func text(_ value: Value, _ name: String) throws -> String {
    guard case .text(let text) = value else {
      throw CRSError.usage("\(name) does not apply to a value of kind \(value.kindName)", expected: "a text")
    }
    return text
  }
}

extension String {
  /// The pieces between all places of a separator, which must not be empty.
  fileprivate func parts(between separator: String) -> [String] {
    var out: [String] = []
    var rest = Substring(self)
    while let found = rest.firstRange(of: separator) {
      out.append(String(rest[..<found.lowerBound]))
      rest = rest[found.upperBound...]
    }
    return out + [String(rest)]
  }
}
