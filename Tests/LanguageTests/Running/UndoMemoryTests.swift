import TestSupport
import Testing

@testable import Calling

/// What undo keeps of earlier values stays within bounds, and what it keeps is right.
@Suite struct UndoMemoryTests {
  private func run(_ most: Double) throws -> ScriptRun {
    let run = try ScriptRun()
    try run.run("set undo_memory=\(most)")
    try run.run("z = (simulate nx=512 ny=512 n=1 seed=1)[1]")
    return run
  }

  @Test func oldStepsGoWhenTheirValuesAreTooLarge() throws {
    let run = try run(4.5)
    for number in 1...20 { try run.run("x = z + \(number)") }
    var undone = 0
    while run.error("undo") == nil { undone += 1 }
    // Four earlier images fit; each that is left is the right one.
    #expect((3...5).contains(undone), "\(undone)")
    #expect(run.session["x"] != nil)
    #expect(run.error("undo")?.hint?.contains("undo_memory") == true)
  }

  @Test func stepsThatAreKeptAreRight() throws {
    let run = try run(4.5)
    for number in 1...9 { try run.run("x = z * 0 + \(number)") }
    try run.run("undo; undo")
    try run.run("n = (stats x median)")
    #expect(run.number("n") == 7)
  }

  @Test func aLoopIsOneStepHoweverManyValuesItMakes() throws {
    let run = try run(2.5)
    try run.run("x = z * 0 + 5; n = 0")
    try run.run("for k in 1:40\nx = z + k\nn = k\nend")
    #expect(run.number("n") == 40)
    try run.run("undo")
    #expect(run.number("n") == 0)
    try run.run("m = (stats x median)")
    #expect(run.number("m") == 5)
    try run.run("undo; redo")
  }

  @Test func aValueThatIsTooLargeIsGivenUp() throws {
    let run = try run(0.5)
    try run.run("x = z + 1")
    try run.run("x = z + 2")
    try run.run("x = z + 3")
    // The last step can always be taken back.
    try run.run("undo")
    #expect(run.error("undo")?.message == "there is nothing to undo")
    try run.run("a = 1; a = 2; undo")
    #expect(run.number("a") == 1)
  }

  @Test func scriptsKeepNothingThatNobodyTakesBack() throws {
    let run = try ScriptRun()
    run.interpreter.isScript = true
    try run.run("a = 1; a = 2; a = 3")
    #expect(throws: (any Error).self) { try run.session.undo() }
    try run.run("a = 4; a = 5; undo")
    #expect(run.number("a") == 4)
  }
}
