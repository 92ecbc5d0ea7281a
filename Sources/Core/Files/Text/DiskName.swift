import Foundation
import Kernels

/// A file on disk: its name for people, and the bytes by which the system knows it, which need not be UTF-8.
package struct DiskName: Sendable {
  /// The name as it was given.
  package let text: String
  /// The name for C, with its NUL. A relative one begins with `./`, so that no library takes a leading blank,
  /// `~` or `!` for more than a character.
  package let bytes: [CChar]

  /// The file of that name; nil when there is none.
  ///
  /// A name that is not valid UTF-8 reaches this program with replacement characters in it, and one with an
  /// accent may be composed or not: such a name is the file whose own name reads the same.
  /// - Throws: `CRSError` (file) when two files answer to it.
  package static func find(_ text: String) throws -> DiskName? {
    guard !text.isEmpty, !text.utf8.contains(0) else { return nil }
    let plain = DiskName(text)
    // The replacement character stands for bytes that more than one file may have there.
    if !text.unicodeScalars.contains("\u{FFFD}"), access(plain.bytes, F_OK) == 0 { return plain }
    guard text.utf8.contains(where: { $0 > 127 }) else { return nil }
    var path: [CChar] = text.hasPrefix("/") ? [47] : [46, 47]
    for (position, part) in text.split(separator: "/").enumerated() {
      guard let name = try entry(part, of: path, file: text) else { return nil }
      if position > 0 { path.append(47) }
      path += name
    }
    return DiskName(text: text, bytes: path + [0])
  }

  private init(_ text: String) {
    self.init(text: text, bytes: Array((text.hasPrefix("/") ? text : "./" + text).utf8CString))
  }

  private init(text: String, bytes: [CChar]) {
    self.text = text
    self.bytes = bytes
  }

  /// The bytes of a folder's entry that reads `name`.
  private static func entry(_ name: Substring, of folder: [CChar], file: String) throws -> [CChar]? {
    let exact = name.utf8.map { CChar(bitPattern: $0) }
    let separator: [CChar] = folder.last == 47 ? [] : [47]
    if !name.unicodeScalars.contains("\u{FFFD}"), access(folder + separator + exact + [0], F_OK) == 0 {
      return exact
    }
    guard let listing = opendir(folder + [0]) else { return nil }
    defer { closedir(listing) }
    var found: [CChar]?
    while let entry = readdir(listing) {
      let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      guard String(decoding: bytes, as: UTF8.self) == name else { continue }
      guard found == nil else {
        throw CRSError.file(
          "two files have names that read so", file: file, hint: "give one of them another name")
      }
      found = bytes.map { CChar(bitPattern: $0) }
    }
    return found
  }

  /// All bytes of the file; nil where it cannot be read, and for what is no file.
  package func contents() -> [UInt8]? {
    var facts = stat()
    guard stat(bytes, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, let source = fopen(bytes, "rbe") else {
      return nil
    }
    defer { fclose(source) }
    var content: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&part, 1, part.count, source)
      if count == 0 { return ferror(source) == 0 ? content : nil }
      content += part.prefix(count)
    }
  }

  /// Whether it is neither a folder nor a pipe or device.
  package var isRegular: Bool {
    var facts = stat()
    return stat(bytes, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
  }

  /// - Throws: `CRSError` (file) when it is no regular file, cannot be read or is empty.
  func checkReadable() throws {
    var facts = stat()
    guard stat(bytes, &facts) == 0 else {
      throw CRSError.file(String(cString: strerror(errno)), file: text)
    }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw CRSError.file(
        facts.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is not a regular file", file: text,
        expected: "a FITS file")
    }
    guard access(bytes, R_OK) == 0 else {
      throw CRSError.file(String(cString: strerror(errno)), file: text)
    }
    guard facts.st_size > 0 else { throw CRSError.file("is empty", file: text, expected: "a FITS file") }
  }
}
