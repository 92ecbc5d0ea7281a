import Calling
import Files
import Kernels
import Pipeline
import Plot

/// The figure of a value where nothing else is said.
package enum ValueFigure {
  /// - Throws: `CRSError` for values that have none.
  package static func figure(of value: Value, style: PlotStyle) throws -> Figure {
    switch value {
    case .image(let image): try ValuePlots.image(image, display: ImageDisplay(scale: .zscale), style: style)
    case .mask(let mask): try ValuePlots.mask(mask, style: style)
    case .stack(let stack): try ValuePlots.stack(stack, display: ImageDisplay(scale: .zscale), style: style)
    case .maskSet(let set): try ValuePlots.maskSet(set, style: style)
    case .diagram(let diagram): try ValuePlots.diagram(diagram, boundary: nil, style: style)
    case .boundary(let boundary): try ValuePlots.boundary(boundary, style: style)
    default: throw CRSError.usage("a value of kind \(value.kindName) has no figure")
    }
  }
}
