import Calling
import Files
import Pipeline
import Plot

/// A session as a notebook: a cell for each typed statement, with what it made and showed. Run again, it shows the same.
struct SessionNotebook {
  let session: Session

  /// - Throws: `CRSError` (data) when a figure cannot be drawn.
  func document() throws -> NotebookDocument {
    var cells: [NotebookDocument.Cell] = [.markdown("A session of crs \(CRSVersion.text).")]
    if !session.needs.isEmpty { cells.append(.code(session.needs.joined(separator: "\n"), [])) }
    var step: [Session.Recorded] = []
    for record in session.record {
      if let last = step.last, last.step != record.step {
        cells.append(try cell(of: step))
        step = []
      }
      step.append(record)
    }
    if !step.isEmpty { cells.append(try cell(of: step)) }
    return NotebookDocument(cells: cells)
  }

  private func cell(of records: [Session.Recorded]) throws -> NotebookDocument.Cell {
    var outputs = CellOutputs(style: session.settings.figures)
    for (k, record) in records.enumerated() {
      try outputs.add(record, isLast: k == records.count - 1)
    }
    return .code(records.map(\.cellText).joined(separator: "\n"), outputs.all)
  }
}

extension Session.Recorded {
  /// As it is typed: a value alone shows what it is.
  fileprivate var cellText: String { isAlone && text.hasPrefix("_ = ") ? String(text.dropFirst(4)) : text }
}

/// The outputs of a cell, lines that follow each other together.
private struct CellOutputs {
  /// How figures of values look.
  let style: FigureStyle
  private var finished: [NotebookDocument.Output] = []
  private var lines: [String] = []
  private var areNotes = false

  init(style: FigureStyle) { self.style = style }

  var all: [NotebookDocument.Output] { finished + open }

  private var open: [NotebookDocument.Output] {
    guard !lines.isEmpty else { return [] }
    let text = lines.map { $0 + "\n" }.joined()
    return [areNotes ? .notes(text) : .text(text)]
  }

  mutating func add(_ record: Session.Recorded, isLast: Bool) throws {
    for shown in record.shown {
      switch shown {
      case .line(let line): print(line)
      case .note(let line): print("note: " + line, isNote: true)
      case .page(let page):
        let bundle = MimeBundle(page)
        finish(.display(data: bundle.data, metadata: bundle.metadata))
      case .figure(let figure, let dpi):
        var style = style
        style.dpi = dpi
        let bundle = try ValueDisplay(style: style, inline: .png).bundle(of: figure)
        finish(.display(data: bundle.data, metadata: bundle.metadata))
      case .value(let value, let lines):
        guard isLast, record.isAlone else {
          lines.forEach { print($0) }
          continue
        }
        let bundle = ValueDisplay(style: style, inline: .png)
          .bundle(of: value, text: lines.joined(separator: "\n"))
        finish(.result(data: bundle.data, metadata: bundle.metadata))
      }
    }
    // Loops bind numbers and texts without a word; the same statement typed tells of it.
    if record.isRound { print(record.text.replacing(" = ", with: ": ", maxReplacements: 1)) }
  }

  private mutating func print(_ line: String, isNote: Bool = false) {
    if isNote != areNotes { finish(nil) }
    areNotes = isNote
    lines.append(line)
  }

  private mutating func finish(_ output: NotebookDocument.Output?) {
    finished += open
    lines = []
    if let output { finished.append(output) }
  }
}
