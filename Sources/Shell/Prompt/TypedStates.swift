/// What a line held before, so that typing can be undone: a run of letters is one step.
struct TypedStates {
  private static let most = 1000

  private var states = [""]
  private var isRun = false

  /// Notes what the line holds before the next key.
  mutating func note(_ line: String) {
    guard let last = states.last, last != line else { return }
    let isLetter =
      line.count == last.count + 1 && line.hasPrefix(last) && line.last.map { !$0.isWhitespace } ?? false
    if isLetter, isRun, states.count > 1 {
      states[states.count - 1] = line
    } else {
      states.append(line)
      if states.count > Self.most { states.removeFirst() }
    }
    isRun = isLetter
  }

  /// What the line held before its last change; nil where nothing was typed.
  mutating func undo(from line: String) -> String? {
    note(line)
    guard states.count > 1 else { return nil }
    states.removeLast()
    isRun = false
    return states.last
  }
}
