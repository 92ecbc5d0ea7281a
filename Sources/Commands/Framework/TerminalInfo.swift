import Foundation

/// What the terminal that a command reports to can show.
public struct TerminalInfo: Sendable, Equatable {
  public enum Graphics: Sendable, Equatable { case kitty, iTerm, sixel, blocks }
  /// Characters a line and lines.
  public var columns: Int
  public var rows: Int
  public var graphics: Graphics
  /// 24-bit colours; else the 256 of the usual table.
  public var hasTrueColor: Bool
  /// Dots a line; 8 a character where the terminal does not tell.
  public var dots: Int

  public init(columns: Int, rows: Int, graphics: Graphics, hasTrueColor: Bool, dots: Int? = nil) {
    self.dots = dots ?? 8 * columns
    (self.columns, self.rows, self.graphics, self.hasTrueColor) = (columns, rows, graphics, hasTrueColor)
  }

  /// What the environment announces.
  public init(columns: Int, rows: Int, dots: Int? = nil, environment: [String: String]) {
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
