import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// File names as the program takes them, wherever one may stand: they open, overwrite and contact nothing else.
@Suite struct FileNameTests {
  private func folder() throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    let events = FITSOutputHDU(
      name: "EVENTS",
      content: .table([.init(name: "X", values: [1, 2, 3, 4]), .init(name: "TIME", values: [1, 2, 3, 4])]))
    try FITSWriter.write(
      FITSDocument(hdus: [FITSOutputHDU(content: .empty), events]), to: scratch.file("ev.fits"),
      overwrite: false)
    let image = Image(pixels: Plane(width: 40, height: 30, repeating: 100))
    try FITSWriter.write(FITSDocument(image: image), to: scratch.file("a.fits"), overwrite: false)
    _ = try scratch.write("precious", "precious.txt")
    return scratch
  }

  @Test func nothingElseIsTouched() throws {
    let scratch = try folder()
    let before = scratch.names
    let filter = "ev.fits[1][gtifilter('ev.fits(!precious.txt)[1]',TIME)][bin X,TIME]"
    for call in [
      ["-c", "load \"\(filter)\""], ["-c", "info \"\(filter)\""], ["-c", "header \"\(filter)\""],
      ["-c", "x = (\"\(filter)\" + 1)"], ["-c", "stats \"\(filter)\""], ["info", filter], ["stats", filter],
      ["lacosmic", filter, "--gain", "1", "--rnoise", "3"], ["header", "ev.fits[1][col @precious.txt]"],
      ["info", "ev.fits(new.fits)"], ["stats", "a.fits(!precious.txt)"],
      ["stats", "http://localhost/a.fits"],
    ] {
      let ended = try Program.run(call, in: scratch.url)
      #expect(ended.status != 0, "\(call)")
      #expect(!(ended.output + ended.errors).contains("cfitsio status"), "\(call)")
    }
    #expect(scratch.names == before)
    #expect(try String(contentsOfFile: scratch.file("precious.txt"), encoding: .utf8) == "precious")
  }

  @Test func savesRefuseWhatIsNoName() throws {
    let scratch = try folder()
    let before = scratch.names
    func run(_ script: String) throws -> String {
      let ended = try Program.run(["-c", script], in: scratch.url)
      #expect(ended.status == 3, "\(script)")
      return ended.errors
    }
    #expect(try run("x = load a.fits; save x '!clean.fits'").contains("overwrite=yes"))
    #expect(try run("x = load a.fits; save x 'o.fits[compress]'").contains("compress=tiles"))
    #expect(try run("x = load a.fits; save x img.csv").contains("an ending .csv says CSV"))
    #expect(try run("x = load a.fits; save x a.fits.bz2").contains(".bz2 files are not written"))
    #expect(try run("x = load a.fits; t = stats x; save t u.fits").contains("an ending .fits says FITS"))
    #expect(try run("x = load a.fits; plot x '!f.png'").contains("leading '!'"))
    #expect(try run("x = load a.fits; history '!h.crs'").contains("leading '!'"))
    #expect(try run("set record='!r.crs'; a = 1").contains("leading '!'"))
    // Statements go neither into data nor behind what is no record.
    #expect(try run("set record=a.fits; a = 1").contains("an ending .fits says FITS"))
    #expect(try run("set record=a.fits.gz; a = 1").contains("expected an ending .crs"))
    #expect(try run("set record=precious.txt; a = 1").contains("holds something else than statements"))
    #expect(try run("a = 1; history h.csv").contains("an ending .csv says CSV"))
    let ended = try Program.run(
      ["lacosmic", "a.fits", "--gain", "1", "--rnoise", "3", "--out", "!clean.fits"], in: scratch.url)
    #expect(ended.status == 3 && scratch.names == before)
    #expect(try String(contentsOfFile: scratch.file("precious.txt"), encoding: .utf8) == "precious")
    for _ in 0..<2 {
      let recorded = try Program.run(["-c", "set record=r.txt; a = 1"], in: scratch.url)
      #expect(recorded.status == 0, "\(recorded.errors)")
    }
    try FileManager.default.removeItem(atPath: scratch.file("r.txt"))
    let literal = try Program.run(["-c", "x = load a.fits; save x './!clean.fits'"], in: scratch.url)
    #expect(literal.status == 0 && scratch.names == (before + ["!clean.fits"]).sorted())
    #expect(
      try Program.run(["-c", "x = load './!clean.fits[2:5,3:4]'"], in: scratch.url).output.contains("4x2"))
  }
}
