import Calling
import Kernels
import Pipeline
import Plot

/// Takes the lines of statements: to the front end, into the transcript, and together where they are a listing.
final class StatementOutput: Sendable {
  fileprivate struct State {
    var recorded: [String]?
    var listing: [String]?
    /// What the statement that runs has shown, for a notebook of the session.
    private(set) var shown: [SessionOutput] = []

    mutating func keep(_ output: SessionOutput) {
      // A definition may print for hours.
      if shown.count <= SessionOutput.most { shown.append(output) }
    }

    mutating func takeShown() -> [SessionOutput] {
      defer { shown = [] }
      return shown
    }
  }
  private let state = Guarded(State())
  private let frontend: any Frontend

  init(_ frontend: any Frontend) { self.frontend = frontend }

  func report(_ line: String) {
    if !isKept(line) { frontend.report(line) }
  }

  /// Tells of a result.
  ///
  /// - Parameter isAlone: whether it got no name.
  func show(_ value: Value, _ lines: [String], isLast: Bool, isAlone: Bool) {
    let isKept = lines.map { self.isKept($0, isShown: !isAlone) }.contains(true)
    if isAlone { state.withLock { $0.keep(.value(value, lines: lines)) } }
    if !isKept { frontend.display(.result(value, lines: lines, isLast: isLast)) }
  }

  func show(_ page: Page) {
    let isListed = state.withLock { state in
      state.recorded?.append(contentsOf: page.lines)
      state.listing?.append(contentsOf: page.lines)
      if !page.lines.isEmpty { state.keep(.page(page)) }
      return state.listing != nil
    }
    if !isListed { frontend.display(.page(page)) }
  }

  // MARK: - Figures

  /// Shows a figure; false where the command has to.
  func draw(_ figure: Figure) -> Bool {
    keep(figure)
    guard frontend.draw(figure) else { return false }
    // The transcript says that there was a picture.
    state.withLock { $0.recorded?.append("\u{1B}") }
    return true
  }

  /// Keeps a figure for the record.
  func keep(_ figure: Figure) { state.withLock { $0.keep(.figure(figure, dpi: nil)) } }

  var hasShown: Bool { state.withLock { !$0.shown.isEmpty } }

  var hasFigures: Bool { state.withLock { $0.hasFigures } }

  /// What was shown since the last call.
  func takeShown() -> [SessionOutput] {
    state.withLock { $0.takeShown() }
  }

  func note(_ line: String) {
    state.withLock { state in
      state.recorded?.append("note: " + line)
      // Behind a figure it says where that could not be shown, which a notebook can.
      if !state.hasFigures { state.keep(.note(line)) }
    }
    frontend.note(line)
  }

  /// An error that a loop or script survives.
  func error(_ error: any Error) {
    let text = ErrorText.text(error)
    state.withLock { $0.recorded?.append(text) }
    frontend.error(text)
  }

  /// Puts a line into the transcript; true when it waits in a listing.
  private func isKept(_ line: String, isShown: Bool = true) -> Bool {
    state.withLock { state in
      state.recorded?.append(line)
      // Pictures in the letters of a terminal are kept as figures.
      if isShown, !line.utf8.contains(0x1B) { state.keep(.line(line)) }
      state.listing?.append(line)
      return state.listing != nil
    }
  }

  /// Collects what follows for the transcript.
  func beginRecord() { state.withLock { $0.recorded = [] } }

  /// What was collected.
  func endRecord() -> [String] {
    state.withLock { state in
      defer { state.recorded = nil }
      return state.recorded ?? []
    }
  }

  /// Collects the lines of `body` and shows them together, also those before an error.
  func listing<Result>(_ body: () throws -> Result) rethrows -> Result {
    state.withLock { $0.listing = [] }
    defer {
      let lines = state.withLock { state -> [String] in
        defer { state.listing = nil }
        return state.listing ?? []
      }
      frontend.display(.listing(lines))
    }
    return try body()
  }
}

extension StatementOutput.State {
  fileprivate var hasFigures: Bool {
    shown.contains { if case .figure = $0 { true } else { false } }
  }
}
