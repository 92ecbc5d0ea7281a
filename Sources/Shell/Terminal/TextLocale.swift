import Foundation

/// The characters that the C library understands, libedit's line above all.
enum TextLocale {
  /// Takes the user's locale where it is UTF-8, else one that is: what is typed is UTF-8 in either case.
  static func use() {
    for name in ["", "C.UTF-8", "C.utf8", "en_US.UTF-8"] where setlocale(LC_CTYPE, name) != nil {
      if let codes = nl_langinfo(Int32(CODESET)), String(cString: codes) == "UTF-8" { return }
    }
  }
}
