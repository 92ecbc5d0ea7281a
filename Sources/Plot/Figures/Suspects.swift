import Core

/// Suspected pixels by the methods that found them, in raster order, with the signs of the documents' figures.
struct Suspects {
  struct Class {
    let name: String
    let symbol: MarkerLayer.Symbol
    let color: Color
    /// Of its numbers.
    let face: TextFace
    /// Shown in the legend even without pixels unless optional.
    let isOptional: Bool
    var min2d: [Double] = []
    /// target - min2d [ADU].
    var excess: [Double] = []
    /// FITS pixels.
    var columns: [Double] = []
    var rows: [Double] = []
    var count: Int { min2d.count }
  }
  let classes: [Class]

  init(min2d: Plane<Float>, target: Plane<Float>, lacosmic: Mask?, mmcosmic: Mask?) {
    let both = lacosmic != nil && mmcosmic != nil
    var la = Class(name: "lacosmic", symbol: .cross, color: .red, face: .italic, isOptional: lacosmic == nil)
    var mm = Class(name: "mmcosmic", symbol: .plus, color: .blue, face: .regular, isOptional: mmcosmic == nil)
    var common = Class(name: "both methods", symbol: .circle, color: .magenta, face: .bold, isOptional: !both)
    let width = min2d.width
    for k in min2d.pixels.indices {
      let flags = (lacosmic?.plane.pixels[k] ?? 0, mmcosmic?.plane.pixels[k] ?? 0)
      guard flags != (0, 0) else { continue }
      func add(_ group: inout Class) {
        group.min2d.append(Double(min2d.pixels[k]))
        group.excess.append(Double(target.pixels[k]) - Double(min2d.pixels[k]))
        group.columns.append(Double(k % width + 1))
        group.rows.append(Double(k / width + 1))
      }
      switch flags {
      case (_, 0): add(&la)
      case (0, _): add(&mm)
      default: add(&common)
      }
    }
    classes = [la, mm, common]
  }
}
