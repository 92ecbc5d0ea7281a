import TestSupport
import Testing

/// Names that a command's results have in another order.
@Suite struct SwappedNameTests {
  private func notes(_ script: String) throws -> [String] {
    let run = try ScriptRun()
    try run.run("s = simulate nx=30 ny=30 n=3 seed=1; a = s[1]\n" + script)
    return run.lines.all.filter { $0.contains("in this order") }
  }

  @Test(arguments: [
    "mask, clean = lacosmic a", "Mask = lacosmic a", "mask, clean = (lacosmic a)", "mask = lacosmic(a)",
    "mask, x = a | lacosmic", "mask, clean = lacosmic a; mask, clean = lacosmic a",
  ]) func areToldOnce(script: String) throws {
    let found = try notes(script)
    #expect(
      found.count == 1 && found[0].contains("lacosmic gives clean, mask in this order"), "\(script): \(found)"
    )
  }

  @Test(arguments: [
    "clean, mask = lacosmic a", "x, y = lacosmic a", "clean = lacosmic a",
    "_, mask = lacosmic a", "mask = a > 5",
  ]) func othersAreNotTold(script: String) throws {
    #expect(try notes(script).isEmpty, "\(script)")
  }

  /// Results of one kind are mistaken for each other most easily.
  @Test func thoseOfOneKindAreToldToo() throws {
    let found = try notes("truth, exposures = simulate nx=30 ny=30 seed=1")
    #expect(found.count == 1 && found[0].contains("the name 'truth' gets exposures"), "\(found)")
  }
}
