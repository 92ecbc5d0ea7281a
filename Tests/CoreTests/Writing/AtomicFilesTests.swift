import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// Sets of files: all of them or none.
@Suite struct AtomicFilesTests {
  private func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

  /// A set of `a`, `b` and `c` with "new" in each.
  private func set(in scratch: ScratchFolder, _ existing: AtomicFile.Existing) throws -> AtomicFiles {
    let files = AtomicFiles()
    for name in ["a", "b", "c"] {
      try files.file(scratch.file(name), existing: existing).append("new \(name)")
    }
    return files
  }

  @Test func appearTogether() throws {
    let scratch = try ScratchFolder()
    let old = try scratch.write("old", "b")
    _ = try scratch.write("old", "stale")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.file("link"), withDestinationPath: scratch.file("b"))
    let files = try set(in: scratch, .replace)
    #expect(!files.isEmpty && text(old) == "old" && scratch.names == ["b", "link", "stale"])
    for name in ["stale", "link", "none"] { files.remove(scratch.file(name)) }
    try files.commit()
    #expect(files.isEmpty && scratch.names == ["a", "b", "c"])
    #expect(["a", "b", "c"].allSatisfy { text(scratch.file($0)) == "new \($0)" })
    try files.commit()
  }

  /// Folders made for a set that is given up go with it, unless somebody else uses them.
  @Test func foldersGoWithTheFiles() throws {
    let scratch = try ScratchFolder()
    func given(_ folder: String, commits: Bool, other: String? = nil) throws {
      let files = AtomicFiles()
      try files.makeFolder(scratch.file(folder))
      try files.file(scratch.file(folder + "/a"), existing: .refuse).append("new")
      if let other { _ = try scratch.write("theirs", other) }
      if commits { try files.commit() }
    }
    try given("x/y/z", commits: false)
    #expect(scratch.names == [])
    try given("x/y/z", commits: false, other: "x/theirs")
    #expect(scratch.names == ["x"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.file("x")) == ["theirs"])
    try given("x/y/z", commits: true)
    #expect(text(scratch.file("x/y/z/a")) == "new")
    // A folder that was there stays.
    try given("x/y", commits: false)
    #expect(text(scratch.file("x/y/z/a")) == "new")
  }

  @Test func aNameThatIsTakenMeanwhileStopsAll() throws {
    let scratch = try ScratchFolder()
    do {
      let files = try set(in: scratch, .refuse)
      files.remove(try scratch.write("old", "stale"))
      _ = try scratch.write("theirs", "b")
      let error = crsError { try files.commit() }
      #expect(error?.message == "exists already" && error?.file == scratch.file("b"))
      #expect(text(scratch.file("b")) == "theirs" && text(scratch.file("a")) == nil)
    }
    #expect(scratch.names == ["b", "stale"])
  }

  @Test func oldFilesComeBackWhenALaterRenameFails() throws {
    let scratch = try ScratchFolder()
    let first = try scratch.write("old a", "a")
    chmod(first, 0o640)
    func node() throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: first)[.systemFileNumber] as? Int
    }
    let before = try node()
    do {
      let files = try set(in: scratch, .replace)
      // A folder takes the place of the third one.
      try FileManager.default.createDirectory(
        atPath: scratch.file("c/full"), withIntermediateDirectories: true)
      let error = crsError { try files.commit() }
      #expect(error?.message == "is a folder" && error?.file == scratch.file("c"))
      #expect(text(first) == "old a")
      #expect(try node() == before, "the same file, not a copy")
    }
    #expect(scratch.names == ["a", "c"])
  }

  @Test func aFileThatCannotBeFinishedStopsAll() throws {
    let scratch = try ScratchFolder()
    let first = try scratch.write("old a", "a")
    do {
      let files = AtomicFiles()
      try files.file(first, existing: .replace).append("new a")
      let second = try files.file(scratch.file("b"), existing: .replace)
      try second.append([UInt8](repeating: 1, count: 100_000))
      unlink(second.temporary)
      #expect(crsError { try files.commit() }?.kind == .file)
    }
    #expect(text(first) == "old a" && scratch.names == ["a"])
  }

  @Test func forgottenSetsLeaveNothing() throws {
    let scratch = try ScratchFolder()
    let old = try scratch.write("old", "b")
    do {
      let files = try set(in: scratch, .replace)
      files.remove(old)
    }
    #expect(scratch.names == ["b"] && text(old) == "old")
  }

  @Test func oneFileHasOnePlace() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write("old", "a")
    try FileManager.default.createSymbolicLink(atPath: scratch.file("l"), withDestinationPath: path)
    for other in [path, scratch.path + "/./a", scratch.file("l")] {
      let files = AtomicFiles()
      _ = try files.file(path, existing: .replace)
      let error = crsError { _ = try files.file(other, existing: .replace) }
      #expect(error?.kind == .usage && error?.message == "two results would be written to \(path)")
    }
  }
}
