internal import CEditline
import Foundation
import Language

/// libedit: reads lines with editing, history and completion. The only owner of its handles.
final class LineEditor {
  let editor: OpaquePointer
  private let historyHandle: OpaquePointer?
  private let historySource: UnsafeMutablePointer<crs_history_source>
  private let historyFile: String?
  /// Which keys it has: emacs or vi.
  private(set) var keys = "emacs"
  /// What the user's .editrc says.
  let ownLines = LineEditor.ownLines()
  let input = TerminalInput(
    known: LineEditor.knownSequences,
    hasSignal: { Interruption.cancellation.isRaised || TypingSignals.waits },
    isGivenUp: { Interruption.cancellation.isRaised })
  /// What Up and Down show.
  var statements = StatementRecall()
  /// What typing can be undone to.
  var typing = TypedStates()
  /// The argument that was inserted last, and the line that it made.
  var lastArgument: (line: String, cursor: Int, text: String, back: Int)?
  private var isHistoryLoaded = false
  var prompt = strdup("crs> ")
  /// Finds candidates for the word before the cursor: what to replace and by what.
  fileprivate var complete: (_ line: String) -> (word: String, candidates: [Completer.Candidate])

  /// nil when the terminal cannot be used.
  init?(
    historyFile: String?, complete: @escaping (String) -> (word: String, candidates: [Completer.Candidate])
  ) {
    TextLocale.use()
    guard let editor = el_init("crs", crs_stdin(), crs_stdout(), crs_stderr()) else { return nil }
    self.editor = editor
    self.complete = complete
    self.historyFile = historyFile
    historyHandle = history_init()
    historySource = .allocate(capacity: 1)
    historySource.initialize(to: crs_history_source())
    crs_el_set_client_data(editor, Unmanaged.passUnretained(self).toOpaque())
    crs_el_set_prompt(editor) { editor in
      guard let data = crs_el_client_data(editor) else { return nil }
      return Unmanaged<LineEditor>.fromOpaque(data).takeUnretainedValue().prompt
    }
    crs_el_set_editor(editor, "emacs")
    crs_el_set_signal(editor, 0)
    addFunctions()
    // libedit miscounts wide characters where it lets the terminal insert and delete: it draws anew instead.
    for name in ["im", "ei", "ic", "IC", "dc", "DC"] { crs_el_set_capability(editor, name, "") }
    el_source(editor, nil)
    keys = crs_el_editor(editor).map { String(cString: $0) } ?? keys
    crs_el_set_reader(editor) { editor, character in
      guard let editor, let character, let data = crs_el_client_data(editor) else { return 0 }
      return Unmanaged<LineEditor>.fromOpaque(data).takeUnretainedValue().readKey(editor, character)
    }
    bindKeys()
    if let historyHandle {
      crs_history_size(historyHandle, 100_000)
      crs_history_unique(historyHandle, 1)
      historySource.pointee.history = historyHandle
      historySource.pointee.owner = Unmanaged.passUnretained(self).toOpaque()
      if historyFile != nil {
        historySource.pointee.fill = { owner in
          guard let owner else { return }
          Unmanaged<LineEditor>.fromOpaque(owner).takeUnretainedValue().loadHistory()
        }
      }
      crs_el_set_history(editor, historySource)
    }
  }

  deinit {
    if let historyHandle { history_end(historyHandle) }
    el_end(editor)
    historySource.deallocate()
    free(prompt)
  }

  /// The owner of a handle, which libedit gives to its functions.
  static func of(_ editor: OpaquePointer?) -> LineEditor? {
    guard let editor, let data = crs_el_client_data(editor) else { return nil }
    return Unmanaged<LineEditor>.fromOpaque(data).takeUnretainedValue()
  }

  /// Reads the statements of all sessions, those of this one included, when they are first wanted.
  func loadHistory() {
    guard !isHistoryLoaded else { return }
    isHistoryLoaded = true
    guard let historyFile else { return }
    let older = HistoryFile(path: historyFile).statements
    statements.add(contentsOf: older)
    if let historyHandle { older.forEach { crs_history_enter(historyHandle, $0) } }
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
    if TerminalInput.marksPastes { Output.raw(TerminalInput.marksOn) }
    defer { if TerminalInput.marksPastes { Output.raw(TerminalInput.marksOff) } }
    el_resize(editor)
    typing = TypedStates()
    lastArgument = nil
    errno = 0
    let read = TypingSignals.watched { el_gets(editor, &count) }
    guard let line = read, count > 0 else {
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
    bindKeys()
  }

  /// A control character that no keyboard sends: a paste.
  static let pasteKey: Unicode.Scalar = "\u{9F}"

  /// libedit's reader of keys: 1 with a key, 0 at the end, -1 after a signal.
  fileprivate func readKey(_ editor: OpaquePointer, _ character: UnsafeMutablePointer<wchar_t>) -> Int32 {
    typing.note(typed.line)
    while true {
      switch input.next() {
      case .character(let scalar):
        character.pointee = wchar_t(scalar.value)
        return 1
      case .paste:
        character.pointee = wchar_t(Self.pasteKey.value)
        return 1
      case .end: return 0
      case .signal:
        guard !Interruption.cancellation.isRaised else {
          errno = EINTR
          return -1
        }
        if TypingSignals.wantsStop { stop() }
        if TypingSignals.takeChange() { redraw() }
      }
    }
  }

  /// Adds a statement to the history and its file.
  func remember(_ statement: String) {
    guard !statement.isEmpty else { return }
    // What is not loaded yet comes from the file with the rest.
    if isHistoryLoaded || historyFile == nil {
      if let historyHandle { crs_history_enter(historyHandle, statement) }
      statements.add(statement)
    }
    if let historyFile { HistoryFile(path: historyFile).append(statement) }
  }

  func completeWord() -> UInt8 {
    let (word, candidates) = complete(textBeforeCursor)
    guard let first = candidates.first else { return UInt8(CC_REFRESH_BEEP) }
    var common = first.text
    for candidate in candidates { while !candidate.text.hasPrefix(common) { common.removeLast() } }
    if common.count > word.count {
      el_deletestr(editor, Int32(word.unicodeScalars.count))
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
    let shown = min(candidates.count, across * 30)
    let rest = candidates.count > shown ? ["... and \(candidates.count - shown) more"] : []
    return stride(from: 0, to: shown, by: across).map { first in
      candidates[first..<min(candidates.count, first + across)].map {
        $0.text.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      }.joined()
    } + rest
  }
}
