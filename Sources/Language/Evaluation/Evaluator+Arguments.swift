import Calling
import Foundation
import Kernels
import Pipeline

// What words mean where a command takes them.
extension Evaluator {
  /// The values of an argument; a glob gives as many as there are files.
  func arguments(_ expression: Expression, _ parameter: ParameterManifest?) throws -> [Evaluation] {
    switch expression {
    case .word(let word, let position): return try argument(word, position, parameter)
    case .parameter(let name, _):
      let text = try scriptArgument(name)
      return [Evaluation(value: Self.meaning(of: text), tree: .literal(.text(text)))]
    case .index(.word(let word, _), .section(let section, _), _)
    where !isKnown(word) && FileManager.default.fileExists(atPath: word):
      // file[1:9, 1:9] with a name that is no variable: the brackets are the file's.
      return [Self.text(word + section)]
    default: return [try value(expression)]
    }
  }

  private func argument(_ word: String, _ position: SourcePosition, _ parameter: ParameterManifest?) throws
    -> [Evaluation]
  {
    let bare = Evaluation(value: .text(word), tree: .word(word))
    if parameter?.isName == true { return [bare] }
    if let parameter, parameter.choices.contains(where: { $0.lowercased() == word.lowercased() }) {
      return [bare]
    }
    if let constant = Self.constant(word) { return [Evaluation(value: constant, tree: .word(word))] }
    if let text = runner.scope.loops[word] { return [Self.text(text)] }
    if let binding = session[word] {
      return [Evaluation(value: binding.value, tree: .variable(word, origin: binding.origin))]
    }
    if word.contains(where: { "./~*?".contains($0) }) { return try FileNames.expand(word).map(Self.text) }
    if FileManager.default.fileExists(atPath: word) { return [bare] }
    if let parameter, parameter.kind.wantsValue {
      var error = session.unknown(word)
      if !parameter.choices.isEmpty { error.expected = parameter.expectation }
      throw error.at(position.place)
    }
    return [bare]
  }

  private static func text(_ text: String) -> Evaluation {
    Evaluation(value: .text(text), tree: .literal(.text(text)))
  }

  /// The texts that a loop goes over.
  func loopItems(_ items: [ArgumentSyntax]) throws -> [String] {
    try items.flatMap { item -> [String] in
      try arguments(item.value, nil).flatMap { part -> [String] in
        switch part.value {
        case .text(let text): return [text]
        case .list(let values):
          return values.compactMap { if case .text(let text) = $0 { text } else { $0.literal } }
        default: return [part.value.literal ?? part.value.summary]
        }
      }
    }
  }
}
