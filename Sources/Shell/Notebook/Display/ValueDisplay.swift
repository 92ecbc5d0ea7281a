import Calling
import Commands
import Kernels
import Language
import Pipeline
import Plot

/// Values as they stand under a cell: pictures, tables, or their line.
struct ValueDisplay {
  let session: Session
  /// Pixels an inch: figures fit a notebook's width.
  static let dpi = 100.0

  /// - Parameter line: what the prompt prints.
  func bundle(of value: Value, line: String) -> MimeBundle {
    switch value {
    case .image, .stack, .mask, .maskSet, .diagram, .boundary:
      // A value that cannot be drawn, an image without pixels in range say, has its line.
      guard let figure = try? ValueFigure.figure(of: value, style: session.settings.figures.plotStyle),
        let bundle = try? self.bundle(of: figure, line: line)
      else { return MimeBundle(text: line) }
      return bundle
    case .table(let table):
      var bundle = MimeBundle(text: ([line] + TableText.lines(table)).joined(separator: "\n"))
      bundle.data["text/html"] = .text(HTML.text([.table(table), .paragraph(line)]))
      return bundle
    default: return MimeBundle(text: line)
    }
  }

  /// - Throws: `CRSError` (data) when the figure cannot be drawn.
  func bundle(of figure: Figure, line: String? = nil) throws -> MimeBundle {
    MimeBundle(png: try figure.png(dpi: session.settings.figures.dpi ?? Self.dpi), text: line)
  }
}
