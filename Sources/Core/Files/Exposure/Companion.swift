/// An HDU of an image's file beside the image itself.
package enum Companion: Sendable, Equatable {
  /// Moves along with the image.
  case plane(ExtraPlane)
  /// Is only passed on: tables, other images.
  case carried(CarriedHDU)

  package var name: String {
    switch self {
    case .plane(let plane): plane.name
    case .carried(let hdu): hdu.name
    }
  }

  /// Its place in the file that it was read from, 0 for the primary HDU; nil where it was made.
  var number: Int? {
    switch self {
    case .plane(let plane): plane.number
    case .carried(let hdu): hdu.number
    }
  }
}
