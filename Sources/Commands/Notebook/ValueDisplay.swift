import Calling
import Kernels
import Pipeline
import Plot

/// Values as they stand under a cell: pictures, tables, or their text.
package struct ValueDisplay {
  /// How figures look.
  let style: FigureStyle
  let inline: Session.Inline
  /// Dots an inch: figures fit a notebook's width.
  static let dpi = 100.0

  package init(style: FigureStyle, inline: Session.Inline) { (self.style, self.inline) = (style, inline) }

  /// As the settings of a session say.
  package init(session: Session) {
    self.init(style: session.settings.figures, inline: session.settings.inline)
  }

  /// - Parameter text: what the prompt prints.
  package func bundle(of value: Value, text: String) -> MimeBundle {
    switch value {
    case .image, .stack, .mask, .maskSet, .diagram, .boundary:
      // A value that cannot be drawn, an image without pixels in range say, has its text.
      guard let figure = try? ValueFigure.figure(of: value, style: style.plotStyle),
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
  package func bundle(of figure: Figure, text: String? = nil) throws -> MimeBundle {
    switch inline {
    case .png: MimeBundle(png: try figure.png(dpi: style.dpi ?? Self.dpi), text: text)
    case .svg: MimeBundle(svg: try figure.svg(), text: text)
    }
  }
}
