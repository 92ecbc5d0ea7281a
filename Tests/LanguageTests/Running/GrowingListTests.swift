import TestSupport
import Testing

@testable import Language

/// Lists that grow where they are.
@Suite struct GrowingListTests {
  private func run(_ script: String) throws -> ScriptRun {
    let run = try ScriptRun()
    // A script keeps no earlier values.
    run.session.keepsUndo = false
    try run.run(script)
    return run
  }

  @Test func nobodyElseSeesIt() throws {
    let run = try run(
      "l = [1]; k = l; l = append(l, 2); m = l; l = append(l, l); n = _; l = append(l, 'a'); for i in k; l = append(l, i); end"
    )
    #expect(run.session["k"]?.value.literal == "[1]")
    #expect(run.session["m"]?.value.literal == "[1, 2]")
    #expect(run.session["n"]?.value.literal == "[1, 2, [1, 2]]")
    #expect(run.session["l"]?.value.literal == "[1, 2, [1, 2], 'a', 1]")
    let again = try self.run(run.session.script.joined(separator: "\n"))
    #expect(again.session["l"]?.value.literal == run.session["l"]?.value.literal)
  }

  @Test func errorsLeaveItAsItWas() throws {
    let run = try run("l = [1, 2]")
    #expect(run.error("l = append(l, nothere)") != nil)
    #expect(run.session["l"]?.value.literal == "[1, 2]")
    #expect(run.error("l = append(l)") != nil)
    #expect(run.session["l"]?.value.literal == "[1, 2]")
  }

  @Test func definitionsFillTheirOwn() throws {
    let run = try run("def f n; l = []; for i in 1:n; l = append(l, i); end; return l; end\nx = f 4")
    #expect(run.session["x"]?.value.literal == "[1, 2, 3, 4]")
  }

  @Test func undoBringsTheShorterOneBack() throws {
    let run = try ScriptRun()
    try run.run("l = [1]\nl = append(l, 2)\nundo")
    #expect(run.session["l"]?.value.literal == "[1]")
  }

  /// Filling a list takes no longer the longer it gets, and is not told in full each time.
  @Test func aLongListIsFilledAtOnce() throws {
    let time = try ContinuousClock().measure {
      let run = try run("l = []; for i in 1:30000; l = append(l, i); end; x = len(l)")
      #expect(run.number("x") == 30_000)
      #expect(run.lines.all.last { $0.hasPrefix("l: ") }?.hasPrefix("l: list of 30000 numbers: 1, 2") == true)
    }
    #expect(time < .seconds(20), "\(time)")
  }

  /// Many definitions take no longer each.
  @Test func manyDefinitions() throws {
    let script = (0..<3000).map { "def f\($0) a\nreturn a + \($0)\nend\n" }.joined() + "x = f2999 1\n"
    let time = try ContinuousClock().measure {
      let run = try run(script)
      #expect(run.number("x") == 3000)
    }
    #expect(time < .seconds(20), "\(time)")
  }
}
