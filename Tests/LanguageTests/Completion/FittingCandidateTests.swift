import TestSupport
import Testing

@testable import Language

/// Completion offers only what fits in ranges and quotes.
@Suite struct FittingCandidateTests {
  private func candidates(_ line: String) throws -> [String] {
    let run = try ScriptRun()
    try run.run("s = simulate nx=20 ny=20 seed=1; n = 3; name = 'a'; night = 2.5; m = s[1] > 3; l = [1]")
    return Completer(session: run.session).candidates(line).candidates.map(\.text)
  }

  @Test(arguments: ["for i in 1:n", "for i in n:n", "x = (1:n", "for i in 1:n-n", "for i in 1:9:n"])
  func rangesTakeNumbers(line: String) throws {
    let found = try candidates(line)
    #expect(found.contains { $0.hasSuffix("n") } && found.contains { $0.hasSuffix("night") }, "\(found)")
    #expect(
      !found.contains { $0.hasSuffix("name") || $0.hasSuffix("none") || $0.hasSuffix("nan") }, "\(found)")
    #expect(!found.contains { $0.hasPrefix("newtable") }, "\(found)")
  }

  /// Behind a value only an operator fits; behind a mask and | commands and masks do.
  @Test(arguments: ["m ", "(m) ", "x = m ", "if n ", "l[1] "]) func nothingFitsBehindValues(line: String)
    throws
  {
    #expect(try candidates(line).isEmpty)
  }

  /// Files of other kinds are none of an argument's.
  @Test func filesFitByTheirEndings() throws {
    let folder = try ScratchFolder()
    for name in ["a.fits", "b.FIT", "c.csv", "d.yaml", "e.txt", "f.fits.gz"] {
      _ = try folder.write("x", name)
    }
    func offered(_ line: String) throws -> [String] {
      try candidates(line + folder.file("")).compactMap { $0.split(separator: "/").last.map(String.init) }
    }
    for line in ["median ", "lacosmic ", "dilate ", "crmasks s badpixels="] {
      #expect(try offered(line) == ["a.fits", "b.FIT", "f.fits.gz"], "\(line)")
    }
    #expect(try offered("load ").count == 6)
  }

  @Test func masksStandBehindBars() throws {
    for line in ["m | ", "x = m | ", "(m | "] {
      let found = try candidates(line)
      #expect(found.contains("m") && found.contains("dilate") && !found.contains("s"), "\(line): \(found)")
    }
  }

  @Test func promptsAreOffered() throws {
    #expect(try candidates("set prompt=").contains("'%f> '"))
    #expect(try candidates("set prompt='").contains("%f> '"))
    #expect(try candidates("set prompt=\"").contains("%f> \""))
  }

  @Test(arguments: ["print \"a", "plot s[1] a.png title=\"", "t = newtable \""])
  func textsAreNoFiles(line: String) throws {
    let found = try candidates(line)
    #expect(found.allSatisfy { !$0.contains(".") }, "\(found)")
  }

  @Test func valuesAreFilledIn() throws {
    for line in ["print $n", "print \"$n", "!ls $n"] {
      let found = try candidates(line)
      #expect(
        found.contains { $0.hasSuffix("$n") } && !found.contains { $0.hasSuffix("$s") }, "\(line): \(found)")
    }
  }
}
