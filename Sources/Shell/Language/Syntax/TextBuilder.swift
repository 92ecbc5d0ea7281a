import Kernels

/// Collects the pieces of a text or word.
struct TextBuilder {
  private var closed: [TextPart] = []
  private var open = ""

  mutating func append(_ scalar: Unicode.Scalar) { open.unicodeScalars.append(scalar) }

  mutating func append(_ text: String) { open += text }

  mutating func append(_ value: Filled) {
    if !open.isEmpty { closed.append(.plain(open)) }
    closed.append(.value(value))
    open = ""
  }

  var parts: [TextPart] { open.isEmpty ? closed : closed + [.plain(open)] }

  var isEmpty: Bool { closed.isEmpty && open.isEmpty }

  /// The whole text, where nothing is to be filled in.
  var plain: String? { closed.isEmpty ? open : nil }

  /// Whether it can be no variable's name.
  var looksLikeFile: Bool {
    parts.contains { part in
      if case .plain(let text) = part { Words.looksLikeFile(text) } else { false }
    }
  }

  /// Whether a sign that follows may belong to an exponent.
  var endsLikeExponent: Bool {
    guard closed.isEmpty, let first = open.unicodeScalars.first, let last = open.unicodeScalars.last else {
      return false
    }
    return (first.isDigit || first == ".") && (last == "e" || last == "E")
  }

  /// What the word is by its looks.
  ///
  /// - Throws: `CRSError` (usage) for whole numbers of more than 64 bits.
  func expression(at position: SourcePosition) throws -> Expression {
    if let plain {
      return try NumberWord.expression(plain, at: position) ?? .word(plain, position)
    }
    if parts.count == 1, case .value(let value) = parts[0] { return .parameter(value, position) }
    return .filledWord(parts, position)
  }
}
