import Foundation
import Kernels

/// A file name as a user gives it, split into the file on disk and cfitsio's extended syntax behind it.
package struct FITSPath {
  /// As given.
  let text: String
  /// The file on disk.
  let file: String
  /// The HDU that brackets behind the name select, when they do no more than that.
  let selector: HDUSelector?
  /// EXTVER in `[NAME,VERSION]`.
  let version: Int?
  /// Whether sections or filters follow, so that cfitsio must read the name itself.
  let isFiltered: Bool

  /// A name that exists as it stands is that file, brackets or not.
  ///
  /// - Throws: `CRSError` (file) when there is no such file, it is no regular file, or the name asks
  ///   for something that is not a file on this machine.
  package init(_ text: String) throws {
    self.text = text
    guard !text.isEmpty, !text.utf8.contains(0), text.utf8.count < 1000 else {
      throw CRSError.file("not a usable file name", file: String(text.prefix(80)))
    }
    if FITSPath.exists(text) {
      try FITSPath.checkRegular(text)
      (file, selector, version, isFiltered) = (text, nil, nil, false)
      return
    }
    try FITSPath.refuseOtherSources(text)
    let local = text.hasPrefix("file://") ? String(text.dropFirst(7)) : text
    let base = String(local.prefix { $0 != "[" })
    var rest = local.dropFirst(base.count)
    guard rest.isEmpty || rest.hasSuffix("]") else {
      throw CRSError.file("']' is missing at the end of the name", file: text)
    }
    if rest.isEmpty {
      let (name, number) = FITSPath.plusSuffix(base)
      file = name
      (selector, version, isFiltered) = (number.map { .number($0) }, nil, false)
      try FITSPath.checkPresent(name, given: text)
      return
    }
    file = base
    try FITSPath.checkPresent(base, given: text)
    rest = rest.dropFirst()
    let inner = rest.prefix { $0 != "]" }
    let simple = rest.dropFirst(inner.count + 1).isEmpty ? FITSPath.simpleSelector(inner) : nil
    if let simple {
      (selector, version, isFiltered) = (simple.selector, simple.version, false)
    } else {
      guard !base.contains("("), local == text else {
        throw CRSError.file(
          "a section of a file whose name has brackets or a prefix cannot be read", file: text,
          hint: "load the file, then take the section of the image")
      }
      (selector, version, isFiltered) = (nil, nil, true)
    }
  }

  /// `[3]`, `[NAME]` or `[NAME,2]`; nil for anything else.
  private static func simpleSelector(_ text: Substring) -> (selector: HDUSelector, version: Int?)? {
    let trimmed = text.trimmingBlanks()
    if let number = Int(trimmed) { return (.number(number), nil) }
    let parts = trimmed.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingBlanks() }
    let version = parts.count == 2 ? Int(parts[1]) : nil
    guard let name = parts.first, !name.isEmpty, parts.count == 1 || version != nil,
      name.allSatisfy({ $0.isLetter || $0.isNumber || "_-. ".contains($0) }),
      !["bin", "col", "pix", "compress"].contains(where: { name.lowercased().hasPrefix($0 + " ") }),
      name.lowercased() != "bin"
    else { return nil }
    return (.name(name), version)
  }

  /// `FILE+3`, cfitsio's other way to name an HDU.
  private static func plusSuffix(_ text: String) -> (name: String, number: Int?) {
    guard let plus = text.lastIndex(of: "+"), let number = Int(text[text.index(after: plus)...]),
      number >= 0, exists(String(text[..<plus]))
    else { return (text, nil) }
    return (String(text[..<plus]), number)
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
      throw CRSError.file("a leading '!' is only for writing in cfitsio", file: text, hint: "leave it out")
    }
    if text == "-" || text == "stdin" || text == "stdout" {
      throw CRSError.file("standard input is not read", file: text, expected: "a file")
    }
  }

  private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  private static func checkPresent(_ path: String, given: String) throws {
    guard exists(path) else {
      let packed = ["gz", "fz", "Z"].first { exists(path + "." + $0) }
      throw CRSError.file(
        "no such file", file: path.isEmpty ? given : path,
        hint: packed.map { "there is \(path).\($0)" })
    }
    try checkRegular(path)
  }

  private static func checkRegular(_ path: String) throws {
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      throw CRSError.file(String(cString: strerror(errno)), file: path)
    }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw CRSError.file(
        facts.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is not a regular file", file: path,
        expected: "a FITS file")
    }
    guard access(path, R_OK) == 0 else {
      throw CRSError.file(String(cString: strerror(errno)), file: path)
    }
    guard facts.st_size > 0 else { throw CRSError.file("is empty", file: path, expected: "a FITS file") }
  }
}
