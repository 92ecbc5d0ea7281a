/// What a parameter takes and a result is: one vocabulary for commands, plugins, help and completion.
package enum Kind: String, Codable, Sendable, CaseIterable {
  case image, stack, mask, maskset, diagram, boundary, table, number, integer, flag, text
  /// One of the choices; without choices a name that is not looked up.
  case word
  case file, section, list, any

  /// The kind in a sentence.
  package var article: String {
    switch self {
    case .image, .integer: "an \(title)"
    case .flag: title
    case .any: "a value"
    case .word: "a name"
    case .text: "text"
    case .section: "a section [x1:x2, y1:y2]"
    case .stack, .mask, .maskset, .diagram, .boundary, .table, .number, .file, .list: "a \(title)"
    }
  }

  /// Whether a bare word must be a variable or a file; elsewhere it may be taken as text.
  package var wantsValue: Bool {
    switch self {
    case .image, .stack, .mask, .maskset, .diagram, .boundary, .table, .number, .integer, .section, .any: true
    case .flag, .text, .word, .file, .list: false
    }
  }

  /// Whether values of another kind can be given where this one is wanted.
  package func takes(_ given: Kind) -> Bool {
    switch self {
    case .any: true
    case .image: [.image, .mask].contains(given)
    case .stack: [.stack, .list, .image].contains(given)
    case .mask: [.mask, .image].contains(given)
    case .number, .integer: [.number, .integer].contains(given)
    case .section: [.list, .text].contains(given)
    case .list: [.list, .number, .integer].contains(given)
    case .word, .file, .text: given == .text
    case .maskset, .diagram, .boundary, .table, .flag: given == self
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

extension Kind {
  package init(of value: Value) {
    self =
      switch value {
      case .image: .image
      case .stack: .stack
      case .mask: .mask
      case .maskSet: .maskset
      case .diagram: .diagram
      case .boundary: .boundary
      case .table: .table
      case .number: .number
      case .integer: .integer
      case .bool: .flag
      case .text: .text
      case .list: .list
      case .none: .any
      }
  }
}

extension Value {
  package var kind: Kind { Kind(of: self) }
}
