import Foundation
import Kernels
import Pipeline
import TestSupport
import Testing

@testable import Language

/// Loops and lists of millions of numbers.
@Suite struct LongLoopTests {
  /// A session that is interrupted when it reports a line.
  private func interrupted(_ text: String) throws -> (error: CRSError?, seconds: Double, run: ScriptRun) {
    let run = try ScriptRun()
    let start = ContinuousClock.now
    let error = run.error(text)
    return (error, start.duration(to: .now) / .seconds(1), run)
  }

  @Test func loopsBeginAtOnce() throws {
    // The first round fails: nothing of the others is made before it.
    let (error, seconds, run) = try interrupted("for i in 1:10000000\n  x = (i + nothere)\nend")
    #expect(error?.message == "'nothere' is not a variable")
    #expect(run.number("i") == 1 && seconds < 2)
  }

  @Test func rangesFromEndToEndAreCountedRight() throws {
    let run = try ScriptRun()
    let ends = "a = 0 - 9223372036854775807 - 1; b = 9223372036854775807\n"
    #expect(run.error(ends + "x = len(a:b)")?.message.hasPrefix("the range has more than") == true)
    // The way is longer than a number of 64 bits.
    try run.run(ends + "l = (a:b:2000000000000)\nx = len(l)\ny = l[x]")
    #expect(run.number("x") == 9_223_373)
    guard case .integer(let last)? = run.session["y"]?.value else {
      Issue.record("no whole number")
      return
    }
    #expect(last == Int.min &+ 9_223_372 &* 2_000_000_000_000)
  }

  @Test func interruptsEndWhatIsLong() throws {
    for text in ["for i in 1:100\n  x = i\nend", "l = sort [3, 1, 2]", "l = ([1, 2] * 2)"] {
      let run = try ScriptRun()
      run.interpreter.runner.frontend.cancellation.raise()
      #expect(run.error(text)?.kind == .interrupted, "\(text)")
      #expect(run.session["l"] == nil && run.session["x"] == nil)
    }
  }

  @Test func roundsThatRebindWhatTheyGoOverAreRecorded() throws {
    let run = try ScriptRun()
    try run.run(
      """
      s = simulate nx=20 ny=20 seed=1
      l = [1, 2, 3]
      n = 0
      for i in l
        l = [9]
        n = n + i
      end
      for x in s
        s = [x]
        m = x
      end
      for a in 2:7:2
        n = n + a
      end
      """)
    #expect(run.number("n") == 18 && run.number("a") == 6)
    let again = try ScriptRun()
    try again.run(run.session.script.joined(separator: "\n"))
    #expect(again.number("n") == 18)
    let (first, second) = (try #require(run.session["m"]), try #require(again.session["m"]))
    #expect(first.summary == second.summary)
  }
}
