import Kernels

/// A value as it is printed by its name: small tables and regions whole, everything else in a line.
package enum ValueText {
  /// - Parameter summary: its line.
  package static func lines(_ value: Value, summary: String) -> [String] {
    switch value {
    case .table(let table) where !table.columns.isEmpty:
      return TableText.lines(table)
    case .image(let image) where image.shape.isSmall:
      return [summary] + PixelGrid.lines(image, Section(whole: image.shape), marks: image.mask)
    case .mask(let mask) where mask.shape.isSmall:
      return [summary] + PixelGrid.lines(Section(whole: mask.shape), marks: nil) { mask[$0, $1] ? 1 : 0 }
    default: return [summary]
    }
  }
}

extension Shape {
  /// Whether it fits a screen of 80 columns.
  fileprivate var isSmall: Bool { width >= 1 && height >= 1 && width <= 11 && height <= 20 }
}
