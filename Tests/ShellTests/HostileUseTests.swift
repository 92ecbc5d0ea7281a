import Foundation
import Testing

/// What a terminal session, a script or a disk can do to the program; nothing may trap, hang or lose a file.
@Suite(.serialized) struct HostileUseTests {
  private func session(_ body: (URL) throws -> Void) throws {
    let folder = try EndToEndTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func crs(_ text: String, in folder: URL) throws -> EndToEndTests.Ended {
    try EndToEndTests.crs(["-c", text], in: folder)
  }

  @Test func namesOfOneCharacter() throws {
    try session { folder in
      let made = try crs(
        "s, t = simulate nx=20 ny=20 seed=1; save s z; a = load z; save (a[1] > 3) q", in: folder)
      #expect(made.status == 0, "\(made.errors)")
      #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("q").path))
      #expect(try crs("s = load z; save s 'b/'", in: folder).status == 3)
    }
  }

  @Test func longChainsAndClosedStreams() throws {
    try session { folder in
      let chain = "a = " + String(repeating: "2**", count: 5000) + "1"
      let ended = try EndToEndTests.crs([], in: folder, input: chain)
      #expect(ended.status == 2 && ended.errors.contains("nested too deeply"))
      for command in ["\(EndToEndTests.binary.path) <&-", "\(EndToEndTests.binary.path) < /tmp"] {
        #expect(try status(of: command, in: folder) == 3, "\(command)")
      }
      #expect(try status(of: "\(EndToEndTests.binary.path) -c 'help load' > /dev/full", in: folder) == 3)
    }
  }

  private func status(of command: String, in folder: URL) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = folder
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test func inputsAreNotReplaced() throws {
    try session { folder in
      try crs("s, t = simulate nx=60 ny=50 seed=1 prefix=e", in: folder)
      try "e_1.fits\ne_2.fits\ne_3.fits\n".write(
        to: folder.appendingPathComponent("list.txt"), atomically: true, encoding: .utf8)
      let before = try Data(contentsOf: folder.appendingPathComponent("e_2.fits"))
      func run(_ words: String) throws -> EndToEndTests.Ended {
        try EndToEndTests.crs(words.split(separator: " ").map(String.init), in: folder)
      }
      let compute = "compute --inputlist list.txt --gain 1 --rnoise 3.4 --seed 1 --output_masks "
      #expect(try run(compute + "./e_2.fits").status == 3)
      #expect(try run(compute + "m.fits").status == 0)
      // The products themselves are replaced, as the original does.
      #expect(try run(compute + "m.fits").status == 0)
      let apply = "apply --inputlist list.txt --input_mask m.fits --output_combined "
      for target in ["e_2.fits", "list.txt", "m.fits"] { #expect(try run(apply + target).status == 3) }
      #expect(try run(apply + "c.fits").status == 0)
      #expect(try Data(contentsOf: folder.appendingPathComponent("e_2.fits")) == before)
    }
  }

  @Test func ctrlCEndsAQuestion() throws {
    let (terminal, folder) = try PseudoTerminal.opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("s = simulate nx=100 ny=100 seed=1; m = crmasks s seed=1 log_level=ERROR\r")
    #expect(terminal.shows("m: MaskSet"))
    usleep(200_000)
    terminal.type("r = review m\r")
    #expect(terminal.shows("[s]top)?"))
    usleep(200_000)
    terminal.forget()
    terminal.type("\u{03}")
    #expect(terminal.shows("interrupted", within: 2))
    #expect(terminal.shows("crs> ", within: 2))
    terminal.type("r = review m\r")
    #expect(terminal.shows("[s]top)?"))
    usleep(200_000)
    terminal.type("a\r")
    #expect(terminal.shows("0 of"))
    #expect(terminal.leave())
  }

  @Test func placesOfErrorsInFilesOfSettings() throws {
    try session { folder in
      try "kind: spline\npoints: 3\n".write(
        to: folder.appendingPathComponent("b.yaml"), atomically: true, encoding: .utf8)
      try "x = 1\n\n\n\nb = load b.yaml\n".write(
        to: folder.appendingPathComponent("s.crs"), atomically: true, encoding: .utf8)
      let ended = try EndToEndTests.crs(["s.crs"], in: folder)
      #expect(ended.errors.hasPrefix("s.crs:5:") && ended.errors.contains("b.yaml:2"), "\(ended.errors)")
      #expect(ended.errors.contains("b = load b.yaml"))
    }
  }

  @Test(
    arguments: [
      "c = lacosmic a gain=one rnoise=3", "c = lacosmic a cleantype=medain", "c = lacosmic a gain=-3",
      "c = lacosmic a niter=2.5", "c = lacosmic a sepmed=maybe", "c = shift a 1 2 3", "c = shift a one 2",
      "c = shift a 1", "m = dilate nosuch", "set threads=abc",
    ]) func checkFindsMistakes(statement: String) throws
  {
    try session { folder in
      try "!true\na = load x.fits; \(statement)\n".write(
        to: folder.appendingPathComponent("s.crs"), atomically: true, encoding: .utf8)
      let ended = try EndToEndTests.crs(["s.crs", "--check"], in: folder)
      #expect(ended.status == 2 && ended.errors.hasPrefix("s.crs:2:"), "\(statement): \(ended.errors)")
    }
  }

  /// Control characters in names and texts reach no terminal: reports write them out, results and pages on a terminal.
  @Test func namesSteerNoTerminal() throws {
    try session { folder in
      let name = "a\u{1B}[31mb.fits"
      try crs("s, t = simulate nx=20 ny=20 n=2 seed=1; save s[1] '\(name)'", in: folder)
      let listed = try EndToEndTests.crs(["info", name], in: folder)
      #expect(listed.status == 0 && listed.output.contains("Filename: a\\x1b[31mb.fits"), "\(listed.output)")
      let told = try crs(
        "x = load '\(name)'; info x; print (info x file); f = info x file; save x '2\(name)'", in: folder)
      #expect(told.output.contains("wrote 2a\\x1b[31mb.fits"), "\(told.output)")
      // The value itself goes into a file as it is; a report does not.
      #expect(told.output.components(separatedBy: "\u{1B}").count <= 3, "\(told.output)")
      #expect(try crs("x = load '\(name)'; f = info x file", in: folder).output.contains("\u{1B}") == false)
      let terminal = try PseudoTerminal(
        command:
          "'\(EndToEndTests.binary.path)' -c \"x = load '\(name)'; info x; f = info x file; print f; print done\"",
        folder: folder)
      #expect(terminal.shows("done"))
      #expect(terminal.shows("a\\x1b[31mb.fits"))
      #expect(!terminal.screenText.contains("\u{1B}[31m"))
    }
  }

  @Test func pipesAreNoTables() throws {
    try session { folder in
      #expect(mkfifo(folder.appendingPathComponent("p.csv").path, 0o600) == 0)
      let ended = try crs("t = load p.csv", in: folder)
      #expect(ended.status == 3 && ended.errors.contains("is not a regular file"), "\(ended.errors)")
      #expect(ended.errors.contains("can be written to a file first"), "\(ended.errors)")
    }
  }
}
