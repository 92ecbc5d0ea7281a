import Commands
import Kernels
import TestSupport
import Testing

/// `mmdiagram nsimulations=exact` draws nothing that is not told.
@Suite struct MMDiagramTests {
  private func diagram(_ arguments: String) throws -> (diagram: Diagram, run: ScriptRun) {
    let run = try ScriptRun()
    try run.run("s = simulate nx=60 ny=50 seed=1; d = mmdiagram s \(arguments)")
    guard case .diagram(let diagram)? = run.session["d"]?.value else { throw CRSError.data("no diagram") }
    return (diagram, run)
  }

  @Test func exactIsTheSameEachTime() throws {
    let (first, run) = try diagram("nsimulations=exact")
    #expect(first.isExact)
    #expect(try diagram("nsimulations=exact").diagram == first)
    #expect(!run.lines.all.contains { $0.contains("seed:") })
    #expect(
      !run.session.script.joined().contains("seed=1 nsimulations") && !run.session.script[1].contains("seed=")
    )
  }

  /// A seed that somebody gives is taken, and drawn ones are told and recorded.
  @Test func seedsAreTold() throws {
    #expect(throws: CRSError.self) { try diagram("nsimulations=exact seed=7") }
    let (drawn, run) = try diagram("nsimulations=2")
    #expect(run.lines.all.contains("seed: \(drawn.seed) (drawn)"))
    #expect(run.session.script[1].contains("seed=\(drawn.seed)"))
  }
}
