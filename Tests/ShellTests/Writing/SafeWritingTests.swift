import Foundation
import TestSupport
import Testing

/// What the program promises of every format it writes: `AtomicFile` seen from outside.
@Suite struct SafeWritingTests {
  private func text(_ scratch: ScratchFolder, _ name: String) -> String? {
    (try? Data(contentsOf: scratch.url.appendingPathComponent(name))).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private func run(_ statement: String, in scratch: ScratchFolder) throws -> Program.Ended {
    try Program.run(["-c", statement], in: scratch.url)
  }

  @Test(arguments: WrittenFormat.all) func linksModesAndNamesThatAreTaken(format: WrittenFormat) throws {
    let scratch = try ScratchFolder()
    let real = try scratch.write("old", "real")
    chmod(real, 0o640)
    try FileManager.default.createSymbolicLink(atPath: scratch.file(format.name), withDestinationPath: "real")
    let refused = try run(format.statement(), in: scratch)
    #expect(refused.status == 3)
    #expect(
      refused.errors.contains("\(format.name): exists already (overwrite=yes replaces it)"), "\(refused)")
    #expect(text(scratch, "real") == "old")
    let replaced = try run(format.statement(overwrite: true), in: scratch)
    #expect(replaced.status == 0, "\(replaced)")
    #expect(try #require(text(scratch, "real")).count > 40)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: scratch.file(format.name)) == "real")
    let attributes = try FileManager.default.attributesOfItem(atPath: real)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(scratch.names == [format.name, "real"].sorted())
  }

  @Test(arguments: WrittenFormat.all) func pipesFoldersAndDevicesAreNotFiles(format: WrittenFormat) throws {
    let scratch = try ScratchFolder()
    mkfifo(scratch.file(format.name), 0o600)
    for _ in 0..<2 {
      for statement in [format.statement(), format.statement(overwrite: true)] {
        let ended = try run(statement, in: scratch)
        #expect(ended.status == 3, "\(ended)")
        #expect(ended.errors.contains("\(format.name): is not a regular file, expected the name of a file"))
      }
      unlink(scratch.file(format.name))
      symlink("/dev/null", scratch.file(format.name))
    }
    unlink(scratch.file(format.name))
    mkdir(scratch.file(format.name), 0o700)
    #expect(try run(format.statement(overwrite: true), in: scratch).errors.contains("is a folder"))
    #expect(scratch.names == [format.name])
  }

  /// A folder that may be written allows to replace any file in it; its own mode counts all the same.
  @Test(
    .enabled(if: getuid() != 0 || FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")),
    arguments: WrittenFormat.all)
  func writeProtectedFilesStay(format: WrittenFormat) throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write("old", format.name)
    chmod(path, 0o444)
    var starter: [String] = []
    if getuid() == 0 {
      chmod(scratch.path, 0o777)
      chown(path, 65534, 65534)
      starter = [
        "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "env", "HOME=/nonexistent",
      ]
    }
    let refused = try Program.run(["-c", format.statement(overwrite: true)], in: scratch.url, by: starter)
    #expect(refused.status == 3, "\(refused)")
    #expect(refused.errors.contains("\(format.name): is write-protected"), "\(refused)")
    #expect(text(scratch, format.name) == "old" && scratch.names == [format.name])
    chmod(path, 0o644)
    let replaced = try Program.run(["-c", format.statement(overwrite: true)], in: scratch.url, by: starter)
    #expect(replaced.status == 0, "\(replaced)")
  }

  /// Two processes that want one name: thirty pairs, of which each leaves the file of the one that succeeded.
  @Test func ofTwoWritersOneWins() throws {
    let scratch = try ScratchFolder()
    for round in 0..<30 {
      let name = "\(round)" + [".csv", ".fits", ".png"][round % 3]
      let writing = round % 3 == 2 ? "plot x \(name) dpi=20" : "save \(round % 3 == 0 ? "t" : "x") \(name)"
      let processes = (1...2).map { k in
        let process = Process()
        process.executableURL = Program.url
        process.currentDirectoryURL = scratch.url
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.arguments = [
          "-c",
          "s, c = simulate nx=40 ny=30 n=1 seed=\(k); x = s[1]; e = newtable k; t = addrow e \(k); \(writing); "
            + "history \(round)-\(k).crs",
        ]
        return process
      }
      for process in processes { try process.run() }
      for process in processes { process.waitUntilExit() }
      let statuses = processes.map(\.terminationStatus)
      #expect(statuses.sorted() == [0, 3], "round \(round)")
      let winner = statuses[0] == 0 ? 1 : 2
      let content = try Data(contentsOf: scratch.url.appendingPathComponent(name))
      switch round % 3 {
      case 0: #expect(String(decoding: content, as: UTF8.self).contains("\n\(winner)"))
      case 1: #expect(String(decoding: content, as: UTF8.self).contains("seed=\(winner)"))
      default: #expect(content.count > 500)
      }
      #expect(FileManager.default.fileExists(atPath: scratch.file("\(round)-\(winner).crs")))
      #expect(!FileManager.default.fileExists(atPath: scratch.file("\(round)-\(3 - winner).crs")))
    }
    #expect(scratch.names.count == 60 && !scratch.names.contains { $0.hasPrefix(".") })
  }

  /// The second file of a pair cannot be written: the first one is as it was.
  @Test func pairsAppearTogether() throws {
    let scratch = try ScratchFolder()
    #expect(
      try Program.run(["simulate", "--nx", "60", "--ny", "50", "--n", "2", "--prefix", "e"], in: scratch.url)
        .status == 0)
    let names = scratch.names
    mkdir(scratch.file("ce_2.fits"), 0o700)
    let pair = ["cr2images", "e_1.fits", "e_2.fits", "--overwrite", "yes"]
    #expect(try Program.run(pair, in: scratch.url).status == 3)
    #expect(scratch.names == (names + ["ce_2.fits"]).sorted())
    rmdir(scratch.file("ce_2.fits"))
    _ = try scratch.write("old", "mask2.fits")
    let refused = try Program.run(
      ["cr2images", "e_1.fits", "e_2.fits"]
        + ["c1", "c2", "mask1", "mask2"].flatMap { ["--out", $0 + ".fits"] },
      in: scratch.url)
    #expect(refused.status == 3 && refused.errors.contains("mask2.fits: exists already"), "\(refused)")
    #expect(scratch.names == (names + ["mask2.fits"]).sorted())
    let twice = try Program.run(pair + ["--out", "c.fits", "--out", "./c.fits"], in: scratch.url)
    #expect(twice.status == 2 && twice.errors.contains("two results would be written to c.fits"), "\(twice)")
    #expect(try Program.run(pair, in: scratch.url).status == 0)
    #expect(scratch.names == (names + ["ce_1.fits", "ce_2.fits", "mask2.fits"]).sorted())
    // The same for simulated exposures: one name is taken.
    let simulated = try Program.run(
      ["simulate", "--nx", "60", "--ny", "50", "--n", "4", "--prefix", "e"], in: scratch.url)
    #expect(simulated.status == 3 && !scratch.names.contains("e_4.fits"))
  }

  @Test func oneClock() throws {
    let scratch = try ScratchFolder()
    func run(_ arguments: [String], _ date: String) throws {
      let ended = try Program.run(arguments, in: scratch.url, environment: ["SOURCE_DATE_EPOCH": date])
      #expect(ended.status == 0, "\(ended)")
    }
    try run(["simulate", "--nx", "60", "--ny", "50", "--n", "2", "--seed", "1", "--prefix", "e"], "86399")
    try run(["cr2images", "e_1.fits", "e_2.fits"], "86399")
    try run(["-c", "set record=t.crs; x = load ce_1.fits; plot x x.pdf"], "86399")
    #expect(try #require(text(scratch, "ce_1.fits")).contains("HISTORY 1970-01-01 23:59:59"))
    #expect(try #require(text(scratch, "t.crs")).contains("recorded from 1970-01-01 23:59:59"))
    #expect(try #require(text(scratch, "x.pdf")).contains("(19700101235959"))
    for odd in ["", "-1", "x", "99999999999999"] {
      try run(["-c", "x = load ce_1.fits; plot x x.pdf overwrite=yes"], odd)
      #expect(try #require(text(scratch, "x.pdf")).contains("CreationDate") == false)
    }
  }
}
