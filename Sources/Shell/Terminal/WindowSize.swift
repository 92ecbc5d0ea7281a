internal import CEditline
import Foundation
import Synchronization

/// Whether the terminal's window has changed while a line was typed.
enum WindowSize {
  private static let flag = Atomic<Bool>(false)

  /// Takes the change; false when there was none.
  static func takeChange() -> Bool { flag.exchange(false, ordering: .relaxed) }

  /// Lets a change end a wait for keys while `body` runs; nowhere else, so that no other wait ends early.
  static func watched<Result>(_ body: () -> Result) -> Result {
    flag.store(false, ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in WindowSize.flag.store(true, ordering: .relaxed) }
    var before = sigaction()
    sigaction(SIGWINCH, &action, &before)
    defer { sigaction(SIGWINCH, &before, nil) }
    return body()
  }

  /// The row, from 0, in which a text that begins at the left edge ends.
  static func rows(of text: String, columns: Int) -> Int {
    var (row, column) = (0, 0)
    for scalar in text.unicodeScalars {
      if scalar == "\n" {
        (row, column) = (row + 1, 0)
        continue
      }
      let width = max(0, Int(wcwidth(wchar_t(scalar.value))))
      if column + width > columns { (row, column) = (row + 1, 0) }
      column += width
    }
    return row + (column >= columns ? 1 : 0)
  }
}
