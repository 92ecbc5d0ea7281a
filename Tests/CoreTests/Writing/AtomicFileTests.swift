import Foundation
import Kernels
import TestSupport
import Testing

@testable import Files

/// What `AtomicFile` promises about the file that has the name already, and about what it leaves behind.
@Suite struct AtomicFileTests {
  private func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? Int)
  }

  private func write(_ text: String, _ path: String, _ existing: AtomicFile.Existing = .replace) throws {
    let file = try AtomicFile(path, existing: existing)
    try file.append(text)
    try file.commit()
  }

  @Test func appearsWhenItIsWhole() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write("old", "a.txt")
    do {
      let file = try AtomicFile(path, existing: .replace)
      #expect(scratch.names == ["a.txt"], "nothing is made before the first byte")
      // More than the buffer takes, in pieces of all sizes.
      let pieces = [1, 70_000, 3, 65_536, 0, 200_000].map { [UInt8](repeating: UInt8($0 % 251), count: $0) }
      for piece in pieces { try file.append(piece) }
      #expect(scratch.names.count == 2 && text(path) == "old")
      #expect(scratch.names.contains(file.temporary.split(separator: "/").last.map(String.init) ?? ""))
      try file.commit()
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(pieces.flatMap { $0 }))
    }
    #expect(scratch.names == ["a.txt"])
  }

  @Test func forgottenFilesLeaveNothing() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write("old", "a.txt")
    do {
      let file = try AtomicFile(path, existing: .replace)
      try file.append([UInt8](repeating: 1, count: 100_000))
      #expect(scratch.names.count == 2)
    }
    #expect(scratch.names == ["a.txt"] && text(path) == "old")
    try write("", scratch.file("empty"))
    #expect(text(scratch.file("empty")) == "")
  }

  @Test func linksAreFollowed() throws {
    let scratch = try ScratchFolder()
    try FileManager.default.createDirectory(atPath: scratch.file("far"), withIntermediateDirectories: true)
    let far = try scratch.write("old", "far/real")
    func link(_ name: String, _ destination: String) throws {
      try FileManager.default.createSymbolicLink(
        atPath: scratch.file(name), withDestinationPath: destination)
    }
    try link("a", "b")
    try link("b", "far/real")
    try link("new", "far/made")
    try link("x", "y")
    try link("y", "x")
    try write("through two links", scratch.file("a"))
    try write("the end of a link", scratch.file("new"), .refuse)
    #expect(text(far) == "through two links" && text(scratch.file("far/made")) == "the end of a link")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: scratch.file("b")) == "far/real")
    #expect(crsError { try write("", scratch.file("a"), .refuse) }?.message == "exists already")
    #expect(crsError { try write("", scratch.file("x")) }?.kind == .file)
    #expect(scratch.names == ["a", "b", "far", "new", "x", "y"])
  }

  @Test func onlyFilesAreReplaced() throws {
    let scratch = try ScratchFolder()
    mkfifo(scratch.file("fifo"), 0o600)
    try FileManager.default.createSymbolicLink(
      atPath: scratch.file("pipe"), withDestinationPath: scratch.file("fifo"))
    for (path, message) in [
      (scratch.path, "is a folder"), (scratch.file("fifo"), "is not a regular file"),
      (scratch.file("pipe"), "is not a regular file"), ("/dev/null", "is not a regular file"),
      ("", "not a usable file name"), (scratch.path + "/", "not a usable file name"),
      ("a\0b", "not a usable file name"),
      (scratch.file(String(repeating: "x", count: 300)), "cannot be written: File name too long"),
      (
        scratch.file("none/a"),
        "cannot write into the folder '\(scratch.file("none"))': No such file or directory"
      ),
    ] {
      for existing in [AtomicFile.Existing.refuse, .replace] {
        let error = crsError { try write("", path, existing) }
        #expect(error?.message == message && error?.kind == .file, "\(path)")
      }
    }
    #expect(scratch.names == ["fifo", "pipe"])
  }

  @Test func namesOfOtherProgramsAreRefused() throws {
    func refusal(_ path: String) -> CRSError? { crsError { _ = try AtomicFile(path, existing: .refuse) } }
    #expect(refusal("!clean.fits")?.hint?.contains("overwrite=yes") == true)
    #expect(refusal("!t.csv") != nil && refusal("!f.png") != nil)
    #expect(refusal("o.fits[compress]")?.hint?.contains("compress=tiles") == true)
    #expect(refusal("o.fits[1]") != nil && refusal("mem://x.fits") != nil)
    #expect(refusal("http://h/x.fits")?.message == "is not written")
    let scratch = try ScratchFolder()
    for fine in ["./!clean.fits", scratch.file("!x"), "a!b.fits", "run[1].fits", "x.new", ".fits"] {
      #expect(refusal(fine) == nil, "\(fine)")
    }
  }

  @Test func permissionsStay() throws {
    let scratch = try ScratchFolder()
    for permissions in [0o600, 0o640, 0o444, 0o755] {
      let path = try scratch.write("old", "a")
      chmod(path, mode_t(permissions))
      let file = try AtomicFile(path, existing: .replace)
      try file.append([UInt8](repeating: 1, count: 100_000))
      #expect(try mode(file.temporary) & ~permissions & 0o177 == 0, "hidden as well while it is written")
      try file.commit()
      #expect(try mode(path) == permissions)
      unlink(path)
    }
    let plain = try scratch.write("", "plain")
    try write("", scratch.file("new"))
    #expect(try mode(scratch.file("new")) == mode(plain))
  }

  @Test func namesThatAreTakenMeanwhileStay() throws {
    let scratch = try ScratchFolder()
    let path = scratch.file("a")
    let file = try AtomicFile(path, existing: .refuse)
    try file.append("mine")
    _ = try scratch.write("theirs", "a")
    let error = crsError { try file.commit() }
    #expect(error?.description == "\(path): exists already (overwrite=yes replaces it)")
    #expect(text(path) == "theirs")
  }

  /// How a name is taken where the system cannot rename without replacing, as on network disks.
  @Test func everyWayToTakeANameRefuses() throws {
    for move in [AtomicFile.move(_:toFree:), AtomicFile.link(_:toFree:), AtomicFile.claim(_:toFree:)] {
      let scratch = try ScratchFolder()
      let (mine, name) = (try scratch.write("mine", "mine"), scratch.file("a"))
      #expect(move(mine, name) == 0 && text(name) == "mine" && scratch.names == ["a"])
      let other = try scratch.write("other", "other")
      #expect(move(other, name) == EEXIST && text(name) == "mine" && scratch.names == ["a", "other"])
    }
  }

  @Test func ofManyWritersOneWins() throws {
    let scratch = try ScratchFolder()
    for round in 0..<30 {
      let path = scratch.file("\(round)")
      let (first, second) = (Flag(), Flag())
      DispatchQueue.concurrentPerform(iterations: 2) { k in
        let won = (try? write("\(k)", path, .refuse)) != nil
        (k == 0 ? first : second).set(won)
      }
      #expect(first.value != second.value, "round \(round)")
      #expect(text(path) == (first.value ? "0" : "1"))
    }
    #expect(scratch.names.count == 30)
  }

  @Test func leftoversOfKilledProcessesGo() throws {
    let scratch = try ScratchFolder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/true")
    try process.run()
    process.waitUntilExit()
    let own = LeftoverFiles.newName()
    let parts = own.split(separator: "-")
    let dead = "\(parts[0])-\(parts[1])-\(process.processIdentifier)-\(parts[3])"
    let elsewhere = ".crs-0-\(process.processIdentifier)-\(parts[3])"
    for name in [own, dead, elsewhere, ".crs-notes.tmp", "\(parts[0])-\(parts[1])-.tmp"] {
      _ = try scratch.write("", name)
    }
    try write("", scratch.file("a"))
    #expect(
      scratch.names == [own, elsewhere, ".crs-notes.tmp", "\(parts[0])-\(parts[1])-.tmp", "a"].sorted())
  }
}

private final class Flag: @unchecked Sendable {
  private(set) var value = false
  func set(_ value: Bool) { self.value = value }
}
