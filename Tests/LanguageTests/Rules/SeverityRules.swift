import TestSupport
import Testing

/// `log_level` says what is told; what is calculated does not depend on it.
@Suite struct SeverityRules {
  @Test func notesAreWarnings() throws {
    func told(_ level: String) throws -> [String] {
      let run = try ScriptRun()
      // A readout noise that the pixels contradict.
      try run.run("s = simulate nx=80 ny=60 seed=1 rnoise=9")
      let before = run.lines.all.count
      try run.run("m = crmasks s seed=1 rnoise=2 log_level=\(level)")
      return run.lines.all.dropFirst(before).map { $0 }
    }
    let (all, warnings, errors) = (try told("INFO"), try told("WARNING"), try told("ERROR"))
    #expect(all.contains { $0.contains("number of exposures") } && all.contains { $0.hasPrefix("note:") })
    #expect(!warnings.contains { $0.contains("number of exposures") })
    #expect(warnings.filter { $0.hasPrefix("note:") } == all.filter { $0.hasPrefix("note:") }, "\(warnings)")
    #expect(!errors.contains { $0.hasPrefix("note:") || $0.hasPrefix("warning:") }, "\(errors)")
    #expect(try told("CRITICAL") == errors)
    #expect(errors.contains { $0.hasPrefix("gain 1.0") }, "\(errors)")
  }
}
