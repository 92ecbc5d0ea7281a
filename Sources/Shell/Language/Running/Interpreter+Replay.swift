import Calling
import Files
import Foundation
import Kernels

extension Interpreter {
  /// Looks at once whether the files that a session's record writes are there already; other scripts may make room for
  /// theirs first.
  ///
  /// - Parameter goesOn: the call that replaces them.
  /// - Throws: `CRSError` (file) that names all of them.
  package func checkReplay(ofFile path: String, goesOn: String? = nil) throws {
    let text = try ScriptFile.text(at: path)
    guard text.hasPrefix("# crs ") else { return }
    var read = SyntaxCheck(text, vocabulary: vocabulary)
    let existing = read.statements().flatMap(written).filter { FileManager.default.fileExists(atPath: $0) }
    guard let first = existing.first else { return }
    throw CRSError.exists(
      first, and: Array(existing.dropFirst()),
      hint: "\(goesOn ?? "crs \(path) --overwrite") replaces what the script writes")
  }

  /// The files that a statement of a record writes.
  private func written(_ statement: Statement) -> [String] {
    guard case .run(_, .command(let name, let arguments, _), _) = statement,
      let manifest = session.registry[name]?.manifest, manifest.effect == .files,
      !arguments.contains(where: { $0.name == "overwrite" })
    else { return [] }
    var matcher = Matcher(manifest)
    return arguments.flatMap { argument -> [String] in
      guard let parameter = (try? matcher.parameter(named: argument.name)) ?? nil,
        let path = Self.path(argument.value)
      else { return [] }
      switch parameter.name {
      case "file": return [path]
      case "prefix":
        let given = arguments.first { $0.name == "n" }.map(\.value)
        guard case .integer(let count, _, _)? = given ?? .integer(3, written: "3", argument.position),
          (1...99).contains(count)
        else { return [] }
        return (1...count).map { "\(path)_\($0).fits" } + ["\(path)_truth.fits"]
      default: return []
      }
    }
  }

  private static func path(_ value: Expression) -> String? {
    switch value {
    case .word(let word, _): FileNames.home(word)
    case .text(let parts, _): parts.count == 1 ? parts[0].plain : nil
    default: nil
    }
  }
}
