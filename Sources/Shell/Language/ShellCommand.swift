import Core
import Foundation

/// `!`: a line for the system's shell.
enum ShellCommand {
  /// - Throws: `CRSError` (data) when it fails.
  static func run(_ text: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", text]
    do {
      try process.run()
    } catch {
      throw CRSError.file("the shell cannot be started", file: "/bin/sh")
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw CRSError.data("the shell command ended with status \(process.terminationStatus)")
    }
  }
}
