import Files
import Foundation
import Kernels

/// Scripts on the disk.
enum ScriptFile {
  /// - Throws: `CRSError` (file) that says whether there is none or it cannot be read.
  static func text(at path: String) throws -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw missing([path]) }
    // A pipe gives its text once and lets whoever looks again wait for ever.
    let kind = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)[.type]
    guard isFolder.boolValue || kind as? FileAttributeType == .typeRegular else {
      throw CRSError.file(
        "is no file but a pipe or device", file: path, expected: "a script",
        hint: "crs without arguments reads statements from standard input")
    }
    guard !isFolder.boolValue, var text = try? String(contentsOfFile: path, encoding: .utf8) else {
      let data = isFolder.boolValue ? nil : FileManager.default.contents(atPath: path)
      guard let data, let line = TextBytes.lineBeyondUTF8(data) else {
        throw CRSError.file("the script cannot be read", file: path, expected: "a text file")
      }
      throw CRSError.file("line \(line) is not UTF-8 text", file: path, expected: "a script in UTF-8")
    }
    // A mark of the byte order is no character of the script.
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    return text
  }

  /// Where a script lies that another one names: beside that one, then in the current folder.
  ///
  /// - Throws: `CRSError` (file) with the places where it was looked for.
  static func path(_ name: String, beside script: String?) throws -> String {
    guard let script, !name.hasPrefix("/"), let slash = script.lastIndex(of: "/") else { return name }
    let beside = String(script[...slash]) + name
    if FileManager.default.fileExists(atPath: beside) { return beside }
    guard FileManager.default.fileExists(atPath: name) else { throw missing([beside, name]) }
    return name
  }

  static func missing(_ paths: [String]) -> CRSError {
    CRSError.file(
      "no such file", file: paths[0],
      expected: paths.count > 1 ? "a script there, or \(paths[1])" : "a script")
  }
}
