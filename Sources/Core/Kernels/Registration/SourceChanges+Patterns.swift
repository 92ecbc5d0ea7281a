import Glibc

extension SourceChanges {
  /// The image without its sky, its slopes and curvatures, and what smoothing does to it.
  struct Patterns {
    let shape: Shape
    private let image: Plane<Float>
    private let narrow: Plane<Float>
    private let wide: Plane<Float>
    static let count = 8
    /// The same with all but the image growing along x and along y.
    static let varyingCount = 3 * count - 2

    /// Amounts of the patterns: in the middle of the image, and what they grow by along x and y from border to border.
    struct Amounts {
      private(set) var middle = Lanes.zero
      private(set) var alongX = Lanes.zero
      private(set) var alongY = Lanes.zero

      /// - Parameter found: as many as `values` gives of a place.
      init(_ found: [Double]) {
        for k in 0..<Patterns.count { middle[k] = Float(found[k]) }
        guard found.count == Patterns.varyingCount else { return }
        for k in 1..<Patterns.count {
          alongX[k] = Float(found[Patterns.count + k - 1])
          alongY[k] = Float(found[2 * Patterns.count + k - 2])
        }
      }
    }

    /// Widths that the image is smoothed by [pixel].
    private static let widths = [1.2, 2.5]

    init(_ shown: Plane<Float>, work: Work) throws {
      shape = shown.shape
      let sky = WholeDisplacement.level(of: shown)
      var image = shown
      image.fillGaps()
      for i in 0..<image.count { image.pixels[i] -= sky }
      let smooth = try Self.widths.map { sigma in
        let reach = Int((3 * sigma).rounded(.up))
        let weights = (-reach...reach).map { Float(exp(-0.5 * Double($0 * $0) / (sigma * sigma))) }
        let total = weights.reduce(0, +)
        let kernel = weights.map { $0 / total }
        let row = Plane(width: kernel.count, height: 1, pixels: kernel)
        let column = Plane(width: 1, height: kernel.count, pixels: kernel)
        return try Convolution.convolve(
          Convolution.convolve(image, kernel: row, work: work), kernel: column, work: work)
      }
      (self.image, narrow, wide) = (image, smooth[0], smooth[1])
    }

    /// The patterns at places that are not at the border, one place after the other.
    ///
    /// - Parameter count: of each place, `count` or `varyingCount`.
    func values(at places: [(x: Int, y: Int)], count: Int) -> [Double] {
      var out: [Double] = []
      out.reserveCapacity(places.count * count)
      withPixels(of: [image, narrow, wide]) { planes in
        for (x, y) in places {
          let terms = Self.terms(planes[0], planes[1], planes[2], y * shape.width + x, shape.width)
          for k in 0..<Self.count { out.append(Double(terms[k])) }
          guard count > Self.count else { continue }
          for part in [Self.part(x, shape.width), Self.part(y, shape.height)] {
            for k in 1..<Self.count { out.append(Double(part * terms[k])) }
          }
        }
      }
      return out
    }

    /// From -0.5 at one border to 0.5 at the other.
    @inline(__always)
    private static func part(_ x: Int, _ width: Int) -> Float { Float(x) / Float(width) - 0.5 }

    @inline(__always)
    private static func terms(
      _ image: UnsafeBufferPointer<Float>, _ narrow: UnsafeBufferPointer<Float>,
      _ wide: UnsafeBufferPointer<Float>, _ i: Int, _ width: Int
    ) -> Lanes {
      let own = image[i]
      let (left, right, below, above) = (image[i - 1], image[i + 1], image[i - width], image[i + width])
      let corners =
        image[i + width + 1] + image[i - width - 1] - image[i + width - 1] - image[i - width + 1]
      return Lanes(
        own, 0.5 * (right - left), 0.5 * (above - below), left + right - 2 * own, below + above - 2 * own,
        0.25 * corners, narrow[i] - own, wide[i] - own)
    }

    /// The sum of the patterns where it stands out of the noise; 0 at the border, and where noise makes it.
    func change(
      _ amounts: Amounts, part: Float, noise: PixelNoise, factor: Float, work: Work
    ) throws -> Plane<Float> {
      let (width, height) = (shape.width, shape.height)
      return try withPixels(of: [image, narrow, wide]) { planes in
        nonisolated(unsafe) let planes = planes
        return try .byRows(shape, work: work) { y, row in
          for x in 0..<width { row[x] = 0 }
          guard y > 0, y < height - 1 else { return }
          let here = amounts.middle + Self.part(y, height) * amounts.alongY
          for x in 1..<max(1, width - 1) {
            let i = y * width + x
            let sum = here + Self.part(x, width) * amounts.alongX
            let change = part * (sum * Self.terms(planes[0], planes[1], planes[2], i, width)).sum()
            let (perSignal, readout) = noise.at(i)
            let light = max(planes[0][i], 0)
            // The sky has little to do with the noise of a source.
            let variance = light * perSignal / factor + readout / (factor * factor)
            let square = change * change
            guard change.isFinite, square > 0.25 * variance else { continue }
            let limit = SourceChanges.largest * light + 3 * variance.squareRoot()
            row[x] = max(-limit, min(limit, change * square / (square + variance)))
          }
        }
      }
    }
  }
}
