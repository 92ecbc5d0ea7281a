import Commands
import TestSupport
import Testing

@testable import Shell

/// The examples of the declarations run.
@Suite struct ExampleTests {
  @Test func examplesOfAllCommandsRun() throws {
    let registry = try Builtins.registry()
    var count = 0
    for name in registry.names {
      for example in registry[name]?.manifest.examples ?? [] {
        let run = try ScriptRun()
        #expect(run.error(example) == nil, "example of \(name): \(run.error(example)?.description ?? "")")
        count += 1
      }
    }
    #expect(count >= 10)
  }
}
