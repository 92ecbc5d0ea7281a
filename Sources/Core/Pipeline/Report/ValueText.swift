import Files
import Kernels

/// A value as it is printed by its name: small tables and regions whole, everything else in a line.
package enum ValueText {
  /// - Parameters:
  ///   - summary: its line.
  ///   - width: characters of a line; nil where nobody says.
  package static func lines(_ value: Value, summary: String, width: Int? = nil) -> [String] {
    switch value {
    case .table(let table) where !table.columns.isEmpty:
      return TableText.lines(table)
    case .image(let image) where image.shape.isSmall:
      let grid = PixelGrid.lines(image, Section(whole: image.shape), marks: image.mask)
      return [summary] + fitting(grid, width)
    case .mask(let mask) where mask.shape.isSmall:
      let grid = PixelGrid.lines(Section(whole: mask.shape), corner: mask.corner, marks: nil) {
        mask[$0, $1] ? 1 : 0
      }
      return [summary] + fitting(grid, width)
    default: return [summary]
    }
  }

  /// A grid that fits the lines, else none.
  private static func fitting(_ grid: [String], _ width: Int?) -> [String] {
    grid.allSatisfy { $0.count <= width ?? 80 } ? grid : []
  }
}

extension Shape {
  /// Whether it may fit a screen.
  fileprivate var isSmall: Bool { width >= 1 && height >= 1 && width <= 60 && height <= 20 }
}
