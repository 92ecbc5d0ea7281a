import Foundation
import TestSupport
import Testing

/// Runs the program as users do.
@Suite(.serialized) struct EndToEndTests {
  static let root = Repository.root
  static let binary = Program.url

  typealias Ended = Program.Ended

  /// A folder of its own for a test, removed by the caller.
  static func folder() throws -> URL {
    try ScratchFolder.made()
  }

  @discardableResult
  static func crs(_ arguments: [String], in folder: URL, input: String? = nil) throws -> Ended {
    try Program.run(arguments, in: folder, input: input ?? "")
  }

  @Test func parameterFileScriptAndSubcommandsGiveTheSameMasks() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let simulated = try Self.crs(
      ["simulate", "--nx", "200", "--ny", "160", "--seed", "4", "--density", "2e-3", "--prefix", "e"],
      in: folder)
    #expect(simulated.status == 0, "\(simulated.errors)")
    try Repository.demo().write(
      to: folder.appendingPathComponent("p.yaml"), atomically: true, encoding: .utf8)
    let pipeline = try Self.crs(["crmasks", "p.yaml", "--output_dir", "out"], in: folder)
    #expect(pipeline.status == 0, "\(pipeline.errors)")
    for name in [
      "crmasks.fits", "combined_mediancr.fits", "combined_meancrt.fits", "combined_meancr.fits",
      "mediancr_identified.csv", "diagnostic_histogram2d.png", "diagnostic_histogram2d.pdf",
      "diagnostic_mediancr.png",
      "diagnostic_mediancr.pdf",
    ] {
      #expect(
        FileManager.default.fileExists(atPath: folder.appendingPathComponent("out/" + name).path), "\(name)")
    }
    let script = Self.root.appendingPathComponent("examples/example1.crs").path
    let stepwise = try Self.crs([script, "e_1.fits", "e_2.fits", "e_3.fits"], in: folder)
    #expect(stepwise.status == 0, "\(stepwise.errors)")
    try Self.crs(["extract", "out/crmasks.fits", "MEDIANCR", "--out", "a.fits"], in: folder)
    let compared = try Self.crs(
      [
        "-c",
        "a = load a.fits; b = load mediancr.fits; d = label (a != b); c = load out/combined_mediancr.fits; "
          + "e = load combined_mediancr.fits; f = label (c != e)",
      ], in: folder)
    #expect(compared.status == 0, "\(compared.errors)")
    #expect(compared.output.contains("d: Table 0 rows") && compared.output.contains("f: Table 0 rows"))
    // Subcommands, one process a step.
    for call in [
      ["combine", "e_1.fits"]
    ] { #expect(try Self.crs(call, in: folder).status != 0) }
  }

  @Test func statusesTellWhatIsWrong() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try Self.crs(["-c", "x = load nosuch.fits"], in: folder).status == 3)
    #expect(try Self.crs(["-c", "x = load *.fits"], in: folder).status == 3)
    let misspelt = try Self.crs(["-c", "x = lacosmik y"], in: folder)
    #expect(misspelt.status == 2 && misspelt.errors.contains("did you mean 'lacosmic'"))
    try "s = simulate nx=50 ny=40 seed=1\nc = lacosmic s sigclipp=3\n".write(
      to: folder.appendingPathComponent("e.crs"), atomically: true, encoding: .utf8)
    let script = try Self.crs(["e.crs"], in: folder)
    #expect(script.status == 2 && script.errors.contains("e.crs:2:16: error:"), "\(script.errors)")
    #expect(try Self.crs(["e.crs", "--check"], in: folder).status == 2)
    let range = try Self.crs(
      ["-c", "s = simulate nx=50 ny=40 seed=1; c = lacosmic (median s) sigclip=-1"], in: folder)
    #expect(range.status == 2 && range.errors.contains("sigma"))
    #expect(
      try Self.crs(["-c", "s = simulate nx=50 ny=40 seed=1 n=1; m = crmasks s seed=1"], in: folder).status
        == 1)
    #expect(try Self.crs(["--version"], in: folder).output.hasPrefix("crs "))
    #expect(try Self.crs(["nonsense"], in: folder).status == 2)
    #expect(try Self.crs([], in: folder, input: "q = 6 * 7\nq").output.contains("42"))
    #expect(try Self.crs(["-c", "exit 7"], in: folder).status == 7)
  }

  @Test func filesAreNotOverwrittenUnasked() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let save = "s = simulate nx=50 ny=40 seed=1; m = median s; save m m.fits"
    #expect(try Self.crs(["-c", save], in: folder).status == 0)
    let before = try Data(contentsOf: folder.appendingPathComponent("m.fits"))
    #expect(
      try Self.crs(["-c", save.replacingOccurrences(of: "seed=1", with: "seed=2")], in: folder).status == 3)
    #expect(try Data(contentsOf: folder.appendingPathComponent("m.fits")) == before)
    #expect(try Self.crs(["-c", save + " overwrite=yes"], in: folder).status == 0)
    #expect(
      try Data(contentsOf: folder.appendingPathComponent("m.fits")) == before,
      "the same script, the same bytes")
  }

  @Test func pairsAreCleanedIntoBothFiles() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.crs(
      ["simulate", "--nx", "120", "--ny", "90", "--n", "2", "--seed", "3", "--prefix", "p"], in: folder)
    let cleaned = try Self.crs(["cr2images", "p_1.fits", "p_2.fits", "--debug_level", "1"], in: folder)
    #expect(cleaned.status == 0 && cleaned.output.contains("Number of CR in data2:"), "\(cleaned.errors)")
    #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("cp_1.fits").path))
    #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("cp_2.fits").path))
    #expect(try Self.crs(["cr2images", "p_1.fits", "p_2.fits"], in: folder).status == 3)
  }
}
