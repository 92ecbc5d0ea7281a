import Files
import Foundation
import Kernels

/// Scripts on the disk.
package enum ScriptFile {
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
    if let refusal = refusal(of: path) { throw refusal }
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

  /// Says what a file of data or a folder is that stands in the place of a script; nil for what may be one.
  package static func refusal(of path: String) -> CRSError? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    if isFolder.boolValue { return CRSError.file("is a folder, no script", file: path, expected: "a script") }
    let type = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)[.type]
    guard type as? FileAttributeType == .typeRegular, let kind = FileKind.data(at: path) else { return nil }
    let hint: String?
    switch kind {
    case FileKind.fits, FileKind.packedFITS:
      hint = "crs info '\(path)' tells what it holds; crs -c \"x = load '\(path)'\" loads it"
    case FileKind.table: hint = "crs -c \"print (load '\(path)')\" prints it"
    default: hint = nil
    }
    return CRSError.file("is \(kind), no script", file: path, expected: "statements", hint: hint)
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
