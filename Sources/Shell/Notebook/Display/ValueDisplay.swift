import Calling
import Commands
import Kernels
import Language
import Pipeline
import Plot

/// Values as they stand under a cell: pictures, tables, or their text.
struct ValueDisplay {
  let session: Session
  /// Pixels an inch: figures fit a notebook's width.
  static let dpi = 100.0

  /// - Parameter text: what the prompt prints.
  func bundle(of value: Value, text: String) -> MimeBundle {
    switch value {
    case .image, .stack, .mask, .maskSet, .diagram, .boundary:
      // A value that cannot be drawn, an image without pixels in range say, has its text.
      guard let figure = try? ValueFigure.figure(of: value, style: session.settings.figures.plotStyle),
        let bundle = try? self.bundle(of: figure, text: text)
      else { return MimeBundle(text: text) }
      return bundle
    case .table(let table):
      var bundle = MimeBundle(text: text)
      let count = table.rows.count == 1 ? "1 row" : "\(table.rows.count) rows"
      bundle.data["text/html"] = .text(HTML.text([.table(table), .paragraph(count)]))
      return bundle
    default: return MimeBundle(text: text)
    }
  }

  /// - Throws: `CRSError` (data) when the figure cannot be drawn.
  func bundle(of figure: Figure, text: String? = nil) throws -> MimeBundle {
    switch session.settings.inline {
    case .png: MimeBundle(png: try figure.png(dpi: session.settings.figures.dpi ?? Self.dpi), text: text)
    case .svg: MimeBundle(svg: try figure.svg(), text: text)
    }
  }
}
