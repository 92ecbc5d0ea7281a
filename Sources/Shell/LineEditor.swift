internal import CEditline
import Foundation

/// libedit: reads lines with editing, history and completion. The only owner of its handles.
final class LineEditor {
  private let editor: OpaquePointer
  private let history: UnsafeMutableRawPointer?
  private let historyHandle: OpaquePointer?
  private let historyFile: String?
  private var keys = "emacs"
  fileprivate var prompt = strdup("crs> ")
  /// Finds candidates for the word before the cursor: what to replace and by what.
  fileprivate var complete: (_ line: String) -> (word: String, candidates: [Completer.Candidate])

  /// nil when the terminal cannot be used.
  init?(
    historyFile: String?, complete: @escaping (String) -> (word: String, candidates: [Completer.Candidate])
  ) {
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

  /// Changes the keys: emacs or vi.
  func use(_ keys: String) {
    guard keys != self.keys else { return }
    self.keys = keys
    crs_el_set_editor(editor, keys)
    crs_el_bind(editor, "\t", "crs-complete")
    crs_el_bind(editor, "^R", "em-inc-search-prev")
  }

  /// Adds a statement to the history and its file.
  func remember(_ statement: String) {
    guard let historyHandle, !statement.isEmpty else { return }
    crs_history_enter(historyHandle, statement)
    if let historyFile { HistoryFile(path: historyFile).append(statement) }
  }

  fileprivate func completeWord(_ editor: OpaquePointer) -> UInt8 {
    guard let info = el_line(editor)?.pointee else { return UInt8(CC_ERROR) }
    let before = UnsafeBufferPointer(
      start: UnsafePointer<UInt8>(OpaquePointer(info.buffer)), count: info.cursor - info.buffer)
    let (word, candidates) = complete(String(decoding: before, as: UTF8.self))
    guard let first = candidates.first else { return UInt8(CC_REFRESH_BEEP) }
    var common = first.text
    for candidate in candidates { while !candidate.text.hasPrefix(common) { common.removeLast() } }
    if common.count > word.count {
      el_deletestr(editor, Int32(word.utf8.count))
      let done =
        candidates.count == 1 && !common.hasSuffix("=") && !common.hasSuffix("/") ? common + " " : common
      el_insertstr(editor, done)
      return UInt8(CC_REFRESH)
    }
    print("\n" + Self.listing(candidates).joined(separator: "\n"))
    fflush(nil)
    return UInt8(CC_REDISPLAY)
  }

  /// A line each with its meaning, or names alone where there are many.
  private static func listing(_ candidates: [Completer.Candidate]) -> [String] {
    let columns = Terminal.current?.columns ?? 80
    let width = candidates.map(\.text.count).max() ?? 0
    if candidates.count <= 24 {
      return candidates.map { candidate in
        let name = candidate.text.padding(toLength: width, withPad: " ", startingAt: 0)
        return String("\(name)  \(candidate.help)".prefix(columns - 1))
      }
    }
    let across = max(1, columns / (width + 2))
    return stride(from: 0, to: min(candidates.count, across * 30), by: across).map { first in
      candidates[first..<min(candidates.count, first + across)].map {
        $0.text.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      }.joined()
    }
  }
}
