import Foundation
import Kernels

/// A file name as a user gives it: the file on disk, and what brackets behind it choose.
///
/// crs reads the brackets itself, and cfitsio gets nothing but the plain name of a file that exists: its own
/// syntax also opens second files, connects to networks and creates files.
package struct FITSPath {
  /// As given.
  let text: String
  let file: DiskName
  let choice: FITSChoice

  /// A name that exists as it stands is that file, brackets or not.
  ///
  /// - Throws: `CRSError` (file) when there is no such file, it is no regular file, or the name asks
  ///   for something else than an HDU, a section or an image of two columns.
  package init(_ text: String) throws {
    self.text = text
    guard !text.isEmpty, !text.utf8.contains(0), text.utf8.count < 1000 else {
      throw CRSError.file("not a usable file name", file: String(text.prefix(80)))
    }
    if let file = try DiskName.find(text) {
      try file.checkReadable()
      (self.file, choice) = (file, FITSChoice())
      return
    }
    try FITSPath.refuseOtherSources(text)
    let local = text.hasPrefix("file://") ? String(text.dropFirst(7)) : text
    (file, choice) = try FITSPath.split(local, given: text)
    try file.checkReadable()
  }

  /// The longest part before a bracket that is a file, and the choice behind it.
  private static func split(_ name: String, given: String) throws -> (DiskName, FITSChoice) {
    if let file = try DiskName.find(name) { return (file, FITSChoice()) }
    if let plus = name.lastIndex(of: "+"), let number = Int(name[name.index(after: plus)...]), number >= 0,
      let file = try DiskName.find(String(name[..<plus]))
    {
      return (file, FITSChoice(selector: .number(number)))
    }
    for bracket in name.indices.reversed() where name[bracket] == "[" {
      if let file = try DiskName.find(String(name[..<bracket])) {
        return (file, try FITSChoice(brackets: name[bracket...], of: given))
      }
    }
    throw missing(String(name.prefix { $0 != "[" }), given: given)
  }

  private static func refuseOtherSources(_ text: String) throws {
    if let scheme = text.range(of: "://"),
      text[..<scheme.lowerBound].allSatisfy({ $0.isLetter || $0.isNumber }),
      !text.hasPrefix("file://")
    {
      throw CRSError.file(
        "'\(text[..<scheme.lowerBound])' files are not read", file: text, expected: "a file on this machine")
    }
    if text.hasPrefix("!") {
      throw CRSError.file(
        "a leading '!' is only for writing in cfitsio", file: text,
        hint: "leave it out; './\(text.prefix(20))' is a file whose name begins with it")
    }
    if text == "-" || text == "stdin" || text == "stdout" {
      throw CRSError.file("standard input is not read", file: text, expected: "a file")
    }
  }

  private static func missing(_ path: String, given: String) -> CRSError {
    func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
    var facts = stat()
    if lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFLNK {
      let isLoop = stat(path, &facts) != 0 && errno == ELOOP
      return .file(
        isLoop
          ? "is a symbolic link that leads back to itself" : "is a symbolic link to a file that is not there",
        file: path, expected: "a file or a link to one")
    }
    var hint = ["gz", "fz", "Z"].first { exists(path + "." + $0) }.map { "there is \(path).\($0)" }
    if path.hasSuffix(")"), let open = path.firstIndex(of: "("), exists(String(path[..<open])) {
      hint = "no copy is made while reading: leave '\(path[open...])' out and save the value"
    }
    if let plus = path.lastIndex(of: "+"), Int(path[path.index(after: plus)...]) != nil,
      path.count < given.count,
      exists(String(path[..<plus]))
    {
      let (name, hdu) = (path[..<plus], path[path.index(after: plus)...])
      hint =
        "in front of a section an HDU stands in brackets: '\(name)[\(hdu)]\(given.dropFirst(path.count))'"
    }
    if hint == nil, path.contains("*") || path.contains("?") {
      hint = "in quotes it is no glob: leave them out"
    }
    return .file("no such file", file: path.isEmpty ? given : path, hint: hint)
  }
}
