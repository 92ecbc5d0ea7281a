import Calling
import Files
import Foundation
import Kernels
import Language
import Pipeline

/// Text that runs, with the commands that touch neither files nor the shell; what it recorded can be read again.
package final class EvaluatorFuzzing: FuzzTarget {
  package static let name = "evaluator"
  package static let longest = 512

  private let registry: CommandRegistry
  private let values: [(name: String, value: Value)]
  private let frontend = FuzzFrontend()

  package init() throws {
    (registry, values) = (try FuzzSession.registry(), try FuzzSession.values())
  }

  package func run(_ input: [UInt8]) throws {
    let text = String(decoding: input, as: UTF8.self)
    let fuzzed = FuzzSession(registry: registry, values: values, frontend: frontend)
    try attempt { try frontend.bounded { try fuzzed.interpreter.run(text: text, source: nil) } }
    for name in fuzzed.session.names { _ = fuzzed.session[name]?.summary }
    let script = fuzzed.session.script.joined(separator: "\n")
    guard !fuzzed.interpreter.isUnfinished(script) else {
      throw FuzzFault("what was recorded cannot be read again:\n\(script)")
    }
  }
}
