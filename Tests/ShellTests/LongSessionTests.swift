import Foundation
import TestSupport
import Testing

/// Many rounds and many errors take no more memory and time for each than a few.
@Suite(.serialized) struct LongSessionTests {
  @Test func roundsOfALoopStayWithin300Megabytes() throws {
    let scratch = try ScratchFolder()
    let made = try Program.run(
      ["-c", "s = simulate nx=1000 ny=1000 n=1 seed=1; save s[1] a.fits"], in: scratch.url)
    #expect(made.status == 0)
    let rounds = ProcessInfo.processInfo.environment["CRS_ROUNDS"] ?? "60"
    let script =
      "for k in 1:\(rounds)\nx = load a.fits\nc, m = lacosmic x\nn = countflagged m\nend\nprint $n\n"
    _ = try scratch.write(script, "loop.crs")
    let ended = try Program.run(
      ["loop.crs"], in: scratch.url, by: ["/usr/bin/env", "bash", "-c", Self.measured, "sh"])
    #expect(ended.status == 0, "\(ended.errors.suffix(300))")
    let peak = try #require(
      Int(try String(contentsOfFile: scratch.file("peak"), encoding: .utf8).filter(\.isNumber)))
    print("\(rounds) rounds: at most \(peak / 1024) MiB")
    #expect(peak < 300 << 10, "\(peak) KiB")
  }

  /// Keeps the largest resident memory of the program while it runs.
  private static let measured =
    "\"$@\" & p=$!; m=0; while r=$(awk '/VmHWM/{print $2}' /proc/$p/status 2>/dev/null) && [ -n \"$r\" ]; do "
    + "[ \"$r\" -gt $m ] && m=$r; sleep 0.05; done; echo $m > peak; wait $p"

  @Test func manyErrorsTakeTimeInProportion() throws {
    let scratch = try ScratchFolder()
    _ = try scratch.write(
      "set on_error=continue\n" + String(repeating: "x = nothere + 1\n", count: 8000), "errors.crs")
    let start = ContinuousClock.now
    let ended = try Program.run(["errors.crs"], in: scratch.url)
    #expect(ended.status == 2 && ended.errors.hasSuffix("8000 errors were passed over\n"))
    #expect(ended.errors.contains("errors.crs:8001:5: error:") && ended.errors.contains("x = nothere + 1"))
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func pipesAreNoScripts() throws {
    let scratch = try ScratchFolder()
    #expect(mkfifo(scratch.file("p.crs"), 0o600) == 0)
    let ended = try Program.run(["p.crs"], in: scratch.url)
    #expect(ended.status == 3 && ended.errors.contains("is no file but a pipe or device"), "\(ended.errors)")
  }
}
