internal import CEditline
import Foundation

/// The width of the terminal's window.
enum WindowSize {
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
