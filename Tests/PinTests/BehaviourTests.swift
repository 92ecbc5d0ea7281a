import Foundation
import TestSupport
import Testing

/// What must hold whatever the texts are.
@Suite struct BehaviourTests {
  private func hdus(_ folder: PinFolder, _ name: String) throws -> [FITSText.HDU] {
    FITSText.hdus([UInt8](try Data(contentsOf: folder.url(name))))
  }

  /// What the data of a file's HDUs are.
  private func data(_ folder: PinFolder, _ name: String) throws -> [String?] {
    try hdus(folder, name).map(\.data)
  }

  /// The cards of a saved mask set.
  private func cards(_ folder: PinFolder, _ name: String) throws -> [String] {
    try #require(try hdus(folder, name).first).cards.map { card in
      card.split(separator: " ").joined(separator: " ")
    }
  }

  private func seed(in cards: [String]) -> String? {
    cards.compactMap { $0.firstMatch(of: /mm_seed = (\d+)/).map { String($0.1) } }.first
  }

  /// A seed that is not given, or none, is drawn, told and kept; with it the run gives the same masks.
  @Test(arguments: ["", "seed=none"]) func drawnSeedsAreToldAndGiveTheRunAgain(given: String) throws {
    let folder = try PinFolder()
    let call = "crmasks s detector=boundary nsimulations=2"
    try folder.write("s = load e_1.fits e_2.fits e_3.fits\nj = \(call) \(given)\nsave j j.fits\n", "t.crs")
    let first = try folder.run(["t.crs"])
    let drawn = try #require(first.output.firstMatch(of: /seed: (\d+) \(drawn\)/), "\(first.errors)").1
    let before = try cards(folder, "j.fits")
    #expect(seed(in: before) == String(drawn))
    try folder.write(
      "s = load e_1.fits e_2.fits e_3.fits\nj = \(call) seed=\(drawn)\nsave j k.fits\n", "t.crs")
    #expect(try folder.run(["t.crs"]).status == 0)
    #expect(try cards(folder, "k.fits") == before)
    #expect(try data(folder, "k.fits") == data(folder, "j.fits"))
  }

  @Test func drawnSeedsOfParameterFilesAreKept() throws {
    let folder = try PinFolder()
    try folder.write(CrmasksRuns.parameterFile(["mm_seed: null"]), "p.yaml")
    for name in ["a", "b"] {
      #expect(try folder.run(["crmasks", "p.yaml", "--output_dir", name, "--figures", "no"]).status == 0)
    }
    let (a, b) = (try cards(folder, "a/crmasks.fits"), try cards(folder, "b/crmasks.fits"))
    let drawn = try #require(seed(in: a))
    #expect(drawn != seed(in: b))
    try folder.write(CrmasksRuns.parameterFile(["mm_seed: \(drawn)"]), "p.yaml")
    #expect(try folder.run(["crmasks", "p.yaml", "--output_dir", "c", "--figures", "no"]).status == 0)
    #expect(try cards(folder, "c/crmasks.fits") == a)
  }

  /// A stack with a boundary or compat takes the detector `boundary`, unless another one was written.
  @Test(arguments: [
    ("", "pvalue"), ("boundary=b.yaml", "boundary"), ("compat=numina-0.36 nsimulations=2", "boundary"),
    ("detector=pvalue", "pvalue"), ("detector=boundary nsimulations=2", "boundary"),
  ]) func theDetectorFollowsTheBoundary(words: String, detector: String) throws {
    let told = try CrmasksRuns.call("seed=1 \(words)")
    #expect(told.contains { $0.hasPrefix("HISTORY - mm_detector = \(detector)") }, "\(told)")
  }

  /// `none` is a word of the flux factor, in every spelling, and means 1.
  @Test func noFluxFactorIsAWord() throws {
    let usual = try CrmasksRuns.call("seed=1")
    for words in ["flux_factor=none", "flux_factor=None", "flux_factor='none'", "flux_factor=1"] {
      #expect(CrmasksRuns.changes(from: usual, to: try CrmasksRuns.call("seed=1 " + words)) == [], "\(words)")
    }
  }

  /// The same numbers from one processor, from one thread and from many.
  @Test func processorsAndThreadsChangeNothing() throws {
    let script = """
      s = load e_1.fits e_2.fits e_3.fits
      j = crmasks s seed=1
      c = combine s masks=j
      save c c.fits
      save j j.fits
      """
    func products(_ before: String, _ prefix: [String]) throws -> [String?] {
      let folder = try PinFolder()
      try folder.write(before + script + "\n", "t.crs")
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = prefix + [Program.url.path, "t.crs"]
      process.currentDirectoryURL = folder.scratch.url
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return try ["j.fits", "c.fits"].flatMap { try data(folder, $0) }
    }
    let usual = try products("", [])
    #expect(usual.count == 11)
    #expect(try products("", ["taskset", "-c", "0"]) == usual)
    for threads in [1, 7] { #expect(try products("set threads=\(threads)\n", []) == usual) }
  }

  /// Writing the history down is no part of it, and undo takes back all names of a statement.
  @Test func historyAndUndo() throws {
    let folder = try PinFolder()
    try folder.write(
      "m = load m.fits\nc, q = lacosmic m rnoise=3.4\nhistory a.crs\nundo\nhistory b.crs\nredo\nhistory c.crs\nvars\n",
      "t.crs")
    let ended = try folder.run(["t.crs"])
    #expect(ended.status == 0)
    let texts = try ["a.crs", "b.crs", "c.crs"].map { try folder.text($0) }
    #expect(texts[0] == texts[2] && texts[0].contains("\nc, q = lacosmic m"))
    #expect(!texts[1].contains("lacosmic") && !texts[0].contains("history"))
    #expect(ended.output.split(separator: "\n").suffix(3).map { $0.prefix { $0 != " " } } == ["c", "m", "q"])
  }

  /// A link stays a link, a file keeps its rights, and nothing temporary stays.
  @Test func fitsFilesKeepLinksAndRights() throws {
    let folder = try PinFolder()
    try FileManager.default.createSymbolicLink(
      at: folder.url("link.fits"), withDestinationURL: folder.url("i.fits"))
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder.url("i.fits").path)
    try folder.write("m = load m.fits\nsave m link.fits overwrite=yes\n", "t.crs")
    #expect(try folder.run(["t.crs"]).status == 0)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.url("i.fits").path)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.url("link.fits").path).hasSuffix(
        "i.fits"))
    #expect(try Data(contentsOf: folder.url("i.fits")).count > 2880)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.scratch.path)
    #expect(!names.contains { $0.hasPrefix(".crs") || $0.contains("tmp") })
  }
}
