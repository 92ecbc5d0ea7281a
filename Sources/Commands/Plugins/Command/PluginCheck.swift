import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// Tries a plugin: its examples in a fresh program and twice in one that stays, then its test.crs.
struct PluginCheck {
  let plugin: FoundPlugin
  let session: Session
  let context: CommandContext

  /// - Throws: `CRSError` when something fails or differs.
  func run() throws {
    if case .refused(let error) = plugin.state { throw error }
    var checked = plugin
    checked.checkIsEnabled()
    if case .notEnabled(let reason) = checked.state {
      throw CRSError.usage("\(plugin.name) is not enabled: \(reason)", hint: "plugin enable \(plugin.name)")
    }
    let commands = session.registry.manifests.filter { session.registry[$0.name]?.origin == plugin.origin }
    guard !commands.isEmpty else {
      throw CRSError.data(
        "the plugin \(plugin.name) adds no command"
          + (session.leftOut[plugin.name] ?? []).map { "\n  " + $0 }.joined())
    }
    var failures = 0
    /// Tells what is wrong and goes on: an author wants to know all of it.
    func attempt(_ name: String, _ body: () throws -> Void) throws {
      do {
        try body()
      } catch let error as CRSError where error.kind != .interrupted {
        failures += 1
        context.note("\(name): " + ErrorText.text(error))
      }
    }
    try inScratchFolder {
      for command in commands {
        if command.examples.isEmpty { context.note("\(command.name) has no examples") }
        for example in command.examples { try attempt(command.name) { try check(example, of: command) } }
      }
      try attempt("test.crs") { try runTest() }
    }
    guard failures == 0 else {
      throw CRSError.data("\(plugin.name) \(plugin.version): \(failures) of its examples and tests failed")
    }
    context.report("\(plugin.name) \(plugin.version): all is well")
  }

  private func evaluate(_ text: String) throws -> [Value] {
    guard let evaluate = session.evaluate else { throw CRSError.usage("no statements can be run here") }
    return try evaluate(text, context)
  }

  private func check(_ example: String, of command: CommandManifest) throws {
    // A program that has just been started, and one that has worked already.
    PluginPrograms.shared.end()
    var runs: [[Value]] = []
    for _ in 0..<3 {
      runs.append(try evaluate(example))
      try context.work.checkCancelled()
    }
    let first = example.split(separator: "\n").last.map(String.init) ?? example
    for (name, run) in [("the same program", runs[1]), ("a third run", runs[2])] {
      if let difference = ValueDifference.first(runs[0], run) {
        throw CRSError.data(
          "\(command.name): the results of a fresh program and of \(name) differ: \(difference)",
          expected: "results that depend on the arguments alone", hint: first)
      }
    }
    context.report("\(first): \(runs[0].count) result\(runs[0].count == 1 ? "" : "s"), three times the same")
  }

  private func runTest() throws {
    let file = plugin.path + "/test.crs"
    guard FileManager.default.fileExists(atPath: file) else { return }
    let text = String(decoding: try TrustedFile(file).bytes(limit: 1 << 22), as: UTF8.self)
    do {
      _ = try evaluate(text)
    } catch var error as CRSError {
      error.script = file
      throw error
    }
    context.report("test.crs: ended well")
  }

  private func inScratchFolder(_ body: () throws -> Void) throws {
    let before = FileManager.default.currentDirectoryPath
    let folder = FileManager.default.temporaryDirectory.path + "/crs-check-\(UUID().uuidString)"
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    guard FileManager.default.changeCurrentDirectoryPath(folder) else {
      throw CRSError.file("cannot be made", file: folder)
    }
    defer {
      _ = FileManager.default.changeCurrentDirectoryPath(before)
      try? FileManager.default.removeItem(atPath: folder)
    }
    try body()
  }
}
