import TestSupport
import Testing

/// Small stacks (`ulimit -s`) end nothing: what is nested as deeply as it may be runs, one more is an error.
@Suite struct SmallStackTests {
  @Test(arguments: [128, 256, 1024]) func nestedStatementsRun(kilobytes: Int) throws {
    let scratch = try ScratchFolder()
    func ended(_ text: String) throws -> (status: Int32, text: String) {
      let ended = try Program.run(
        ["-c", text], in: scratch.url, by: ["sh", "-c", "ulimit -s \(kilobytes); exec \"$0\" \"$@\""])
      return (ended.status, ended.output + ended.errors)
    }
    func nested(_ open: String, _ close: String, _ count: Int) -> String {
      "x = " + String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
    }
    for (open, close) in [("(", ")"), ("abs(", ")"), ("[", "]")] {
      let (status, text) = try ended(nested(open, close, 50))
      #expect(status == 0, "\(open): \(text)")
      let (refused, message) = try ended(nested(open, close, 500))
      #expect(refused == 2 && message.contains("nested too deeply"), "\(open): \(refused) \(message)")
    }
    let (status, text) = try ended("s = simulate nx=60 ny=50 n=1 seed=1; c, m = lacosmic s[1]")
    #expect(status == 0, "\(text)")
  }

  /// Threads that draw figures have room too.
  @Test(arguments: [64, 80]) func figuresAreDrawn(kilobytes: Int) throws {
    let scratch = try ScratchFolder()
    let ended = try Program.run(
      ["-c", "s = simulate nx=60 ny=50 n=3 seed=1; m = crmasks s seed=1 output_dir=out log_level=ERROR"],
      in: scratch.url, by: ["sh", "-c", "ulimit -s \(kilobytes); exec \"$0\" \"$@\""])
    #expect(ended.status == 0, "\(ended.status): \(ended.errors)")
  }
}
