import Foundation
import Glibc
import Kernels

/// Finds the program that the first word of `run` names.
enum ProgramSearch {
  /// - Parameter words: the argument vector of plugin.json.
  /// - Returns: the words with the path of the program in front.
  /// - Throws: `CRSError` (file) for a program that is not there, lies outside the folder, or is not trusted.
  static func arguments(_ words: [String], folder: String) throws -> [String] {
    guard let first = words.first else { return [] }
    // Files of the folder that the program is to run must not be somebody else's either.
    for word in words.dropFirst() where !word.hasPrefix("-") {
      let file = word.hasPrefix("/") ? word : folder + "/" + word
      if access(file, F_OK) == 0 { _ = try Trust.resolved(file) }
    }
    let path = try path(first, folder: folder)
    _ = try Trust.resolved(path)
    return [path] + words.dropFirst()
  }

  private static func path(_ word: String, folder: String) throws -> String {
    if word.hasPrefix("/") { return word }
    if word.contains("/") {
      let path = folder + "/" + word
      guard let inside = real(path), let base = real(folder) else {
        throw CRSError.file(String(cString: strerror(errno)), file: path)
      }
      guard inside.hasPrefix(base + "/") else {
        throw CRSError.file("the program lies outside the plugin's folder", file: path)
      }
      return path
    }
    let places = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    for place in places where place.hasPrefix("/") {
      var facts = stat()
      let path = place + "/" + word
      if stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 { return path }
    }
    throw CRSError.file("no such program in PATH", file: word)
  }

  private static func real(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }
}
