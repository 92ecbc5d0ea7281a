/// Long lines broken between words.
package enum FoldedLine {
  /// The lines of a text, the further ones below the last column of the first (what stands behind two blanks or more).
  /// A word that is longer than the line stays whole.
  package static func lines(_ text: String, width: Int) -> [String] {
    guard text.count > width else { return [text] }
    let hang = self.hang(of: text, width: width)
    var out: [String] = []
    var line = String(text.prefix { $0 == " " })
    var isEmpty = true
    for (blanks, word) in words(text) {
      if !isEmpty, line.count + blanks.count + word.count > width {
        out.append(line)
        line = String(repeating: " ", count: hang) + word
      } else {
        line += (isEmpty ? "" : blanks) + word
      }
      isEmpty = false
    }
    return out + [line]
  }

  /// A statement in lines that are one statement again: all but the last end with a backslash.
  package static func statement(_ text: String, width: Int) -> [String] {
    guard text.count > width else { return [text] }
    let indent = text.prefix { $0 == " " }.count
    var out: [String] = []
    var line = String(repeating: " ", count: indent)
    var isEmpty = true
    for word in unquoted(text) {
      if !isEmpty, line.count + word.count + 3 > width {
        out.append(line + " \\")
        line = String(repeating: " ", count: indent + 2) + word
      } else {
        line += (isEmpty ? "" : " ") + word
      }
      isEmpty = false
    }
    return out + [line]
  }

  /// Where further lines begin.
  private static func hang(of text: String, width: Int) -> Int {
    let indent = text.prefix { $0 == " " }.count
    var column = indent
    var place = 0
    var blanks = 0
    for character in text {
      if character == " " {
        blanks += 1
      } else {
        if blanks > 1, place > indent { column = place }
        blanks = 0
      }
      place += 1
    }
    return column <= width / 2 ? column : min(indent + 2, width / 2)
  }

  /// Words with the blanks before them.
  private static func words(_ text: String) -> [(blanks: String, word: String)] {
    var out: [(String, String)] = []
    var (blanks, word) = ("", "")
    for character in text {
      if character == " ", !word.isEmpty {
        out.append((blanks, word))
        (blanks, word) = (" ", "")
      } else if character == " " {
        blanks.append(character)
      } else {
        word.append(character)
      }
    }
    return word.isEmpty ? out : out + [(blanks, word)]
  }

  /// Words of a statement; blanks in quotes part none.
  private static func unquoted(_ text: String) -> [String] {
    var out: [String] = []
    var word = ""
    var quote: Character?
    for character in text {
      if character == " ", quote == nil {
        if !word.isEmpty { out.append(word) }
        word = ""
        continue
      }
      if character == quote {
        quote = nil
      } else if quote == nil, "'\"".contains(character) {
        quote = character
      }
      word.append(character)
    }
    return word.isEmpty ? out : out + [word]
  }
}
