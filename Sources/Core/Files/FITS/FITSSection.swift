import Kernels

/// A section behind a file name: `[x1:x2, y1:y2]` with `*` for a whole axis, `-*` for a turned one, `:STEP`
/// behind either, and one number for one plane of a cube (`[*,*,3]`).
struct FITSSection: Equatable {
  enum Axis: Equatable {
    /// From the first to the last pixel, or turned round.
    case whole(isReversed: Bool, step: Int)
    /// From the first to the second, turned round where that is smaller.
    case range(Int, Int, step: Int)
  }

  static let form = "[x1:x2, y1:y2], with '*', '-*' and steps if wanted, or [*,*,3]"

  let axes: [Axis]

  init(axes: [Axis]) { self.axes = axes }

  /// Whether a bracket's text is a section, right or wrong, and no name of an HDU.
  static func isMeant(by text: Substring) -> Bool {
    text.contains { ":*".contains($0) } && text.allSatisfy { "0123456789:*-+, ".contains($0) }
  }

  /// Reads the text between the brackets; nil when it is no section.
  init?(_ text: Substring) {
    var axes: [Axis] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let axis = FITSSection.axis(part.trimmingBlanks()), axes.count < 99 else { return nil }
      axes.append(axis)
    }
    self.axes = axes
  }

  private static func axis(_ text: String) -> Axis? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { $0.trimmingBlanks() }
    func step(_ text: String) -> Int? { Int(text).flatMap { $0 >= 1 ? $0 : nil } }
    if parts[0] == "*" || parts[0] == "-*" {
      guard parts.count <= 2, let step = parts.count == 2 ? step(parts[1]) : 1 else { return nil }
      return .whole(isReversed: parts[0] == "-*", step: step)
    }
    guard parts.count <= 3, let first = Int(parts[0]), first >= 1 else { return nil }
    if parts.count == 1 { return .range(first, first, step: 1) }
    guard let last = Int(parts[1]), last >= 1, let step = parts.count == 3 ? step(parts[2]) : 1 else {
      return nil
    }
    return .range(first, last, step: step)
  }

  /// The pixels of axis `number` (from 1) of that length; axes that the section does not name are whole.
  ///
  /// - Throws: `CRSError` (data) when it leaves the axis.
  func span(axis number: Int, length: Int) throws -> AxisSpan {
    guard number <= axes.count, length >= 1 else { return AxisSpan(start: 1, step: 1, count: max(0, length)) }
    switch axes[number - 1] {
    case .whole(let isReversed, let step):
      return AxisSpan(
        start: isReversed ? length : 1, step: isReversed ? -step : step, count: (length - 1) / step + 1)
    case .range(let first, let last, let step):
      guard max(first, last) <= length else {
        throw CRSError.data(
          "section \(first):\(last) leaves axis \(number)", expected: "pixels in 1...\(length)")
      }
      return AxisSpan(start: first, step: last < first ? -step : step, count: abs(last - first) / step + 1)
    }
  }
}

extension FITSFile {
  /// The plane of an HDU that a section lies in, of which its part is read, and the pixels of its two axes.
  ///
  /// - Throws: `CRSError` (data) when the section leaves the image or chooses several planes of a cube; (file)
  ///   when the HDU has no image.
  func plane(_ section: FITSSection, of hdu: HDUDescription) throws -> (
    plane: HDUDescription, x: AxisSpan, y: AxisSpan
  ) {
    guard hdu.hasPixels, hdu.axes.count >= 2 else {
      _ = try shape(of: hdu)
      throw CRSError.file("has no two axes", file: path, hdu: hdu.number, expected: "an image")
    }
    do {
      guard section.axes.count <= max(2, hdu.axes.count) else {
        throw CRSError.data(
          "the section has \(section.axes.count) axes", expected: "at most \(hdu.axes.count)")
      }
      let spans = try hdu.axes.enumerated().map { try section.span(axis: $0.offset + 1, length: $0.element) }
      var plane = hdu
      for (axis, span) in spans.enumerated().dropFirst(2).reversed() {
        guard span.count == 1 else {
          _ = try shape(of: hdu)
          throw CRSError.data("the section has \(span.count) planes along axis \(axis + 1)", expected: "one")
        }
        let below = hdu.axes[..<axis].reduce(1, *)  // checked to fit when the HDU was described
        plane.firstPixel += (span.start - 1) * below
        plane.axes[axis] = 1
        plane.header.set(hdu.isCompressed ? "ZNAXIS\(axis + 1)" : "NAXIS\(axis + 1)", .integer(1))
        plane.header.follow(span, axis: axis + 1)
      }
      plane.part = FramePart(x: spans[0], y: spans[1], of: hdu.axes)
      return (plane, spans[0], spans[1])
    } catch var error as CRSError {
      if error.file == nil { (error.file, error.hdu) = (path, hdu.number) }
      throw error
    }
  }
}
