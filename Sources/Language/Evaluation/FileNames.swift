import Calling
import Foundation
import Kernels

/// File names as users write them.
enum FileNames {
  /// A glob's matches in alphabetical order, or the name itself; `~` is the home folder.
  ///
  /// - Throws: `CRSError` (file) for a glob that matches nothing.
  static func expand(_ word: String) throws -> [String] {
    let path = home(word)
    // Brackets behind a name are cfitsio's, not the glob's.
    let plain = path.prefix { $0 != "[" }
    guard plain.contains(where: { "*?".contains($0) }) else { return [path] }
    var matches = glob_t()
    defer { globfree(&matches) }
    guard glob(String(plain), 0, nil, &matches) == 0, matches.gl_pathc > 0, let paths = matches.gl_pathv
    else {
      throw CRSError.file("no file matches", file: word, expected: "at least one file")
    }
    let rest = path.dropFirst(plain.count)
    return (0..<Int(matches.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) + rest } }
  }

  static func home(_ word: String) -> String {
    guard word == "~" || word.hasPrefix("~/") else { return word }
    return Session.home + word.dropFirst(1)
  }
}
