import Commands
import Pipeline

// What the arguments of a parameter may be.
extension ParameterManifest {
  /// A name that is not looked up.
  var isName: Bool { kind == .name }

  /// Whether a word without quotes may be a text.
  var takesText: Bool { [.flag, .text, .word, .file, .list, .name].contains(kind) }

  /// Whether a number is taken as it is written.
  var takesOnlyText: Bool { [.text, .file, .name].contains(kind) || kind == .word && !choices.contains(where: { Int($0) != nil }) }

  /// Whether a value is of its kind.
  func takes(_ value: Value) -> Bool {
    switch (kind, value) {
    case (.value, _), (.image, .image), (.stack, .stack), (.mask, .mask), (.maskSet, .maskSet), (.table, .table),
      (.diagram, .diagram), (.boundary, .boundary), (.number, .number), (.number, .integer), (.integer, .integer),
      (.flag, .bool), (.text, .text), (.file, .text), (.list, .list), (.section, .text):
      true
    // A stack of one, and images from files.
    case (.stack, .image), (.image, .text), (.stack, .text), (.stack, .list), (.mask, .text): true
    default: false
    }
  }
}
