import Calling
import Foundation

/// The terminal on standard output.
enum Terminal {
  /// With the best way to show pictures, for which the terminal may be asked.
  static var forPictures: TerminalInfo? {
    var terminal = current
    if terminal?.graphics == .blocks, TerminalAnswer.announcesSixel() { terminal?.graphics = .sixel }
    return terminal
  }

  /// The width of the terminal that a descriptor is; nil where it is none or does not say.
  static func columns(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }

  /// nil when standard output is none.
  static var current: TerminalInfo? {
    guard isatty(1) == 1 else { return nil }
    var size = winsize()
    let isKnown = ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return TerminalInfo(
      columns: isKnown ? Int(size.ws_col) : 80, rows: isKnown ? Int(size.ws_row) : 24,
      dots: isKnown && size.ws_xpixel > 0 ? Int(size.ws_xpixel) : nil,
      environment: ProcessInfo.processInfo.environment)
  }
}
