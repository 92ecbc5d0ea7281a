internal import CEditline
import Foundation

/// libedit: reads lines with editing, history and completion. The only owner of its handles.
final class LineEditor {
  private let editor: OpaquePointer
  private let history: UnsafeMutableRawPointer?
  private let historyHandle: OpaquePointer?
  private let historyFile: String?
  fileprivate var prompt = strdup("crs> ")
  /// Finds candidates for the word before the cursor: what to replace and by what.
  fileprivate var complete: (_ line: String) -> (word: String, candidates: [String])

  /// nil when the terminal cannot be used.
  init?(historyFile: String?, complete: @escaping (String) -> (word: String, candidates: [String])) {
    guard let editor = el_init("crs", crs_stdin(), crs_stdout(), crs_stderr()) else { return nil }
    self.editor = editor
    self.complete = complete
    self.historyFile = historyFile
    history = nil
    historyHandle = history_init()
    crs_el_set_client_data(editor, Unmanaged.passUnretained(self).toOpaque())
    crs_el_set_prompt(editor) { editor in
      guard let data = crs_el_client_data(editor) else { return nil }
      return Unmanaged<LineEditor>.fromOpaque(data).takeUnretainedValue().prompt
    }
    crs_el_set_editor(editor, "emacs")
    crs_el_set_signal(editor, 0)
    crs_el_add_function(editor, "crs-complete", "Complete the word") { editor, _ in
      guard let editor, let data = crs_el_client_data(editor) else { return UInt8(CC_ERROR) }
      return Unmanaged<LineEditor>.fromOpaque(data).takeUnretainedValue().completeWord(editor)
    }
    crs_el_bind(editor, "\t", "crs-complete")
    crs_el_bind(editor, "^R", "em-inc-search-prev")
    if let historyHandle {
      crs_history_size(historyHandle, 100_000)
      crs_history_unique(historyHandle, 1)
      crs_el_set_history(editor, historyHandle)
      if let historyFile { crs_history_load(historyHandle, historyFile) }
    }
    el_source(editor, nil)
  }

  deinit {
    if let historyHandle { history_end(historyHandle) }
    el_end(editor)
    free(prompt)
  }

  enum Input {
    case line(String)
    case interrupted
    case end
  }

  /// Reads one line without its line end.
  func read(prompt text: String) -> Input {
    free(prompt)
    prompt = strdup(text)
    var count: Int32 = 0
    errno = 0
    guard let line = el_gets(editor, &count), count > 0 else {
      if errno == EINTR || count < 0 {
        el_reset(editor)
        return .interrupted
      }
      return .end
    }
    let bytes = UnsafeBufferPointer(start: UnsafePointer<UInt8>(OpaquePointer(line)), count: Int(count))
    var result = String(decoding: bytes, as: UTF8.self)
    if result.last == "\n" { result.removeLast() }
    return .line(result)
  }

  /// Adds a statement to the history and its file.
  func remember(_ statement: String) {
    guard let historyHandle, !statement.isEmpty else { return }
    crs_history_enter(historyHandle, statement)
    if let historyFile { crs_history_save(historyHandle, historyFile) }
  }

  fileprivate func completeWord(_ editor: OpaquePointer) -> UInt8 {
    guard let info = el_line(editor)?.pointee else { return UInt8(CC_ERROR) }
    let before = UnsafeBufferPointer(
      start: UnsafePointer<UInt8>(OpaquePointer(info.buffer)), count: info.cursor - info.buffer)
    let (word, candidates) = complete(String(decoding: before, as: UTF8.self))
    guard let first = candidates.first else { return UInt8(CC_REFRESH_BEEP) }
    var common = first
    for candidate in candidates { while !candidate.hasPrefix(common) { common.removeLast() } }
    if common.count > word.count {
      el_deletestr(editor, Int32(word.utf8.count))
      let done =
        candidates.count == 1 && !common.hasSuffix("=") && !common.hasSuffix("/") ? common + " " : common
      el_insertstr(editor, done)
      return UInt8(CC_REFRESH)
    }
    print("\n" + candidates.prefix(60).joined(separator: "  "))
    fflush(nil)
    return UInt8(CC_REDISPLAY)
  }
}
