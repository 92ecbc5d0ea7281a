import Foundation

/// The words of a Swift source without comments and the text of string literals.
struct SourceText {
  /// A word or a single sign, with the number of braces open around it.
  struct Token {
    var text: String
    var depth: Int
  }

  let tokens: [Token]

  init(_ text: String) {
    var tokens: [Token] = []
    var depth = 0
    var rest = Array(text.unicodeScalars)[...]
    func isWord(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "_" || scalar == "@" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
    }
    while let scalar = rest.first {
      if scalar == "/", rest.dropFirst().first == "/" {
        rest = rest.drop { $0 != "\n" }
      } else if scalar == "/", rest.dropFirst().first == "*" {
        while !rest.isEmpty, !rest.starts(with: "*/".unicodeScalars) { rest = rest.dropFirst() }
        rest = rest.dropFirst(2)
      } else if scalar == "\"" {
        rest = SourceText.behindLiteral(rest)
      } else if isWord(scalar) {
        let word = rest.prefix(while: isWord)
        rest = rest.dropFirst(word.count)
        tokens.append(Token(text: String(String.UnicodeScalarView(word)), depth: depth))
      } else {
        rest = rest.dropFirst()
        if scalar == "}" { depth -= 1 }
        if !scalar.properties.isWhitespace { tokens.append(Token(text: String(scalar), depth: depth)) }
        if scalar == "{" { depth += 1 }
      }
    }
    self.tokens = tokens
  }

  /// What follows a string literal; interpolations count as text.
  private static func behindLiteral(_ text: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
    let isLong = text.starts(with: "\"\"\"".unicodeScalars)
    let end = isLong ? "\"\"\"" : "\""
    var rest = text.dropFirst(end.unicodeScalars.count)
    var depth = 0
    while !rest.isEmpty {
      if rest.starts(with: "\\(".unicodeScalars) {
        depth += 1
        rest = rest.dropFirst(2)
      } else if rest.first == "\\" {
        rest = rest.dropFirst(2)
      } else if depth > 0, rest.first == "(" || rest.first == ")" {
        depth += rest.first == "(" ? 1 : -1
        rest = rest.dropFirst()
      } else if depth > 0, rest.first == "\"" {
        rest = behindLiteral(rest)
      } else if depth == 0, rest.starts(with: end.unicodeScalars) {
        return rest.dropFirst(end.unicodeScalars.count)
      } else {
        rest = rest.dropFirst()
      }
    }
    return rest
  }

  // MARK: - Declarations and uses

  private static let kinds: Set<String> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
  private static let modifiers: Set<String> = [
    "final", "indirect", "package", "public", "internal", "static", "nonisolated", "mutating", "class",
  ]

  /// Types that other files can name.
  var types: Set<String> {
    Set(
      tokens.indices.filter {
        tokens[$0].depth == 0 && SourceText.kinds.contains(tokens[$0].text) && !isPrivate(before: $0)
      }.compactMap { tokens.indices.contains($0 + 1) ? tokens[$0 + 1].text : nil }
    ).filter { $0.first?.isUppercase == true }
  }

  /// Functions outside types.
  var functions: Set<String> {
    Set(
      tokens.indices.filter {
        tokens[$0].depth == 0 && tokens[$0].text == "func" && !isPrivate(before: $0)
      }.compactMap { tokens.indices.contains($0 + 1) ? tokens[$0 + 1].text : nil }
    ).filter { $0.first?.isLetter == true }
  }

  /// Names of functions and properties directly inside extensions, and of all others.
  var members: (ofExtensions: Set<String>, all: Set<String>) {
    var ofExtensions: Set<String> = []
    var all: Set<String> = []
    var isExtension = false
    for (place, token) in tokens.enumerated() {
      if token.depth == 0, token.text == "extension" { isExtension = true }
      if token.depth == 0, SourceText.kinds.contains(token.text) { isExtension = false }
      guard ["func", "var", "let", "case"].contains(token.text), tokens.indices.contains(place + 1) else {
        continue
      }
      all.insert(tokens[place + 1].text)
      if isExtension, token.depth == 1, token.text != "case", !isPrivate(before: place) {
        ofExtensions.insert(tokens[place + 1].text)
      }
    }
    return (ofExtensions, all)
  }

  private func isPrivate(before place: Int) -> Bool {
    var k = place - 1
    while k >= 0, SourceText.modifiers.contains(tokens[k].text) || tokens[k].text.hasPrefix("@") { k -= 1 }
    return k >= 0 && ["private", "fileprivate"].contains(tokens[k].text)
  }

  /// Modules that the file imports.
  var imports: Set<String> {
    Set(tokens.indices.dropLast().filter { tokens[$0].text == "import" }.map { tokens[$0 + 1].text })
  }

  /// Names as they are used: types (`Name`), functions (`name(`) and members (`.name`).
  var uses: (types: Set<String>, functions: Set<String>, members: Set<String>) {
    var types: Set<String> = []
    var functions: Set<String> = []
    var members: Set<String> = []
    for (k, token) in tokens.enumerated() {
      let before = k > 0 ? tokens[k - 1].text : ""
      let after = k + 1 < tokens.count ? tokens[k + 1].text : ""
      if token.text.first?.isUppercase == true {
        if before != "." && !SourceText.kinds.contains(before) { types.insert(token.text) }
      } else if before == "." {
        members.insert(token.text)
      } else if after == "(", before != "func" {
        functions.insert(token.text)
      }
    }
    return (types, functions, members)
  }
}
