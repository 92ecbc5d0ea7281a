import Foundation

/// What the terminal that a command reports to can show.
package struct TerminalInfo: Sendable, Equatable {
  package enum Graphics: Sendable, Equatable { case kitty, iTerm, sixel, blocks }
  /// Characters a line and lines.
  package var columns: Int
  package var rows: Int
  package var graphics: Graphics
  /// 24-bit colours; else the 256 of the usual table.
  package var hasTrueColor: Bool
  /// Dots a line; 8 a character where the terminal does not tell.
  package var dots: Int

  package init(columns: Int, rows: Int, graphics: Graphics, hasTrueColor: Bool, dots: Int? = nil) {
    self.dots = dots ?? 8 * columns
    (self.columns, self.rows, self.graphics, self.hasTrueColor) = (columns, rows, graphics, hasTrueColor)
  }

  /// What the environment announces.
  package init(columns: Int, rows: Int, dots: Int? = nil, environment: [String: String]) {
    let name = environment["TERM"] ?? ""
    let program = environment["TERM_PROGRAM"] ?? ""
    let graphics: Graphics =
      if environment["TMUX"] != nil || name.hasPrefix("screen") || name.hasPrefix("tmux") {
        .blocks
      } else if environment["KITTY_WINDOW_ID"] != nil || name == "xterm-kitty" || program == "ghostty" {
        .kitty
      } else if program == "iTerm.app" || program == "WezTerm" {
        .iTerm
      } else {
        .blocks
      }
    let colors = environment["COLORTERM"] ?? ""
    self.init(
      columns: columns, rows: rows, graphics: graphics,
      hasTrueColor: colors == "truecolor" || colors == "24bit", dots: dots)
  }
}
