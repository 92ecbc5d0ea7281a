import Calling
import Pipeline

// What the arguments of a parameter may be.
extension ParameterManifest {
  /// Whether a word without quotes may be a text.
  var takesText: Bool { !kind.wantsValue }

  /// Whether a number is taken as it is written.
  var takesOnlyText: Bool {
    switch kind {
    case .text, .file: true
    case .word: !choices.contains { NumberWord.value(of: $0).integer != nil }
    default: false
    }
  }
}
