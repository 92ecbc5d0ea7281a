import Files
import Kernels

/// The figures xyoffset_crosscorr_1..n: an exposure before and after its shift.
package struct CrossCorrelationFigure: Sendable {
  /// Number of the exposure, from 1.
  package var number: Int
  package var region: Section
  /// Median and exposure, and the exposure shifted onto the median; whole images or just the region.
  package var median: Plane<Float>
  package var exposure: Plane<Float>
  package var shifted: Plane<Float>
  /// The offset found, for the title.
  package var offset: Offset?

  package init(
    number: Int, region: Section, median: Plane<Float>, exposure: Plane<Float>, shifted: Plane<Float>,
    offset: Offset? = nil
  ) {
    (self.number, self.region, self.median) = (number, region, median)
    (self.exposure, self.shifted, self.offset) = (exposure, shifted, offset)
  }

  /// File name without its ending.
  package var name: String { "xyoffset_crosscorr_\(number)" }

  /// - Throws: `CRSError` (data) when a plane is neither as large as the region nor contains it.
  package func figure(style: PlotStyle = .screen) throws -> Figure {
    let reference = try part(median)
    let image = try part(exposure)
    let moved = try part(shifted)
    let before = difference(reference, image)
    let after = difference(reference, moved)
    let norm = Norm(linear: .minMax(reference.pixels))
    let differences = Norm(
      linear: DisplayRange(
        lower: DisplayRange.percentiles(5, 95, of: before.pixels).lower,
        upper: DisplayRange.percentiles(5, 95, of: after.pixels).upper))
    func panel(_ plane: Plane<Float>, _ title: String, _ norm: Norm) -> Panel {
      Panel.image(plane, norm: norm, title: title, firstX: region.x1, firstY: region.y1)
    }
    let title = offset.map {
      "Image \(number): offset x = \(NumberText.fixed($0.x, decimals: 2)), "
        + "y = \(NumberText.fixed($0.y, decimals: 2)) pixels"
    }
    let size = Figure.size(of: Shape(width: region.width, height: region.height), width: 5.2)
    return Figure(
      width: 10.4, height: 2 * size.height + 0.3, title: title, columns: 2,
      panels: [
        panel(reference, "Median", norm), panel(image, "Image \(number)", norm),
        panel(before, "Median − Image \(number)", differences),
        panel(after, "Median − Shifted Image \(number)", differences),
      ], style: style, links: [[0, 1, 2, 3]], sharesLabels: true)
  }

  private func part(_ plane: Plane<Float>) throws -> Plane<Float> {
    if plane.width == region.width, plane.height == region.height { return plane }
    return plane[try region.validated(inside: plane.shape, parameter: "mm_crosscorr_region")]
  }

  private func difference(_ a: Plane<Float>, _ b: Plane<Float>) -> Plane<Float> {
    Plane(width: a.width, height: a.height, pixels: zip(a.pixels, b.pixels).map { $0 - $1 })
  }
}
