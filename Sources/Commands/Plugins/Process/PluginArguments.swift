import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// The arguments of a call as a plugin gets them: what was given, and the defaults of the rest.
package struct PluginArguments {
  /// By the names of the parameters, those that have neither argument nor default left out.
  private(set) var values: [(parameter: ParameterManifest, value: Value)] = []

  init(_ manifest: CommandManifest, _ bound: Bound) {
    for parameter in manifest.parameters {
      guard let value = bound[parameter.name] ?? parameter.default.map({ Value($0, kind: parameter.kind) })
      else { continue }
      // A word that a file's parameter takes besides is no name.
      let isWord = value.text.map(parameter.choices.contains) ?? false
      values.append((parameter, parameter.kind == .file && !isWord ? Self.absolute(value) : value))
    }
  }

  /// Files are named from the session's folder; the program works in another.
  private static func absolute(_ value: Value) -> Value {
    switch value {
    case .text(let path): .text(Self.absolute(path))
    case .list(let items): .list(items.map(absolute))
    default: value
    }
  }

  /// A name that holds in every folder; `~` is the user's home.
  package static func absolute(_ path: String) -> String {
    let home = path == "~" || path.hasPrefix("~/") ? Session.home + path.dropFirst() : path
    return home.hasPrefix("/") ? home : FileManager.default.currentDirectoryPath + "/" + home
  }

  func json(_ sender: ValueSender) throws -> JSONValue {
    var members: [String: JSONValue] = [:]
    for (parameter, value) in values {
      // A number stays one on the way.
      if parameter.kind == .number, case .integer(let number) = value {
        members[parameter.name] = .number(Double(number))
      } else {
        members[parameter.name] = try sender.json(value)
      }
    }
    return .object(members)
  }

  /// Bytes of all pixels of a call.
  static func bytes(_ bound: Bound) -> Int {
    func bytes(_ value: Value?) -> Int {
      switch value {
      case .image(let image)?:
        image.pixels.count * (4 + (image.mask == nil ? 0 : 1) + (image.uncertainty == nil ? 0 : 4))
      case .stack(let stack)?: stack.exposures.reduce(0) { $0 + bytes(.image($1)) }
      case .mask(let mask)?: mask.plane.count
      case .maskSet(let masks)?: masks.shape.count * (2 + masks.exposures.count)
      case .list(let items)?: items.reduce(0) { $0 + bytes($1) }
      default: 0
      }
    }
    return bound.names.reduce(0) { $0 + bytes(bound[$1]) }
  }
}

/// What a plugin's results are worth.
enum PluginResults {
  /// - Throws: `CRSError` (data) for results that are not those of the manifest.
  static func values(
    _ results: [JSONValue], _ manifest: CommandManifest, _ bound: Bound, _ exchange: ExchangeFolder,
    _ sent: [String: NumpyPlane], plugin: String
  ) throws -> [Value] {
    guard results.count == manifest.results.count else {
      throw CRSError.data(
        "the plugin \(plugin) gave \(results.count) results",
        expected: "\(manifest.results.count): "
          + manifest.results.map(\.name).joined(separator: ", "))
    }
    let receiver = ValueReceiver(
      folder: exchange, sent: sent, inheritance: Inheritance(bound, manifest))
    if let (declared, _) = zip(manifest.results, results).first(where: {
      $1 == .null && $0.kind != .any && $0.optional != true
    }) {
      throw CRSError.data(
        "the plugin \(plugin) gave null as the result \(declared.name)", expected: declared.kind.article)
    }
    // null at the end says that there is no such result, where there may be none.
    let kept = zip(results, manifest.results).map { $0 != .null || $1.optional != true }
    let count = kept.lastIndex(of: true).map { $0 + 1 } ?? 0
    return try zip(results.prefix(count), manifest.results).map { json, declared in
      var like: Image?
      if let name = declared.like, case .image(let image)? = bound[name] { like = image }
      do {
        return try receiver.value(json, kind: declared.kind, like: like)
      } catch let error as CRSError {
        throw CRSError.data(
          "the result \(declared.name) of the plugin \(plugin): \(error.message)", expected: error.expected)
      }
    }
  }
}
