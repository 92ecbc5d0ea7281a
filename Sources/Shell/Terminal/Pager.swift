import Calling
import Foundation
import Language

/// Shows a long listing a screenful at a time.
enum Pager {
  /// - Returns: whether the lines were shown; not when they fit the screen or there is no pager.
  static func show(_ lines: [String]) -> Bool {
    guard let terminal = Terminal.current, isatty(0) == 1, !fits(lines, terminal),
      let command = command(ProcessInfo.processInfo.environment)
    else { return false }
    let text = lines.map { $0 + "\n" }.joined()
    return ProgressLine.shared.paused { ForegroundProgram.run(command, input: text) } != nil
  }

  static func fits(_ lines: [String], _ terminal: TerminalInfo) -> Bool {
    let rows = lines.reduce(0) { $0 + max(1, ($1.count + terminal.columns - 1) / max(1, terminal.columns)) }
    return rows < terminal.rows
  }

  /// $PAGER, else less where it is installed.
  static func command(_ environment: [String: String]) -> String? {
    if let own = environment["PAGER"], !own.allSatisfy(\.isWhitespace) { return own }
    if environment["TERM"] == "dumb" { return nil }
    let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    let isThere = folders.contains { FileManager.default.isExecutableFile(atPath: $0 + "/less") }
    return isThere ? "less -FRX" : nil
  }
}
