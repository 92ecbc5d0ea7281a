import Glibc

/// The displacement of one image against another from their cross-correlation, to a thousandth of a pixel
/// (docs/differences.md, offsets).
///
/// The images, less their weighted means, fade to 0 at the edges. Every local maximum near the highest one is looked
/// at between the pixels: spectra of equal fibres repeat, and on the grid of whole pixels an alias may win.
struct PairCorrelation {
  private let shape: Shape
  private let transform: FFT2D
  private let window: (x: [Double], y: [Double])
  private let work: Work

  /// Part of each side that fades.
  private static let fade = 0.2
  /// Height of the maxima that are looked at, in units of the highest, and how many.
  private static let candidates = (height: 0.9, count: 9)

  /// - Throws: `CRSError` (data) when the shape has no Fourier transform.
  init(shape: Shape, work: Work) throws {
    self.shape = shape
    self.work = work
    transform = try FFT2D(width: shape.width, height: shape.height)
    window = (Self.tukey(shape.width), Self.tukey(shape.height))
  }

  private static func tukey(_ count: Int) -> [Double] {
    (0..<count).map { k in
      let x = Double(k) + 0.5
      let e = min(x, Double(count) - x) / (fade * Double(count) / 2)
      return e < 1 ? 0.5 - 0.5 * cos(.pi * e) : 1
    }
  }

  /// The windowed spectrum of an image of finite pixels.
  func spectrum(_ image: Plane<Float>) throws -> Plane<ComplexPair> {
    var weights = 0.0
    var sum = 0.0
    for y in 0..<shape.height {
      for x in 0..<shape.width {
        let w = window.x[x] * window.y[y]
        weights += w
        sum += w * Double(image[x, y])
      }
    }
    let mean = sum / weights
    var faded = Plane<Double>(width: shape.width, height: shape.height, repeating: 0)
    for y in 0..<shape.height {
      for x in 0..<shape.width { faded[x, y] = window.x[x] * window.y[y] * (Double(image[x, y]) - mean) }
    }
    return try transform.forward(faded, work: work)
  }

  /// The displacement of the second image: its features lie at larger x and y for positive values.
  func displacement(_ first: Plane<ComplexPair>, _ second: Plane<ComplexPair>) throws -> Offset {
    var product = second
    for i in 0..<product.count { product.pixels[i] = .product(second.pixels[i], first.pixels[i].conjugate) }
    let grid = try transform.inverse(product, work: work)
    let sum = TrigonometricSum(spectrum: product, shape: shape)
    var best: (value: Double, offset: Offset)?
    for start in Self.maxima(of: grid) {
      let found = try sum.highest(around: start, step: 0.1, reach: 8, work: work)
      if best.map({ found.value > $0.value }) ?? true { best = found }
    }
    guard var offset = best?.offset else { return .zero }
    for step in [0.01, 0.001] {
      offset = try sum.highest(around: offset, step: step, reach: 12, work: work).offset
    }
    return offset
  }

  /// Local maxima near the highest one, those of the smallest displacement first.
  private static func maxima(of grid: Plane<Double>) -> [Offset] {
    let (width, height) = (grid.width, grid.height)
    let limit = candidates.height * (grid.pixels.max() ?? 0)
    var found: [Offset] = []
    for y in 0..<height {
      for x in 0..<width where grid[x, y] > limit {
        let here = grid[x, y]
        let isHighest = (-1...1).allSatisfy { dy in
          (-1...1).allSatisfy { dx in grid[(x + dx + width) % width, (y + dy + height) % height] <= here }
        }
        if isHighest {
          found.append(
            Offset(
              x: Double(x > width / 2 ? x - width : x), y: Double(y > height / 2 ? y - height : y)))
        }
      }
    }
    func distance(_ offset: Offset) -> Double { offset.x * offset.x + offset.y * offset.y }
    return Array(found.sorted { distance($0) < distance($1) }.prefix(candidates.count))
  }
}

/// A cross-correlation between the pixels: the sum of its Fourier components there.
struct TrigonometricSum {
  /// Half of the spectrum of a real plane, as `FFT2D` makes it.
  let spectrum: Plane<ComplexPair>
  let shape: Shape

  /// The highest value of a square grid around a displacement; the first in raster order among equals.
  ///
  /// - Parameters:
  ///   - step: of the grid [pixel].
  ///   - reach: steps to each side.
  ///   - absolute: looks for the largest modulus.
  /// - Throws: `CRSError.interrupted`.
  func highest(
    around centre: Offset, step: Double, reach: Int, absolute: Bool = false, work: Work
  ) throws -> (value: Double, offset: Offset) {
    try highest(around: centre, step: step, range: -reach...reach, absolute: absolute, work: work)
  }

  func highest(
    around centre: Offset, step: Double, range: ClosedRange<Int>, absolute: Bool, work: Work
  ) throws -> (value: Double, offset: Offset) {
    let n = range.count
    let columns = spectrum.width
    let steps = range.map { Double($0) * step }
    // Columns beyond the half are conjugates of those kept: the real part counts twice.
    let phasesX = (0..<columns).flatMap { k in
      steps.map { d -> ComplexPair in
        let isSingle = k == 0 || (shape.width % 2 == 0 && k == columns - 1)
        let angle = 2 * Double.pi * Double(k) / Double(shape.width) * (centre.x + d)
        return ComplexPair(cos(angle), sin(angle)) * (isSingle ? 1 : 2)
      }
    }
    let rows = spectrum.height
    // For each row of the spectrum the sums over its columns, then over the rows.
    let partial = try Plane<ComplexPair>(width: n, height: rows) { out in
      guard let base = out.baseAddress else { return }
      let shared = SharedPointer(base)
      try work.forTiles(rows, size: 16) { tile in
        phasesX.withUnsafeBufferPointer { phases in
          spectrum.pixels.withUnsafeBufferPointer { pixels in
            for y in tile {
              let target = shared.base + y * n
              for i in 0..<n { target[i] = ComplexPair(0, 0) }
              for k in 0..<columns {
                let p = pixels[y * columns + k]
                for i in 0..<n { target[i] += .product(p, phases[k * n + i]) }
              }
            }
          }
        }
      }
    }
    var best: (value: Double, offset: Offset)?
    for dy in steps {
      var values = [Double](repeating: 0, count: n)
      for y in 0..<rows {
        let frequency = Double(y > rows / 2 || (rows % 2 == 0 && y == rows / 2) ? y - rows : y) / Double(rows)
        let angle = 2 * Double.pi * frequency * (centre.y + dy)
        let (c, s) = (cos(angle), sin(angle))
        for i in 0..<n {
          let p = partial.pixels[y * n + i]
          values[i] += p.x * c - p.y * s
        }
      }
      for (i, value) in values.enumerated() {
        let height = absolute ? abs(value) : value
        if best.map({ height > $0.value }) ?? true {
          best = (height, Offset(x: centre.x + steps[i], y: centre.y + dy))
        }
      }
    }
    return best ?? (0, centre)
  }
}
