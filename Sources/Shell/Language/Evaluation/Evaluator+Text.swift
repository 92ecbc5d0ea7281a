import Calling
import Files
import Kernels
import Pipeline

// `$name` and `${name:format}`.
extension Evaluator {
  /// A text with its values filled in.
  func text(_ parts: [TextPart]) throws -> String {
    let pieces = try pieces(parts).map(\.text)
    try runner.work.requireText(pieces.reduce(0) { $0 + $1.utf8.count })
    return pieces.joined()
  }

  func pieces(_ parts: [TextPart]) throws -> [(text: String, isWritten: Bool)] {
    try parts.map { part in
      switch part {
      case .plain(let text): (text, true)
      case .value(let filled): (try TextFunctions.plain(parameter(filled)), false)
      }
    }
  }

  /// What stands behind `$`: a variable, else an argument of the script.
  ///
  /// - Throws: `CRSError` (usage) for what is neither, for kinds that are no text, and for formats that do not fit.
  func parameter(_ filled: Filled) throws -> Value {
    let value = try plainParameter(filled)
    guard let format = filled.format else { return value }
    guard let formatted = Self.formatted(value, format) else {
      throw Self.unfit(format, value.literal ?? value.kindName)
    }
    return .text(formatted)
  }

  /// nil where the format does not fit the value.
  static func formatted(_ value: Value, _ format: String) -> String? {
    NumberFormat(format).flatMap { $0.text(value) }
  }

  static func unfit(_ format: String, _ value: String) -> CRSError {
    CRSError.usage("the format '\(format)' does not fit \(value)", expected: "a format such as 03d, .2f, >8")
  }

  private func plainParameter(_ filled: Filled) throws -> Value {
    if let variable = runner.variable(filled.name) {
      switch variable.value {
      case .number, .integer, .text, .bool: return variable.value
      default:
        throw CRSError.usage(
          "$\(filled.name) is a value of kind \(variable.value.kindName)",
          expected: "a number, a text, yes or no")
      }
    }
    guard let text = runner.scriptArgument(filled.name) else {
      throw Self.notGiven(filled.name, among: runner.names)
    }
    return Self.meaning(of: text)
  }

  static func notGiven(_ name: String, among names: [String]) -> CRSError {
    CRSError.usage(
      "$\(name) is not given", expected: "a variable, or an argument of the script",
      hint: didYouMean(name, among: names))
  }

  /// What a text from outside means: a number where it looks like one.
  static func meaning(of text: String) -> Value {
    let found = NumberWord.value(of: text)
    if let integer = found.integer { return .integer(integer) }
    return found.number.map { .number($0) } ?? .text(text)
  }

  /// A line for the system's shell: values stand in quotes, so that they are one word each.
  func shellLine(_ parts: [TextPart]) throws -> String {
    var line = ""
    for part in parts {
      switch part {
      case .plain(let text): line += text
      case .value(let filled):
        // A name that is not ours is the shell's own; so is everything between single quotes.
        let quote = Self.openQuote(line)
        let isOurs = runner.variable(filled.name) != nil || runner.scriptArgument(filled.name) != nil
        guard isOurs, quote != "'" else {
          line += filled.written
          continue
        }
        let text = try TextFunctions.plain(parameter(filled))
        line +=
          quote == "\""
          ? Self.escaped(text) : "'" + text.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
      }
    }
    return line
  }

  /// The quote that is open at the end of a line.
  private static func openQuote(_ line: String) -> Character? {
    var open: Character?
    var isEscaped = false
    for character in line {
      if isEscaped {
        isEscaped = false
      } else if character == "\\", open != "'" {
        isEscaped = true
      } else if character == open {
        open = nil
      } else if open == nil, character == "'" || character == "\"" {
        open = character
      }
    }
    return open
  }

  private static func escaped(_ text: String) -> String {
    text.map { "\\\"$`".contains($0) ? "\\\($0)" : String($0) }.joined()
  }
}

extension NumberFormat {
  /// nil where the format does not fit the value.
  fileprivate func text(_ value: Value) -> String? {
    switch value {
    case .integer(let number): text(number)
    case .number(let number): text(number)
    case .text(let text): self.text(text)
    case .bool(let flag): self.text(flag ? "yes" : "no")
    default: nil
    }
  }
}
