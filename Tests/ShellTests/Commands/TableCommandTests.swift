import Files
import Foundation
import TestSupport
import Testing

@testable import Kernels
@testable import Shell

/// Tables that scripts fill, and the loop over pairs.
@Suite struct TableCommandTests {
  @Test func rowsAreAddedAndChecked() throws {
    let script = try ScriptRun()
    try script.run(
      "t = newtable file pixels; t = addrow t 'a.fits' 12; t = addrow t 'b.fits' 3.5; n = countrows t")
    #expect(script.number("n") == 2)
    guard case .table(let table) = script.session["t"]?.value else { throw CRSError.data("no table") }
    #expect(table.csv == "file,pixels\na.fits,12\nb.fits,3.5\n")
    #expect(script.error("t = addrow t 'c.fits'")?.kind == .usage)
    #expect(script.error("t = newtable a a")?.kind == .usage)
    try script.run("u = newtable [name, value]; u = addrow u [a.fits, 3]")
    guard case .table(let short) = script.session["u"]?.value else { throw CRSError.data("no table") }
    #expect(short.csv == "name,value\na.fits,3\n")
    #expect(script.number("n") == 2)
  }

  /// What is missing among numbers is no text: the column keeps its kind, also in a file.
  @Test func missingNumbersAreNumbers() throws {
    let script = try ScriptRun()
    let folder = try ScratchFolder()
    try script.run(
      """
      t = newtable n name; t = addrow t 1.5 a; t = addrow t none none; t = addrow t 2.5 c
      save t '\(folder.file("t.csv"))'; u = load '\(folder.file("t.csv"))'
      n = t[2, n]; m = u[2, n]; k = stats(u[n], mean); e = u[2, name] == ''
      """)
    #expect(script.number("n")?.isNaN == true && script.number("m")?.isNaN == true)
    #expect(script.number("k") == 2 && script.session["e"]?.value.literal == "yes")
  }

  @Test func textIsReplaced() throws {
    let script = try ScriptRun()
    try script.run("b = replacetext night/p_a.fits _a.fits _b.fits")
    guard case .text(let text) = script.session["b"]?.value else { throw CRSError.data("no text") }
    #expect(text == "night/p_b.fits")
    #expect(script.error("b = replacetext night/p.fits _a _b")?.kind == .data)
  }

  @Test func aBadPairDoesNotStopTheRest() throws {
    let folder = try ScratchFolder.made()
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = try ScriptRun()
    for k in 1...3 {
      try script.run("s = simulate nx=90 ny=70 n=2 seed=\(k)")
      for (name, number) in [("a", 1), ("b", 2)] {
        try script.run("x = copy s[\(number)]; save x '\(folder.path)/p\(k)_\(name).fits'")
      }
    }
    try "no FITS".write(to: folder.appendingPathComponent("p2_b.fits"), atomically: true, encoding: .utf8)
    let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../examples/pairs.crs").standardized.path
    // It changes the current folder, which tests share.
    let ended = try Program.run([example, folder.path], in: folder)
    #expect(ended.errors.contains("p2_b.fits"), "\(ended.errors)")
    let written = try String(contentsOf: folder.appendingPathComponent("counts.csv"), encoding: .utf8)
    let counts = try Table(csv: written, name: "counts.csv")
    #expect(counts.rows.map { $0[0] } == [.text("p1_a.fits"), .text("p3_a.fits")])
  }
}
