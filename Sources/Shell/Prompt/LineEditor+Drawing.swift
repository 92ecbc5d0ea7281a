internal import CEditline
import Foundation

// The line on the screen after something else has been there.
extension LineEditor {
  /// Draws the line anew after the window has changed and the terminal has broken it at its new width.
  func redraw() {
    let columns = Terminal.current?.columns ?? 80
    let above = WindowSize.rows(of: promptText + textBeforeCursor, columns: columns)
    Output.raw("\r" + (above > 0 ? "\u{1B}[\(above)A" : "") + "\u{1B}[J")
    el_resize(editor)
    crs_el_refresh(editor)
  }

  /// Ctrl-Z: gives the terminal back as it was, stops, and draws the line anew when the program goes on.
  func stop() {
    let columns = Terminal.current?.columns ?? 80
    let before = WindowSize.rows(of: promptText + textBeforeCursor, columns: columns)
    let below = WindowSize.rows(of: promptText + typed.line, columns: columns) - before
    if below > 0 { Output.raw("\u{1B}[\(below)B") }
    if TerminalInput.marksPastes { Output.raw(TerminalInput.marksOff) }
    crs_el_takes_terminal(editor, 0)
    let hasStopped = TypingSignals.stop()
    // Also when it was stopped by others, and its shell had the terminal.
    crs_el_takes_terminal(editor, 0)
    crs_el_takes_terminal(editor, 1)
    if TerminalInput.marksPastes { Output.raw(TerminalInput.marksOn) }
    if hasStopped {
      Output.raw("\r\u{1B}[J")
      el_resize(editor)
      crs_el_refresh(editor)
    } else {
      if below > 0 { Output.raw("\u{1B}[\(below)A") }
      redraw()
    }
  }

  private var promptText: String { prompt.map { String(cString: $0) } ?? "" }

  /// What stands before the cursor.
  var textBeforeCursor: String {
    guard let info = el_line(editor)?.pointee else { return "" }
    return String(
      decoding: UnsafeBufferPointer(
        start: UnsafePointer<UInt8>(OpaquePointer(info.buffer)), count: info.cursor - info.buffer),
      as: UTF8.self)
  }
}
