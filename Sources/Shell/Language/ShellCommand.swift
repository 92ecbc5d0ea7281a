import Kernels

/// `!`: a line for the system's shell.
enum ShellCommand {
  /// - Throws: `CRSError` (data) when it fails.
  static func run(_ text: String) throws {
    guard let status = ForegroundProgram.run(text) else {
      throw CRSError.file("the shell cannot be started", file: "/bin/sh")
    }
    guard status == 0 else {
      throw CRSError.data("the shell command ended with status \(status)")
    }
  }
}
