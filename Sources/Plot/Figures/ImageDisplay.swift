import Kernels

/// How a user wants an image shown.
package struct ImageDisplay: Sendable, Equatable {
  /// Limits in the image's unit; nil: found by `scale`.
  package var vmin: Double?
  package var vmax: Double?
  /// The part to show; nil: all of it.
  package var region: Section?
  package var scale: DisplayScale
  package var norm: Norm.Kind
  package var colorMap: ColorMap

  package init(
    vmin: Double? = nil, vmax: Double? = nil, region: Section? = nil, scale: DisplayScale = .zscale,
    norm: Norm.Kind = .linear, colorMap: ColorMap = .viridis
  ) {
    (self.vmin, self.vmax, self.region, self.scale) = (vmin, vmax, region, scale)
    (self.norm, self.colorMap) = (norm, colorMap)
  }

  /// The limits for these values.
  ///
  /// - Throws: `CRSError` (usage) when vmin is not below vmax, (data) when a logarithmic scale meets no
  ///   positive value.
  func norm(of values: [Float]) throws -> Norm {
    var range = DisplayRange(lower: vmin ?? 0, upper: vmax ?? 1)
    if vmin == nil || vmax == nil {
      let found = scale.range(of: values)
      range = DisplayRange(lower: vmin ?? found.lower, upper: vmax ?? found.upper)
    }
    if let vmin, let vmax, vmin >= vmax {
      throw CRSError.usage("vmin \(vmin) and vmax \(vmax)", parameter: "vmin", expected: "vmin < vmax")
    }
    if norm == .log, range.lower <= 0, vmin == nil {
      let positive = values.filter { $0 > 0 && $0.isFinite }
      guard !positive.isEmpty else {
        throw CRSError.data(
          "no pixel is above 0, so there is nothing for a logarithmic scale", parameter: "norm",
          hint: "use norm=linear or norm=asinh")
      }
      range.lower = DisplayRange.percentiles(1, 100, of: positive).lower
      range.upper = max(range.upper, range.lower * 10)
    }
    // A single given limit beyond the found one keeps its side.
    if range.upper <= range.lower, vmin != nil || vmax != nil {
      let step = abs(range.lower) * 1e-3 + 1
      if vmin == nil { range.lower = range.upper - step } else { range.upper = range.lower + step }
    }
    return try Norm(norm, lower: range.lower, upper: range.upper)
  }
}
