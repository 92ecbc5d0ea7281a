import Calling
import Files
import Pipeline
import Plot

/// A session as a notebook: its statements, what they made, and the figures that they showed.
struct SessionNotebook {
  let session: Session
  /// Pixels an inch: figures fit a notebook's width.
  private static let dpi = 100.0

  /// - Throws: `CRSError` (data) when a figure cannot be drawn.
  func document() throws -> NotebookDocument {
    let names = Dictionary(grouping: session.names) { session[$0]?.origin ?? -1 }
    var cells: [NotebookDocument.Cell] = [.markdown("A session of crs \(CRSVersion.text).")]
    if !session.needs.isEmpty { cells.append(.code(session.needs.joined(separator: "\n"), [])) }
    for (k, record) in session.record.enumerated() {
      let lines = (names[k] ?? []).compactMap { name in session[name].map { "\(name): \($0.summary)\n" } }
      let text: [NotebookDocument.Output] = lines.isEmpty ? [] : [.text(lines.joined())]
      let pictures = try record.figures.map { NotebookDocument.Output.picture(try $0.png(dpi: Self.dpi)) }
      cells.append(.code(record.text, text + pictures))
    }
    return NotebookDocument(cells: cells)
  }
}
