internal import CEditline
import Foundation

// Keys that libedit does not know, or knows otherwise than people's fingers.
extension LineEditor {
  /// Functions of ours by their names.
  func addFunctions() {
    crs_el_add_function(editor, "crs-complete", "Complete the word") { editor, _ in
      LineEditor.of(editor)?.completeWord() ?? UInt8(CC_ERROR)
    }
    crs_el_add_function(editor, "crs-paste", "Insert what was pasted") { editor, _ in
      LineEditor.of(editor)?.insertPasted() ?? UInt8(CC_ERROR)
    }
    crs_el_add_function(editor, "crs-older", "The last statement that begins like the line") { editor, _ in
      LineEditor.of(editor)?.recall(isOlder: true) ?? UInt8(CC_ERROR)
    }
    crs_el_add_function(editor, "crs-newer", "The next statement that begins like the line") { editor, _ in
      LineEditor.of(editor)?.recall(isOlder: false) ?? UInt8(CC_ERROR)
    }
    crs_el_add_function(editor, "crs-last-argument", "Insert the last argument of the last statement") {
      editor, _ in LineEditor.of(editor)?.insertLastArgument() ?? UInt8(CC_ERROR)
    }
    crs_el_add_function(editor, "crs-undo", "Undo typing") { editor, _ in
      LineEditor.of(editor)?.undoTyping() ?? UInt8(CC_ERROR)
    }
  }

  /// Sequences of all terminals: which one a key sends depends on its mode and its program.
  private static let sequences: [(keys: [String], function: String)] = [
    (["[A", "OA"], "crs-older"), (["[B", "OB"], "crs-newer"),
    (["[H", "OH", "[1~", "[7~", "[1;5H"], "ed-move-to-beg"),
    (["[F", "OF", "[4~", "[8~", "[1;5F"], "ed-move-to-end"),
    (words("D") + ["Od"], "ed-prev-word"), (words("C") + ["Oc"], "em-next-word"),
    (["[3~"], "ed-delete-next-char"), (["[3;5~", "[3;3~"], "em-delete-next-word"),
    ([".", "_"], "crs-last-argument"), (["[C", "OC"], "ed-next-char"), (["[D", "OD"], "ed-prev-char"),
    (["OM"], "ed-newline"),
  ]

  /// An arrow with Ctrl (5) or Alt (3, 9), as terminals of all ages send it.
  private static func words(_ arrow: String) -> [String] {
    ["5", "3", "9"].flatMap { ["[1;\($0)", "O1;\($0)", "[\($0)", "O\($0)"] }.map { $0 + arrow }
  }

  /// A control character that no keyboard sends, for each function that keys with sequences have: Esc alone is a key
  /// of vi, which a sequence that is bound would hide.
  private static func code(_ index: Int) -> Unicode.Scalar {
    Unicode.Scalar(UInt8(truncatingIfNeeded: 0x80 + index))
  }

  /// What stands for what keys send behind their Esc.
  static let knownSequences = Dictionary(
    sequences.enumerated().flatMap { index, entry in entry.keys.map { ($0, code(index)) } },
    uniquingKeysWith: { first, _ in first })

  /// Gives the keys their functions, in vi those that are no letters in its command mode too; then what the user's
  /// own .editrc binds.
  func bindKeys() {
    for (key, function) in [
      ("\t", "crs-complete"), ("^R", "em-inc-search-prev"), ("^P", "crs-older"), ("^N", "crs-newer"),
      ("^_", "crs-undo"),
    ] { crs_el_bind(editor, key, function) }
    let coded =
      Self.sequences.enumerated().map { (Self.code($0), $1.function) } + [(Self.pasteKey, "crs-paste")]
    for (code, function) in coded {
      let key = "\\" + String(code.value, radix: 8)
      crs_el_bind(editor, key, function)
      crs_el_bind_command_mode(editor, key, function)
    }
    for line in ownLines { crs_el_own_line(editor, line) }
  }

  /// The lines of ~/.editrc, or of the file that EDITRC names.
  static func ownLines() -> [String] {
    let environment = ProcessInfo.processInfo.environment
    guard let path = environment["EDITRC"] ?? environment["HOME"].map({ $0 + "/.editrc" }),
      let text = try? String(contentsOfFile: path, encoding: .utf8)
    else { return [] }
    return text.split(whereSeparator: \.isNewline).map { $0.trimmingBlanks() }.filter { !$0.hasPrefix("#") }
  }

  // MARK: - What the keys do

  private func insertPasted() -> UInt8 {
    guard !input.pasted.isEmpty, el_insertstr(editor, input.pasted) == 0 else {
      return UInt8(CC_REFRESH_BEEP)
    }
    return UInt8(CC_REFRESH)
  }

  private func recall(isOlder: Bool) -> UInt8 {
    loadHistory()
    let (line, cursor) = typed
    let found =
      isOlder
      ? statements.older(than: line, cursor: cursor) : statements.newer(than: line, cursor: cursor)
    guard let found else { return UInt8(CC_REFRESH_BEEP) }
    return replace(by: found)
  }

  private func insertLastArgument() -> UInt8 {
    loadHistory()
    let (line, cursor) = typed
    var back = 0
    if let last = lastArgument, last.line == line, last.cursor == cursor {
      back = last.back + 1
      guard statements.lastArgument(back: back) != nil else { return UInt8(CC_REFRESH_BEEP) }
      el_deletestr(editor, Int32(last.text.unicodeScalars.count))
    }
    guard let text = statements.lastArgument(back: back), !text.isEmpty, el_insertstr(editor, text) == 0
    else {
      return UInt8(CC_REFRESH_BEEP)
    }
    let now = typed
    lastArgument = (now.line, now.cursor, text, back)
    return UInt8(CC_REFRESH)
  }

  private func undoTyping() -> UInt8 {
    guard let before = typing.undo(from: typed.line) else { return UInt8(CC_REFRESH_BEEP) }
    return replace(by: before)
  }

  /// Puts another text into the line, with the cursor behind it.
  private func replace(by text: String) -> UInt8 {
    let line = typed.line
    el_cursor(editor, Int32(line.unicodeScalars.count))
    el_deletestr(editor, Int32(line.unicodeScalars.count))
    if !text.isEmpty { el_insertstr(editor, text) }
    return UInt8(CC_REFRESH)
  }

  /// The whole line, and how many characters stand before the cursor.
  var typed: (line: String, cursor: Int) {
    guard let info = el_line(editor)?.pointee else { return ("", 0) }
    func text(_ end: UnsafePointer<CChar>) -> String {
      String(
        decoding: UnsafeBufferPointer(
          start: UnsafePointer<UInt8>(OpaquePointer(info.buffer)), count: end - info.buffer), as: UTF8.self)
    }
    return (text(info.lastchar), text(info.cursor).count)
  }
}
