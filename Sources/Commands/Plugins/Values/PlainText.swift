import Kernels

/// What plugins tell, without what moves the cursor of a terminal or changes its colours.
enum PlainText {
  /// Lines stay; control characters go, tabulators excepted.
  static func of(_ text: String) -> String { keeping(text) { $0 == "\n" } }

  /// The same in one line.
  static func line(_ text: String) -> String { keeping(text) { _ in false } }

  private static func keeping(_ text: String, _ isKept: (Unicode.Scalar) -> Bool) -> String {
    // Nearly all texts are plain.
    if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { scalar in
          let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
          return !isControl || scalar == "\t" || isKept(scalar)
        }))
  }

  static func of(_ error: CRSError) -> CRSError {
    var error = error
    error.message = of(error.message)
    error.file = error.file.map(line)
    error.parameter = error.parameter.map(line)
    error.expected = error.expected.map(of)
    error.hint = error.hint.map(of)
    return error
  }
}
