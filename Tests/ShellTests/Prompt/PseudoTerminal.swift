import Foundation
import Synchronization
import TestSupport

/// The program at a prompt of its own: `script` gives it a terminal that it controls.
final class PseudoTerminal: @unchecked Sendable {
  private let process = Process()
  private let keys = Pipe()
  private let screen = Pipe()
  private let text = Mutex("")

  /// A prompt in a folder of its own, with a startup file, once it has shown itself.
  static func opened(environment: [String: String] = [:]) throws -> (PseudoTerminal, URL) {
    let folder = try ScratchFolder.made()
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("config/crs"), withIntermediateDirectories: true)
    try "set threads=2\nfromstartup = 5\n".write(
      to: folder.appendingPathComponent("config/crs/startup.crs"), atomically: true, encoding: .utf8)
    let terminal = try PseudoTerminal(
      binary: EndToEndTests.binary, folder: folder, environment: environment)
    guard terminal.shows("crs> ") else { throw CocoaError(.executableLoad) }
    return (terminal, folder)
  }

  convenience init(binary: URL, folder: URL, environment: [String: String] = [:]) throws {
    try self.init(command: "'\(binary.path)'", folder: folder, environment: environment)
  }

  /// Another program, such as a shell in which the prompt is started.
  init(command: String, folder: URL, environment changes: [String: String] = [:]) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
    process.arguments = ["-qfec", command, "/dev/null"]
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["TERM"] = "xterm"
    environment["XDG_STATE_HOME"] = folder.appendingPathComponent("state").path
    environment["XDG_CONFIG_HOME"] = folder.appendingPathComponent("config").path
    environment.merge(changes) { $1 }
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

  /// Whether the program ends by itself.
  func ends(within seconds: Double = 20) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while process.isRunning, Date() < end { usleep(20_000) }
    return !process.isRunning
  }

  func forget() { text.withLock { $0 = "" } }

  /// Text as a terminal sends it when the user pastes.
  func paste(_ text: String) { type("\u{1B}[200~" + text.replacing("\n", with: "\r") + "\u{1B}[201~") }

  var screenText: String { text.withLock { $0 } }

  /// Ends the session with Ctrl-D and tells whether the program left.
  func leave() -> Bool {
    // What is typed while a command still runs may be lost.
    for _ in 0..<5 where process.isRunning {
      usleep(200_000)
      type("\u{04}")
      let end = Date().addingTimeInterval(2)
      while process.isRunning, Date() < end { usleep(20_000) }
    }
    return !process.isRunning
  }
}
