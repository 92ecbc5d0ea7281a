import Foundation

/// The folder that the process works in, which all tests share: one at a time chooses it.
package enum CurrentFolder {
  private static let lock = NSRecursiveLock()

  /// Runs `body` in a folder, and goes back to where the process was, or to the root where that is gone.
  package static func with<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    try lock.withLock {
      let files = FileManager.default
      let before = files.currentDirectoryPath
      guard files.changeCurrentDirectoryPath(path) else { throw CocoaError(.fileNoSuchFile) }
      defer { if !files.changeCurrentDirectoryPath(before) { _ = files.changeCurrentDirectoryPath("/") } }
      return try body()
    }
  }
}
