import Glibc
import Kernels
import Synchronization

/// Files that appear under their names together or not at all.
///
/// A power cut (or SIGKILL) between the renames can part them; each file is whole even then.
package final class AtomicFiles: Sendable {
  private struct Entries {
    var files: [AtomicFile] = []
    var stale: [String] = []
    /// Made for the files, the outer ones first.
    var folders: [String] = []
  }

  private let entries = Guarded(Entries())

  package init() {}

  deinit {
    entries.withLock { entries in
      entries.files = []
      // Somebody else's files keep a folder.
      for folder in entries.folders.reversed() { rmdir(folder) }
    }
  }

  /// Makes the folder of further files, and those above it; without a commit they go again.
  ///
  /// - Throws: `CRSError` (file).
  package func makeFolder(_ path: String) throws {
    let made = try NewFolder.make(path)
    entries.withLock { $0.folders += made }
  }

  /// A further file of the set, to write to before the set is committed, once. Any thread may ask.
  ///
  /// - Throws: `CRSError`: as `AtomicFile`; usage when the set has the file already.
  package func file(_ path: String, existing: AtomicFile.Existing) throws -> AtomicFile {
    let file = try AtomicFile(path, existing: existing)
    try entries.withLock { entries in
      if let other = entries.files.first(where: { $0.hasName(of: file) }) {
        throw CRSError.usage("two results would be written to \(other.path)", parameter: "out")
      }
      entries.files.append(file)
    }
    return file
  }

  package var isEmpty: Bool { entries.withLock { $0.files.isEmpty } }

  /// A file that goes when the others appear; nothing when it is not there.
  package func remove(_ path: String) { entries.withLock { $0.stale.append(path) } }

  /// Gives all files their names.
  ///
  /// - Throws: `CRSError` (file) as `AtomicFile.commit`; what was there is there still, of all of them.
  package func commit() throws {
    let set = entries.withLock { $0 }
    for file in set.files { try file.finish() }
    try UnfinishedFiles.together {
      var changes = Changes()
      do {
        for file in set.files { try changes.place(file) }
        for path in set.stale { try changes.remove(path) }
      } catch {
        changes.undo()
        throw error
      }
      changes.settle()
    }
    entries.withLock { $0 = Entries() }
    for folder in Set(set.files.map(\.folder)) { AtomicFile.sync(folder: folder) }
  }
}

/// What has been renamed so far. Old files are kept under other names until all is done.
private struct Changes {
  private var steps: [(target: String, kept: String?)] = []

  mutating func place(_ file: AtomicFile) throws {
    var facts = stat()
    var kept: String?
    if file.existing == .replace, lstat(file.target, &facts) == 0 {
      guard facts.st_mode & S_IFMT == S_IFREG else { throw CRSError.notAFile(file.path, facts.st_mode) }
      let name = file.folder + "/" + LeftoverFiles.newName()
      // Where there are no links the old file gives its name up a moment earlier.
      let code = link(file.target, name) == 0 ? 0 : AtomicFile.move(file.target, to: name)
      guard code == 0 else { throw CRSError.writing(file.path, code) }
      kept = name
    }
    if kept != nil { steps.append((file.target, kept)) }
    try file.putInPlace()
    if kept == nil { steps.append((file.target, nil)) }
  }

  mutating func remove(_ path: String) throws {
    var facts = stat()
    guard lstat(path, &facts) == 0, [S_IFREG, S_IFLNK].contains(facts.st_mode & S_IFMT) else { return }
    let folder = path.folder
    let name = (folder.isEmpty ? "." : folder) + "/" + LeftoverFiles.newName()
    let code = AtomicFile.move(path, to: name)
    guard code == 0 else { throw CRSError.writing(path, code) }
    steps.append((path, name))
  }

  func undo() {
    for (target, kept) in steps.reversed() {
      if let kept {
        rename(kept, target)
        // Two names of one file stay two.
        unlink(kept)
      } else {
        unlink(target)
      }
    }
  }

  func settle() {
    for case (_, let kept?) in steps { unlink(kept) }
  }
}
