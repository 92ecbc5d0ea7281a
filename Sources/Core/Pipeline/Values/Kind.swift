/// What a parameter takes and a result is: one vocabulary for commands, plugins, help and completion.
package enum Kind: String, Codable, Sendable, CaseIterable {
  case image, stack, mask, maskset, diagram, boundary, table, number, integer, flag, text
  /// One of the choices; without choices a name that is not looked up.
  case word
  case file, section, list, any

  /// Whether a bare word must be a variable or a file; elsewhere it may be taken as text.
  package var wantsValue: Bool {
    switch self {
    case .image, .stack, .mask, .maskset, .diagram, .boundary, .table, .number, .integer, .section, .any: true
    case .flag, .text, .word, .file, .list: false
    }
  }

  /// The kind in the words of help: values are written as `info` prints them.
  package var title: String {
    switch self {
    case .image: "Image"
    case .stack: "Stack"
    case .mask: "Mask"
    case .maskset: "MaskSet"
    case .diagram: "Diagram"
    case .boundary: "Boundary"
    case .table: "Table"
    case .flag: "yes or no"
    case .number, .integer, .text, .word, .file, .section, .list, .any: rawValue
    }
  }
}

/// What a call changes beside the variables that take its results.
package enum Effect: String, Codable, Sendable, CaseIterable {
  case nothing
  /// Writes files that its arguments name.
  case files
  /// Changes the working folder.
  case folder
  /// Changes the session: its variables, its settings or its end.
  case session
}
