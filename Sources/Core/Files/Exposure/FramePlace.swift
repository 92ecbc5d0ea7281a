import Kernels

/// Where an image lies in the frame that it is a part of, as LTV1, LTV2, LTM1_1 and LTM2_2 say: sections of files and
/// values write them.
struct FramePlace: Equatable {
  /// The pixel of the frame that the image's pixel [1, 1] is.
  let corner: Offset
  /// Pixels of the frame from one pixel of the image to the next.
  let step: Offset

  init(_ image: Image) { self.init(image.header, shifted: image.shifted) }

  /// - Parameter shifted: how far `shift` moved what stands there; the cards followed.
  init(_ header: Header, shifted: Offset) {
    func axis(_ number: Int, moved: Double) -> (corner: Double, step: Double) {
      let scale = header.number("LTM\(number)_\(number)") ?? 1
      guard scale != 0, scale.isFinite else { return (1, 1) }
      let shift = header.number("LTV\(number)").flatMap { $0.isFinite ? $0 - moved : nil } ?? 0
      // To thousandths, as the cards are written.
      return ((1000 * (1 - shift) / scale).rounded() / 1000, (1000 / scale).rounded() / 1000)
    }
    let (x, y) = (axis(1, moved: shifted.x), axis(2, moved: shifted.y))
    (corner, step) = (Offset(x: x.corner, y: y.corner), Offset(x: x.step, y: y.step))
  }

  var text: String {
    "[\(corner.x.plain), \(corner.y.plain)]"
      + (step == Offset(x: 1, y: 1) ? "" : " in steps of \(step.x.plain), \(step.y.plain)")
  }
}

extension [Image] {
  /// A sentence where images that belong pixel by pixel together are parts of different places of their frames; nil where
  /// they are not.
  package var placeNote: String? {
    guard let first else { return nil }
    let place = FramePlace(first)
    let others = enumerated().dropFirst().map { ($0 + 1, $1, FramePlace($1)) }.filter { $0.2 != place }
    guard let (number, image, other) = others.first else { return nil }
    return
      "the pixels are of different places of their frames: pixel [1, 1] is \(place.text) in "
      + "\(first.label(number: 1)), \(other.text) in \(image.label(number: number))"
      + (others.count > 1 ? ", and others in \(others.count - 1) more" : "")
  }
}

extension Mask {
  /// A sentence where the mask is known to be of other pixels than an image; nil where it is not.
  package func placeNote(beside image: Image) -> String? {
    (owner as? MaskHeader)?.placeNote(beside: image)
  }
}
