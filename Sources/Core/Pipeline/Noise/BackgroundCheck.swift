import Files
import Kernels

/// Looks whether a background that is to be subtracted is in the pixels at all.
package struct BackgroundCheck: Sendable {
  /// How far the background lies above the pixels in the middle [ADU]; nil where it may well be in them.
  package let excess: Double?

  /// Pixels that are looked at, at most.
  private static let sample = 20_000
  /// Noise by which the background may exceed the pixels.
  private static let allowed = 5.0

  /// - Parameters:
  ///   - pixels: bias subtracted [ADU].
  ///   - background: of their shape [ADU]; nil for none.
  ///   - noise: of single pixels [ADU]; nil where it is not known.
  ///   - mask: pixels to leave out.
  package init(
    _ pixels: Plane<Float>, background: Plane<Float>?, noise: Double?, mask: Mask?
  ) {
    guard let background else {
      excess = nil
      return
    }
    // A step that shares no divisor with usual widths, so that no column is favoured.
    let step = max(1, pixels.count / Self.sample) | 1
    var (differences, levels): ([Float], [Float]) = ([], [])
    for i in stride(from: 0, to: pixels.count, by: step) {
      let difference = background.pixels[i] - pixels.pixels[i]
      guard difference.isFinite, mask.map({ $0.plane.pixels[i] == 0 }) ?? true else { continue }
      differences.append(difference)
      levels.append(background.pixels[i])
    }
    guard let middle = lowMedian(differences), let level = lowMedian(levels) else {
      excess = nil
      return
    }
    // Of a background that is gone nothing is left in the middle.
    let isMissing = Double(middle) > max(Self.allowed * (noise ?? 0), 0.5 * Double(level))
    excess = isMissing && middle > 0 ? Double(middle) : nil
  }

  /// - Parameter unit: of the image.
  package func warnings(_ unit: PixelUnit) -> [String] {
    guard let excess else { return [] }
    return [
      "inbkg lies \(excess.short) \(unit.name) above the pixels: it seems to be subtracted already, and inbkg= subtracts it again; "
        + "subtracted= counts it in the noise only"
    ]
  }
}
