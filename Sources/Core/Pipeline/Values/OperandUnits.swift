import Files
import Kernels

extension [Image] {
  /// The unit that images have in common whose values are added, compared or chosen from; an image without a unit is a
  /// calculated one and fits.
  ///
  /// - Parameter name: of the operator or function.
  /// - Throws: `CRSError` (data) that names two images with unlike units.
  func commonUnit(of name: String) throws -> PixelUnit {
    let known = enumerated().filter { $0.element.unit != .none }
    guard let first = known.first else { return .none }
    if let other = known.first(where: { !$0.element.unit.isAlike(first.element.unit) }) {
      func said(_ image: Image, _ number: Int) -> String {
        "\(image.origin.map(\.file) ?? "image \(number + 1)") is in \(image.unit)"
      }
      let areElectrons = [first, other].allSatisfy { $0.element.unit.quantity != .foreign }
      throw CRSError.data(
        "'\(name)' of different units: \(said(first.element, first.offset)), \(said(other.element, other.offset))",
        expected: "one unit",
        hint: areElectrons
          ? "load FILE unit=electron brings counts, electrons and their rates to one unit" : nil)
    }
    return first.element.unit
  }
}
