import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// What plugin.json says.
package struct PluginDescription: Sendable {
  /// What a plugin is made of.
  package enum Program: Sendable, Equatable {
    /// An argument vector.
    case process([String], keep: Bool)
    /// The name of a shared library in the folder.
    case library(String)
    /// The name of a script in the folder.
    case script(String)
  }

  package var name: String
  package var version: String
  package var summary: String
  package var author: String
  package var license: String
  package var program: Program
  package var commands: [CommandManifest]

  /// The protocol that crs speaks, the highest and only one.
  package static let protocolVersion = 1

  /// - Parameters:
  ///   - bytes: of the file.
  ///   - folder: its name, which is the plugin's.
  ///   - file: for errors.
  /// - Throws: `CRSError` (data) with file, key and reason.
  package init(_ bytes: [UInt8], folder: String, file: String) throws {
    func wrong(_ key: String, _ reason: String, _ expected: String? = nil) -> CRSError {
      CRSError(.data, reason, file: file, parameter: key, expected: expected)
    }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: bytes)
    } catch let error as CRSError {
      throw CRSError(.data, error.message, file: file)
    }
    guard json.members != nil else { throw CRSError(.data, "is no object of JSON", file: file) }
    func text(_ key: String) throws -> String {
      guard let text = json[key]?.string, !text.isEmpty, !text.contains("\n") else {
        throw wrong(key, json[key] == nil ? "is missing" : "is no line of text", "text")
      }
      return text
    }
    guard let number = json["protocol"]?.int else { throw wrong("protocol", "is missing", "1") }
    guard number == Self.protocolVersion else {
      throw wrong("protocol", "the plugin speaks protocol \(number), crs \(CRSVersion.text) protocol 1", "1")
    }
    name = try text("name")
    guard name == folder else {
      throw wrong("name", "'\(name)' is not the name of the folder", "'\(folder)'")
    }
    guard ManifestCheck.isName(name) else {
      throw wrong("name", "'\(name)' is no name", ManifestCheck.nameRule)
    }
    // A script has a version by itself.
    version = json["script"] != nil && json["version"] == nil ? "" : try text("version")
    guard version.utf8.count <= 64, version.allSatisfy({ !$0.isWhitespace && $0 != "'" && $0 != "\"" }) else {
      throw wrong("version", "is no version", "such as 1.0.0")
    }
    summary = try text("summary")
    (author, license) = (json["author"]?.string ?? "", json["license"]?.string ?? "")
    program = try Self.program(json, wrong)
    commands = try Self.commands(json, file: file, wrong)
    if case .script = program { return }
    guard !commands.isEmpty else { throw wrong("commands", "there is none", "at least one command") }
  }

  private static func program(
    _ json: JSONValue, _ wrong: (String, String, String?) -> CRSError
  ) throws -> Program {
    let given = ["run", "library", "script"].filter { json[$0] != nil }
    guard given.count == 1, let key = given.first else {
      throw wrong(
        given.last ?? "run", given.isEmpty ? "is missing" : "stands beside \(given[0])",
        "one of run, library and script")
    }
    if key == "run" {
      let words = (json["run"]?.items ?? []).compactMap(\.string)
      guard let items = json["run"]?.items, words.count == items.count, let first = words.first,
        !first.isEmpty,
        !words.contains(where: { $0.utf8.contains(0) })
      else { throw wrong("run", "is no list of words", "[\"python3\", \"plugin.py\"]") }
      guard json["keep"] == nil || json["keep"]?.flag != nil else {
        throw wrong("keep", "is neither true nor false", "true or false, without quotes")
      }
      return .process(words, keep: json["keep"]?.flag ?? false)
    }
    let file = json[key]?.string ?? ""
    guard !file.isEmpty, !file.contains("/"), file != ".", file != "..", !file.utf8.contains(0) else {
      throw wrong(key, "is no name of a file in the folder", "a name without /")
    }
    return key == "library" ? .library(file) : .script(file)
  }

  private static func commands(
    _ json: JSONValue, file: String, _ wrong: (String, String, String?) -> CRSError
  ) throws -> [CommandManifest] {
    guard let items = json["commands"]?.items else {
      if json["commands"] == nil { return [] }
      throw wrong("commands", "is no list", nil)
    }
    var manifests: [CommandManifest] = []
    for (k, item) in items.enumerated() {
      let place = item["name"]?.string.map { "commands, \($0)" } ?? "commands, number \(k + 1)"
      let manifest: CommandManifest
      do {
        manifest = try JSONDecoder().decode(CommandManifest.self, from: Data(item.bytes))
      } catch let error as DecodingError {
        throw wrong(place + Self.key(of: error), Self.reason(of: error), nil)
      }
      if let fault = ManifestCheck.fault(of: manifest) {
        throw wrong(place + (fault.key.isEmpty ? "" : ", " + fault.key), fault.reason, fault.expected)
      }
      guard !manifests.contains(where: { $0.name == manifest.name }) else {
        throw wrong(place, "there are two commands of this name", nil)
      }
      manifests.append(manifest)
    }
    return manifests
  }

  private static func key(of error: DecodingError) -> String {
    let path: [any CodingKey]
    switch error {
    case .keyNotFound(let key, let context): path = context.codingPath + [key]
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      path = context.codingPath
    @unknown default: path = []
    }
    return path.map { key in key.intValue.map { ", number \($0 + 1)" } ?? ", \(key.stringValue)" }.joined()
  }

  private static func reason(of error: DecodingError) -> String {
    switch error {
    case .keyNotFound: return "is missing"
    case .typeMismatch, .valueNotFound: return "is of another kind than expected"
    case .dataCorrupted(let context):
      // Kinds and effects are the words of an enumeration.
      return context.codingPath.last?.stringValue == "kind"
        ? "is no kind: \(Kind.allCases.map(\.rawValue).joined(separator: ", "))" : "is not one of the words"
    @unknown default: return "cannot be read"
    }
  }
}
