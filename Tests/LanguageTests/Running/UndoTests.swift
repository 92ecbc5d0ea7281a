import TestSupport
import Testing

/// Undo and redo bring names and record back exactly.
@Suite struct UndoTests {
  @Test func longSessionsGoBackAndForth() throws {
    let run = try ScriptRun()
    var states: [(names: [String], script: [String], values: [Double?])] = []
    func state() -> (names: [String], script: [String], values: [Double?]) {
      let names = run.session.names
      return (names, run.session.script, (names + ["_"]).map { run.number($0) })
    }
    var random = SystemRandomNumberGenerator()
    let effects = [
      "set threads=1", "a = 1", "b = a + 1", "drop a", "a, _x = simulate nx=20 ny=20 seed=1", "3",
    ]
    states.append(state())
    for _ in 0..<200 {
      let before = run.session.script.count
      guard run.error(effects.randomElement(using: &random) ?? "3") == nil else { continue }
      // Effects and the last result are no steps of their own: they go with the step before them.
      if ["set threads=1", "_ = 3"].contains(run.session.script.last ?? ""), run.session.script.count > before
      {
        states[states.count - 1] = state()
      } else {
        states.append(state())
      }
    }
    for index in states.indices.dropLast().reversed() {
      try run.session.undo()
      let now = state()
      // Effects after the step are dropped with what came later.
      #expect(now.names == states[index].names && now.values == states[index].values)
      #expect(now.script == states[index].script)
    }
    #expect(throws: (any Error).self) { try run.session.undo() }
    for index in states.indices.dropFirst() {
      try run.session.redo()
      #expect(state().script == states[index].script && state().values == states[index].values)
    }
  }

  @Test func effectsBetweenUndoAndRedoAreSafe() throws {
    let run = try ScriptRun()
    try run.run("a = 1; b = 2")
    try run.session.undo()
    try run.run("set threads=1; set threads=2; set threads=1")
    let script = run.session.script
    try run.session.redo()
    #expect(run.session.script == ["a = 1", "b = 2"] && run.number("b") == 2)
    try run.session.undo()
    #expect(run.session.script == script && run.number("b") == nil)
    // Any order of steps.
    let steps = ["undo", "redo", "undo", "set threads=2", "c = 3", "drop c", "a = 5"]
    for _ in 0..<2000 { _ = run.error(steps.randomElement() ?? "undo") }
    while run.error("undo") == nil {}
    #expect(run.session.names.isEmpty)
  }

  @Test func undoOfManyVariablesIsSmall() throws {
    let run = try ScriptRun()
    let clock = ContinuousClock()
    let duration = try clock.measure {
      for index in 0..<3000 { try run.run("v\(index % 1000) = \(index)") }
    }
    #expect(run.session.names.count == 1000)
    #expect(duration < .seconds(10))
    for _ in 0..<1000 { try run.session.undo() }
    #expect(run.number("v5") == 1005)
  }

  @Test func lookingAtAVariableKeepsRedo() throws {
    let run = try ScriptRun()
    try run.run("a = 1; b = 2; undo; a; redo")
    #expect(run.number("b") == 2 && run.session.script == ["a = 1", "b = 2"])
    // What was looked at is the last result, in a replay too.
    try run.run("a; c = _ + 4")
    let again = try ScriptRun()
    try again.run(run.session.script.joined(separator: "\n"))
    #expect(run.number("c") == 5 && again.number("c") == 5)
  }
}
