/// The words that mean something to the language itself.
enum Words {
  /// They cannot be variables.
  static let reserved: Set<String> = constants.union(["end", "for", "if", "else", "in", "auto"])

  /// Values that have names.
  static let constants: Set<String> = [
    "yes", "no", "True", "False", "true", "false", "none", "None", "null", "pi", "inf", "nan",
  ]

  /// Why a word cannot be a variable; nil for one that can.
  static func refusal(_ word: String) -> (message: String, hint: String?)? {
    guard reserved.contains(word) else { return nil }
    return switch word {
    case "pi", "inf", "nan":
      ("'\(word)' is a number of the language and cannot be a variable", "try \(word)_1")
    default: ("'\(word)' is a word of the language and cannot be a variable", nil)
    }
  }

  /// Words of the language where no `=` follows.
  static let statements: Set<String> = ["def", "return", "next"]

  /// The commands of version 0.1.0: no variable can have their names. Later commands give way to variables, so that
  /// scripts keep running.
  static let commands: Set<String> = [
    "addrow", "apply", "apropos", "cd", "combine", "compute", "copy", "countflagged", "countrows",
    "cr2images", "crmasks", "dilate", "drop", "exit", "extract", "fitboundary", "fluxfactor", "header",
    "help", "history", "info", "label", "lacosmic", "load", "max", "mean", "median", "min", "mmcosmic",
    "mmdiagram", "mmpvalue", "newtable", "offsets", "plot", "provenance", "redo", "replacetext", "review",
    "run", "save", "score", "set", "shift", "show", "simulate", "source", "stats", "time", "undo", "vars",
  ]

  /// Commands on the session whose effect ends with a definition.
  static let insideDefinitions: Set<String> = ["set", "exit"]

  /// Commands that look for what stands behind them, operators too.
  static let searching: Set<String> = ["history", "apropos"]

  /// What to write instead of braces.
  static let blocks = "blocks go from for, if or def to end, without braces"

  /// Whether a word could be the name of a variable.
  static func isPlainName(_ word: String) -> Bool {
    word.unicodeScalars.first?.isNameStart ?? false && word.unicodeScalars.allSatisfy(\.isNamePart)
  }

  /// Whether a word names a file or files by its looks.
  static func looksLikeFile(_ word: String) -> Bool {
    word.unicodeScalars.contains { "./~*?".unicodeScalars.contains($0) }
  }

  static func isGlob(_ word: String) -> Bool { word.unicodeScalars.contains { $0 == "*" || $0 == "?" } }

  /// What to do for somebody who types what other shells know; nil for other words.
  static func leaving(_ word: String) -> String? {
    switch word {
    case "quit", "q", "bye", "logout", ":q": "exit or Ctrl-D leaves"
    case "ls", "ll", "pwd", "clear", "cat", "less", "rm", "mv", "cp", "mkdir":
      "!\(word == "ll" ? "ls -l" : word) runs it in the system's shell"
    case "view": "there are no windows; show x draws in the terminal, plot x FILE.png into a file"
    default: nil
    }
  }
}
