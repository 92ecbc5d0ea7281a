/// How the sources of one exposure differ from those of the others: by their place or by their width.
///
/// A small displacement adds the gradient of the image to it, another seeing its Laplacian.
struct SourceLikeness {
  /// Of each exposure: the part of its squared differences from the others that a displacement explains, that another
  /// width explains, and how much wider its sources are [pixel**2, half the difference of the variances].
  private var parts: [(displacement: Double, width: Double, wider: Double)] = []

  /// - Parameters:
  ///   - exposures: on one scale [ADU], NaN where a value does not count.
  ///   - median: of the same.
  ///   - pixels: those of sources, without the outermost ones.
  init(_ exposures: [Plane<Float>], median: Plane<Float>, at pixels: Mask) {
    let (width, height) = (median.width, median.height)
    for k in exposures.indices {
      var (along, across, curved) = (Projection(), Projection(), Projection())
      for y in 1..<max(1, height - 1) {
        for x in 1..<max(1, width - 1) where pixels[x, y] {
          let i = y * width + x
          let (left, right) = (median.pixels[i - 1], median.pixels[i + 1])
          let (below, above) = (median.pixels[i - width], median.pixels[i + width])
          var (sum, count): (Float, Float) = (0, 0)
          for other in exposures.indices where other != k && exposures[other].pixels[i].isFinite {
            sum += exposures[other].pixels[i]
            count += 1
          }
          let difference = exposures[k].pixels[i] - sum / count
          guard difference.isFinite, (left + right + below + above).isFinite else { continue }
          along.add(difference, (right - left) / 2)
          across.add(difference, (above - below) / 2)
          curved.add(difference, left + right + below + above - 4 * median.pixels[i])
        }
      }
      parts.append((along.explained + across.explained, curved.explained, curved.slope))
    }
  }

  /// The exposure of another seeing; nil where displacements explain more.
  var seeing: StackFindings.Cause? {
    guard let best = parts.indices.max(by: { parts[$0].width < parts[$1].width }),
      parts[best].width > (parts.map(\.displacement).max() ?? 0), parts[best].wider != 0
    else { return nil }
    return .seeing(best + 1, isSharper: parts[best].wider < 0)
  }

  /// Least squares of one pattern.
  private struct Projection {
    var (product, square) = (0.0, 0.0)

    mutating func add(_ difference: Float, _ pattern: Float) {
      product += Double(difference * pattern)
      square += Double(pattern * pattern)
    }

    var slope: Double { square > 0 ? product / square : 0 }
    var explained: Double { slope * product }
  }
}
