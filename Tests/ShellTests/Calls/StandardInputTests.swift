import Foundation
import TestSupport
import Testing

/// `crs -`: statements of standard input, with arguments as a script file takes them.
@Suite struct StandardInputTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func run(_ words: [String], _ text: String) throws -> Program.Ended {
    try Program.run(words, in: folder.url, input: text)
  }

  @Test func argumentsAreThere() throws {
    let ended = try run(["-", "a", "b c", "--set", "name=5"], "print $1 $2 ($name + 1)\n")
    #expect(ended.output == "a b c 6\n" && ended.status == 0, "\(ended.errors)")
    let missing = try run(["-", "a"], "x = 1\nprint $2\n")
    #expect(missing.status == 2 && missing.errors.hasPrefix("-:2:7: error: $2 is not given"))
  }

  @Test func optionsCount() throws {
    _ = try folder.write("old", "t.csv")
    let text = "t = newtable a\nt = addrow t 1\nsave t t.csv\n"
    #expect(try run(["-"], text).status == 3)
    #expect(try run(["-", "--overwrite"], text).status == 0)
    #expect(try run(["--overwrite", "-"], text).status == 0)
    let checked = try run(["-", "--check"], "print 1\nx = nothere\ny = = 2\nl = [1]\nsort l none\n")
    #expect(checked.output.isEmpty && checked.status == 2)
    #expect(checked.errors.contains("-:2:5: error") && checked.errors.contains("-:3:5: error"))
    #expect(!checked.errors.contains("-:5:"), "\(checked.errors)")
    #expect(try run(["-", "--set", "x"], "").status == 2)
  }

  /// The shape is none of a value's cards.
  @Test func headerNamesTheWayToTheShape() throws {
    let ended = try run(["-"], "s = simulate nx=20 ny=20 seed=1\nheader s[1] NAXIS1\n")
    #expect(ended.status == 1 && ended.errors.contains("info VALUE nx"), "\(ended.errors)")
  }

  @Test func varsSayHowManyFilesThereAre() throws {
    let text = """
      s = simulate nx=20 ny=20 n=6 seed=1
      for i in 1:6
        e = s[i]
        save e 'f$i.fits'
      end
      """.replacing("'f$i.fits'", with: "f$i.fits")
    #expect(try run(["-"], text).status == 0)
    let ended = try run(["-"], "s = load f*.fits\nvars\n")
    #expect(ended.output.contains("from f1.fits, f2.fits, f3.fits, f4.fits and 2 more"), "\(ended.output)")
  }
}
