import Foundation
import Synchronization

/// The program at a prompt of its own: `script` gives it a terminal that it controls.
final class PseudoTerminal: @unchecked Sendable {
  private let process = Process()
  private let keys = Pipe()
  private let screen = Pipe()
  private let text = Mutex("")

  init(binary: URL, folder: URL) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
    process.arguments = ["-qfec", "'\(binary.path)'", "/dev/null"]
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["TERM"] = "xterm"
    environment["XDG_STATE_HOME"] = folder.appendingPathComponent("state").path
    environment["XDG_CONFIG_HOME"] = folder.appendingPathComponent("config").path
    process.environment = environment
    process.standardInput = keys
    process.standardOutput = screen
    process.standardError = screen
    screen.fileHandleForReading.readabilityHandler = { [weak self] handle in
      let data = handle.availableData
      self?.text.withLock { $0 += String(decoding: data, as: UTF8.self) }
    }
    try process.run()
  }

  deinit {
    screen.fileHandleForReading.readabilityHandler = nil
    if process.isRunning { process.terminate() }
  }

  func type(_ text: String) { keys.fileHandleForWriting.write(Data(text.utf8)) }

  /// Waits until the screen has shown a text since the last `forget`.
  func shows(_ expected: String, within seconds: Double = 20) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      if text.withLock({ $0.contains(expected) }) { return true }
      usleep(20_000)
    }
    return false
  }

  func forget() { text.withLock { $0 = "" } }

  var screenText: String { text.withLock { $0 } }

  /// Ends the session with Ctrl-D and tells whether the program left.
  func leave() -> Bool {
    type("\u{04}")
    let end = Date().addingTimeInterval(10)
    while process.isRunning, Date() < end { usleep(20_000) }
    return !process.isRunning
  }
}
