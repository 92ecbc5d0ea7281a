import Foundation
import TestSupport
import Testing

/// Recorded behaviour of one subject: what went in and what came out, in a text file that people read.
///
/// `# ` begins a remark, `$ ` the preparation of all entries that follow, `> ` the input of an entry (lines in a row
/// belong together); what it gave stands below, indented. `CRS_RECORD_PINS=1 scripts/test --filter PinTests` writes
/// the files anew; the diff is then read line by line.
struct Pins {
  struct Entry {
    var preparation: [String] = []
    var input: [String] = []
    var output: [String] = []
  }

  private enum Part {
    case remark(String)
    case preparation([String])
    case entry(Entry)
  }

  static let isRecording = ProcessInfo.processInfo.environment["CRS_RECORD_PINS"] == "1"

  private let name: String
  private var parts: [Part] = []

  init(_ name: String) throws {
    self.name = name
    var preparation: [String] = []
    let text = try String(contentsOf: Self.url(name + ".txt"), encoding: .utf8)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let rest = String(line.dropFirst(2))
      switch (line.prefix(2), parts.last) {
      case ("$ ", .preparation(let lines)?):
        preparation = lines + [rest]
        parts[parts.count - 1] = .preparation(preparation)
      case ("$ ", _):
        preparation = [rest]
        parts.append(.preparation(preparation))
      case ("> ", .entry(var entry)?) where entry.output.isEmpty:
        entry.input.append(rest)
        parts[parts.count - 1] = .entry(entry)
      case ("> ", _): parts.append(.entry(Entry(preparation: preparation, input: [rest])))
      case ("  ", .entry(var entry)?), ("", .entry(var entry)?):
        entry.output.append(rest)
        parts[parts.count - 1] = .entry(entry)
      case ("", .remark?): parts.append(.remark(""))
      case ("", _): break
      default: parts.append(.remark(String(line)))
      }
    }
    for index in parts.indices {
      guard case .entry(var entry) = parts[index] else { continue }
      while entry.output.last == "" { entry.output.removeLast() }
      parts[index] = .entry(entry)
    }
  }

  /// A file of the folder of fixtures.
  static func url(_ name: String) -> URL {
    Repository.root.appendingPathComponent("Tests/PinTests/Fixtures/\(name)")
  }

  var entries: [Entry] { parts.compactMap { if case .entry(let entry) = $0 { entry } else { nil } } }

  /// Adds an entry that has no output yet.
  mutating func append(_ input: String) { parts.append(.entry(Entry(input: [input]))) }

  /// Compares what the entries give with what they gave, or writes it down.
  mutating func check(_ output: (Entry) throws -> [String]) throws {
    try #require(!entries.isEmpty)
    for index in parts.indices {
      guard case .entry(var entry) = parts[index] else { continue }
      let expected = entry.output
      entry.output = Self.lines(try output(entry))
      parts[index] = .entry(entry)
      guard entry.output != expected, !Self.isRecording else { continue }
      let changes = Self.changes(from: expected, to: entry.output)
      Issue.record("\(name).txt: \(entry.input.joined(separator: "\n"))\n\(changes.joined(separator: "\n"))")
    }
    if Self.isRecording { try text.write(to: Self.url(name + ".txt"), atomically: true, encoding: .utf8) }
  }

  private static func lines(_ texts: [String]) -> [String] {
    var lines = texts.flatMap { text in
      Products.timeless(text).split(separator: "\n", omittingEmptySubsequences: false).map { line in
        String(line.reversed().drop { $0 == " " }.reversed())
      }
    }
    while lines.last == "" { lines.removeLast() }
    return lines.isEmpty ? ["(nothing)"] : lines
  }

  /// Lines that went, with a minus, and those that came.
  static func changes(from old: [String], to new: [String]) -> [String] {
    new.difference(from: old).map { change in
      switch change {
      case .remove(_, let line, _): "- " + line
      case .insert(_, let line, _): "+ " + line
      }
    }
  }

  private var text: String {
    var lines: [String] = []
    for (index, part) in parts.enumerated() {
      if index > 0, case .entry(let last) = parts[index - 1] {
        var isShort = false
        if case .entry(let next) = part {
          isShort = [last, next].allSatisfy { $0.input.count == 1 && $0.output.count == 1 }
        }
        if !isShort { lines.append("") }
      }
      switch part {
      case .remark(let line): lines.append(line)
      case .preparation(let preparation): lines += preparation.map { "$ " + $0 }
      case .entry(let entry):
        lines += entry.input.map { "> " + $0 }
        lines += entry.output.map { $0.isEmpty ? "" : "  " + $0 }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
