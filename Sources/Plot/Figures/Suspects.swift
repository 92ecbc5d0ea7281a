import Kernels

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

  /// - Parameter finders: 0 nothing, 1 L.A.Cosmic, 2 the diagram, 3 both.
  init(min2d: Plane<Float>, target: Plane<Float>, finders: Plane<UInt8>, usesLacosmic: Bool, usesMM: Bool) {
    let both = usesLacosmic && usesMM
    var la = Class(name: "lacosmic", symbol: .cross, color: .red, face: .italic, isOptional: !usesLacosmic)
    var mm = Class(name: "mmcosmic", symbol: .plus, color: .blue, face: .regular, isOptional: !usesMM)
    var common = Class(name: "both methods", symbol: .circle, color: .magenta, face: .bold, isOptional: !both)
    let width = min2d.width
    for k in min2d.pixels.indices {
      let finder = finders.pixels[k]
      guard finder != 0 else { continue }
      func add(_ group: inout Class) {
        group.min2d.append(Double(min2d.pixels[k]))
        group.excess.append(Double(target.pixels[k]) - Double(min2d.pixels[k]))
        group.columns.append(Double(k % width + 1))
        group.rows.append(Double(k / width + 1))
      }
      switch finder {
      case 1: add(&la)
      case 2: add(&mm)
      default: add(&common)
      }
    }
    classes = [la, mm, common]
  }
}
