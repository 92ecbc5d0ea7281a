internal import CYAML
import Foundation
import Kernels

/// Reads YAML text into nodes that know their lines (YAML 1.1, one document, no aliases).
package enum YAMLDocument {
  /// Larger files are no parameter files.
  static let largestSize = 4 << 20
  static let deepestNesting = 32

  /// - Throws: `CRSError` (file when it cannot be read, usage for what is wrong in it) with line and column.
  package static func read(_ path: String) throws -> YAMLNode {
    try parse(try bytes(of: path), file: path)
  }

  /// - Parameter file: the name for messages.
  /// - Throws: `CRSError` (usage) with line and column.
  package static func parse(_ text: String, file: String? = nil) throws -> YAMLNode {
    try parse(Array(text.utf8), file: file)
  }

  /// The bytes of a file of text, bounded and checked.
  static func bytes(of path: String) throws -> [UInt8] {
    var facts = stat()
    guard let name = try DiskName.find(path), stat(name.bytes, &facts) == 0 else {
      throw CRSError.file("no such file", file: path)
    }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw CRSError.file(
        facts.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is not a regular file", file: path,
        expected: "a YAML file")
    }
    guard facts.st_size <= largestSize else {
      throw CRSError.file(
        "is too large for a YAML file of settings", file: path, expected: "at most \(largestSize >> 20) MiB")
    }
    guard access(name.bytes, R_OK) == 0 else {
      throw CRSError.file(String(cString: strerror(errno)), file: path)
    }
    // One that grows meanwhile is no file of settings either.
    guard let bytes = name.contents(), bytes.count <= largestSize else {
      throw CRSError.file("cannot be read", file: path)
    }
    return bytes
  }

  private static func parse(_ bytes: [UInt8], file: String?) throws -> YAMLNode {
    guard bytes.count <= largestSize, String(validating: bytes, as: UTF8.self) != nil else {
      throw CRSError(
        .usage, "is not UTF-8 text", file: file, expected: "a YAML file",
        line: TextBytes.lineBeyondUTF8(bytes))
    }
    // A mark of the byte order is no part of the text.
    let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let stream = try YAMLStream(isMarked ? Array(bytes.dropFirst(3)) : bytes, file: file)
    return try stream.document()
  }
}

/// The one owner of a libyaml parser.
private final class YAMLStream {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let event: UnsafeMutablePointer<yaml_event_t>
  private let text: UnsafeMutableBufferPointer<UInt8>
  private let file: String?

  init(_ bytes: [UInt8], file: String?) throws {
    parser = .allocate(capacity: 1)
    event = .allocate(capacity: 1)
    event.initialize(to: yaml_event_t())
    text = .allocate(capacity: max(1, bytes.count))
    _ = text.initialize(from: bytes)
    self.file = file
    parser.initialize(to: yaml_parser_t())
    guard yaml_parser_initialize(parser) != 0 else { throw CRSError(.usage, "out of memory", file: file) }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, text.baseAddress, bytes.count)
  }

  deinit {
    yaml_event_delete(event)
    yaml_parser_delete(parser)
    event.deallocate()
    parser.deallocate()
    text.deallocate()
  }

  func document() throws -> YAMLNode {
    try next()  // start of the stream
    try next()
    guard event.pointee.type == YAML_DOCUMENT_START_EVENT else { throw failure("is empty", "a YAML mapping") }
    try next()
    let root = try node(depth: 0)
    try next()  // end of the document
    try next()
    guard event.pointee.type == YAML_STREAM_END_EVENT else {
      throw failure("holds several YAML documents", "one")
    }
    return root
  }

  private func next() throws {
    yaml_event_delete(event)
    event.initialize(to: yaml_event_t())
    guard yaml_parser_parse(parser, event) != 0 else {
      let problem = parser.pointee.problem.map { String(cString: $0) } ?? "syntax error"
      let context = parser.pointee.context.map { " " + String(cString: $0) } ?? ""
      let mark = parser.pointee.problem_mark
      if isTab(line: mark.line, column: mark.column) {
        throw CRSError(
          .usage, "a tab stands here; YAML indents with blanks only", file: file, expected: "blanks",
          line: Int(mark.line) + 1, column: Int(mark.column) + 1)
      }
      throw CRSError(
        .usage, "is not valid YAML: \(problem)\(context)", file: file, line: Int(mark.line) + 1,
        column: Int(mark.column) + 1)
    }
  }

  /// Whether a line has a tab at a column; both from 0.
  private func isTab(line: Int, column: Int) -> Bool {
    let lines = text.split(separator: 10, omittingEmptySubsequences: false)
    guard lines.indices.contains(line) else { return false }
    let characters = String(decoding: lines[line], as: UTF8.self).unicodeScalars
    return characters.dropFirst(column).first == "\t"
  }

  private func failure(_ message: String, _ expected: String? = nil, parameter: String? = nil) -> CRSError {
    let mark = event.pointee.start_mark
    return CRSError(
      .usage, message, file: file, parameter: parameter, expected: expected, line: Int(mark.line) + 1,
      column: Int(mark.column) + 1)
  }

  /// The node that begins with the current event.
  private func node(depth: Int) throws -> YAMLNode {
    guard depth <= YAMLDocument.deepestNesting else {
      throw failure("is nested too deeply", "at most \(YAMLDocument.deepestNesting) levels")
    }
    let mark = event.pointee.start_mark
    let content: YAMLNode.Content
    switch event.pointee.type {
    case YAML_SCALAR_EVENT:
      let scalar = event.pointee.data.scalar
      try checkTag(scalar.tag)
      content = .scalar(scalarText(scalar.value, scalar.length), isPlain: isPlain)
    case YAML_SEQUENCE_START_EVENT:
      try checkTag(event.pointee.data.sequence_start.tag)
      content = .sequence(try items(depth))
    case YAML_MAPPING_START_EVENT:
      try checkTag(event.pointee.data.mapping_start.tag)
      content = .mapping(try entries(depth))
    case YAML_ALIAS_EVENT: throw failure("aliases (*name) are not accepted", "the value itself")
    default: throw failure("is not a value", "a YAML value")
    }
    return YAMLNode(content: content, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }

  private var isPlain: Bool {
    event.pointee.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && event.pointee.data.scalar.tag == nil
  }

  private func scalarText(_ value: UnsafeMutablePointer<yaml_char_t>?, _ length: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: value, count: length), as: UTF8.self)
  }

  /// Only the tag of text is understood: other tags ask programs to build objects.
  private func checkTag(_ tag: UnsafeMutablePointer<yaml_char_t>?) throws {
    guard let tag else { return }
    let name = String(cString: tag)
    guard name == "tag:yaml.org,2002:str" || name == "!" else {
      throw failure("the tag '\(name)' is not accepted", "a plain value")
    }
  }

  private func items(_ depth: Int) throws -> [YAMLNode] {
    var items: [YAMLNode] = []
    try next()
    while event.pointee.type != YAML_SEQUENCE_END_EVENT {
      items.append(try node(depth: depth + 1))
      try next()
    }
    return items
  }

  private func entries(_ depth: Int) throws -> [YAMLNode.Entry] {
    var entries: [YAMLNode.Entry] = []
    var known: [String: Int] = [:]
    try next()
    while event.pointee.type != YAML_MAPPING_END_EVENT {
      guard event.pointee.type == YAML_SCALAR_EVENT else { throw failure("a key must be text", "KEY: VALUE") }
      let scalar = event.pointee.data.scalar
      try checkTag(scalar.tag)
      let mark = event.pointee.start_mark
      let key = scalarText(scalar.value, scalar.length)
      if let line = known[key] {
        throw failure("is given twice, first in line \(line)", "each key once", parameter: key)
      }
      known[key] = Int(mark.line) + 1
      try next()
      let value = try node(depth: depth + 1)
      entries.append(
        YAMLNode.Entry(key: key, value: value, line: Int(mark.line) + 1, column: Int(mark.column) + 1))
      try next()
    }
    return entries
  }
}
