import Calling
import Foundation
import Kernels
import Pipeline

/// A command that was defined in the language.
struct OwnCommand: Sendable {
  let definition: Definition
  /// The script it stands in; empty at the prompt.
  let script: String
  /// The text that it stands in.
  let text: String
  let manifest: CommandManifest
  private let drawsNumbers: Bool

  init(_ definition: Definition, script: String?, text: String, registry: CommandRegistry) {
    self.definition = definition
    self.script = script ?? ""
    self.text = text
    let own = OwnManifest(definition, registry: registry)
    (manifest, drawsNumbers) = (own.manifest, own.drawsNumbers)
  }

  var entry: Entry { entry(from: .script(script, version: "")) }

  /// - Parameter origin: of a definition that comes from a plugin.
  func entry(from origin: Origin) -> Entry {
    Entry(manifest: manifest, origin: origin) { bound, context in try self.run(bound, context) }
  }

  private func run(_ bound: Bound, _ context: CommandContext) throws -> CommandResult {
    guard let session = context.host as? Session else {
      throw CRSError.usage("no definition can be run here")
    }
    guard session.calls < 50 else {
      throw CRSError.usage(
        "definitions are nested too deeply", expected: "none that calls itself through others")
    }
    session.calls += 1
    defer { session.calls -= 1 }
    var variables: [String: Value] = [:]
    for parameter in definition.parameters {
      let name = parameter.name.text
      variables[name] = bound[name] ?? parameter.fallback.flatMap(OwnManifest.literal)
    }
    var seed: Int?
    if drawsNumbers {
      if case .integer(let given)? = bound["seed"] {
        seed = given
      } else {
        seed = Int.random(in: 1...999_999_999)
      }
    }
    let frame = Frame(definition: definition.name.text, variables: variables, seed: seed)
    let results = try keepingTheSession(session) {
      try located(context) {
        try Interpreter(session: session, context: context, frame: frame).results(of: definition.body)
      }
    }
    guard results.count >= manifest.results.count else {
      throw CRSError.data(
        "\(manifest.name) gave \(results.count) results", expected: "\(manifest.results.count)",
        hint: "its help promises \(manifest.results.map(\.name).joined(separator: ", "))")
    }
    return CommandResult(results, resolved: seed.map { ["seed": .integer($0)] } ?? [:])
  }

  /// `set` and `cd` inside end with the call.
  private func keepingTheSession<Result>(_ session: Session, _ body: () throws -> Result) throws -> Result {
    let settings = session.settings
    let folder = FileManager.default.currentDirectoryPath
    defer {
      session.settings = settings
      if FileManager.default.currentDirectoryPath != folder {
        _ = FileManager.default.changeCurrentDirectoryPath(folder)
      }
    }
    return try body()
  }

  /// Errors name the line of the body and the call.
  private func located<Result>(_ context: CommandContext, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch var error as CRSError {
      if error.script == nil {
        error.script = script.isEmpty ? "def \(definition.name.text)" : script
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if let line = error.line, lines.indices.contains(line - 1) {
          error.sourceLine = String(lines[line - 1])
        }
      }
      error.trace.append(context.call.text)
      throw error
    }
  }
}
