import Kernels

extension Panel {
  /// The labels of FITS pixel axes in the documents' figures.
  static let xPixelLabel = "X pixel (from 1 to NAXIS1)"
  static let yPixelLabel = "Y pixel (from 1 to NAXIS2)"

  /// A panel that shows an image on FITS pixel axes.
  ///
  /// - Parameters:
  ///   - firstX: FITS column of the first pixel; `firstY` its row.
  ///   - barLabel: label of the colour bar; nil: no bar.
  static func image(
    _ plane: Plane<Float>, norm: Norm, title: String? = nil, colorMap: ColorMap = .viridis,
    binning: ImageLayer.Binning = .max, firstX: Int = 1, firstY: Int = 1, overlays: [Layer] = [],
    aspect: Panel.Aspect = .equal, barLabel: String? = "Number of counts", categories: [String]? = nil,
    corner: String? = nil
  ) -> Panel {
    let x = Axis(pixels: xPixelLabel, first: firstX, count: plane.width)
    let y = Axis(pixels: yPixelLabel, first: firstY, count: plane.height)
    var layers: [Layer] = [
      .image(
        ImageLayer(plane, norm: norm, colorMap: colorMap, binning: binning, firstX: firstX, firstY: firstY))
    ]
    if !plane.pixels.contains(where: { !$0.isNaN }) {
      layers.append(
        .text(
          TextLayer("no finite pixel", x: (x.lower + x.upper) / 2, y: (y.lower + y.upper) / 2)))
    }
    let bar = barLabel.map {
      ColorBar(label: $0.isEmpty ? nil : $0, norm: norm, colorMap: colorMap, categories: categories)
    }
    return Panel(
      title: title, x: x, y: y, layers: layers + overlays, aspect: aspect, colorBar: bar, corner: corner)
  }
}

extension Mask {
  /// 1 where a pixel is flagged, NaN elsewhere, for drawing over an image.
  var overlay: Plane<Float> { plane.map { $0 == 0 ? .nan : 1 } }
}

extension Figure {
  /// Page size of one image panel [inch]: the image's own shape within readable bounds.
  static func size(of shape: Shape, width: Double = 7) -> (width: Double, height: Double) {
    let ratio = Double(max(shape.height, 1)) / Double(max(shape.width, 1))
    return (width, min(max((width - 1.6) * ratio + 1, 2.2), 9.5))
  }
}
