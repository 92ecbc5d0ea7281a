/// How lines of an image that run nearly along one axis rise or fall across it: the traces of a spectrograph are hardly ever
/// straight.
///
/// All lines are taken to have one course. Bands of columns (or rows) are compared with their neighbours; a cubic through the
/// slopes between them is the course, where lines that follow it have clearly more in common than straight ones.
struct LineCourse: Equatable {
  /// Along x, else along y.
  let isAlongX: Bool
  /// How many pixels across the lines lie higher at each pixel along them than in the middle.
  let places: [Double]

  /// Pixels of a band, the fewest bands, and how many are compared with their neighbours at most.
  private static let (band, fewest, mostPairs) = (8, 6, 48)
  /// Pixels by which the lines of neighbouring bands may lie apart.
  private static let reach = 4
  /// Correlation of two bands that tells where the lines lie.
  private static let telling: Float = 0.6
  /// Part of the bands that must tell it.
  private static let most = 0.6
  /// A slope that differs so much from the course is no part of it [pixel a band].
  private static let far = 0.6
  /// Pixels that a course may go up or down by and pass for straight.
  private static let straight = 1.5
  /// How many times as much lines have in common along a course as along the axis.
  private static let clear: Float = 1.2

  /// nil where lines are straight, or there are none.
  ///
  /// - Parameters:
  ///   - images: of one shape [ADU], NaN where a value does not count; the lowest value of each pixel counts, which few hits are in.
  ///   - noise: of one of them.
  /// - Throws: `CRSError.interrupted`.
  init?(of images: [Plane<Float>], noise: PixelNoise, work: Work) throws {
    var best: (course: LineCourse, common: Float)?
    for isAlongX in [true, false] {
      let bands = try Bands(images, isAlongX: isAlongX, noise: noise, work: work)
      guard let found = bands.course() else { continue }
      let course = LineCourse(isAlongX: isAlongX, places: found.places)
      if found.common > best?.common ?? 0 { best = (course, found.common) }
    }
    guard let best else { return nil }
    self = best.course
  }

  private init(isAlongX: Bool, places: [Double]) { (self.isAlongX, self.places) = (isAlongX, places) }

  /// The same in whole pixels.
  private var shifts: [Int] { places.map { Int($0.rounded()) } }

  /// The plane with lines that are straight but for half a pixel; what leaves it on one side comes back on the other one.
  func straightened(_ plane: Plane<Float>, work: Work) throws -> Plane<Float> {
    try rolled(plane, by: shifts, work: work)
  }

  /// The plane of which `plane` is the straightened one.
  func restored(_ plane: Plane<Float>, work: Work) throws -> Plane<Float> {
    try rolled(plane, by: shifts.map(-), work: work)
  }

  func straightened(_ noise: StackNoise, work: Work) throws -> StackNoise {
    func straight(_ value: DetectorValue) throws -> DetectorValue {
      guard case .plane(let plane) = value else { return value }
      return .plane(try straightened(plane, work: work))
    }
    return StackNoise(
      try noise.detectors.map {
        Detector(gain: try straight($0.gain), readoutNoise: try straight($0.readoutNoise))
      })
  }

  private func rolled(_ plane: Plane<Float>, by shifts: [Int], work: Work) throws -> Plane<Float> {
    let (width, height) = (plane.width, plane.height)
    return try withPixels(of: [plane]) { planes in
      nonisolated(unsafe) let source = planes[0]
      return try .byRows(plane.shape, work: work) { y, row in
        guard isAlongX else {
          let shift = LineCourse.modulo(shifts[y], width)
          for x in 0..<width {
            row[x] = source[y * width + (x + shift < width ? x + shift : x + shift - width)]
          }
          return
        }
        for x in 0..<width { row[x] = source[LineCourse.modulo(y + shifts[x], height) * width + x] }
      }
    }
  }

  @inline(__always) static func modulo(_ k: Int, _ count: Int) -> Int {
    let rest = k % count
    return rest < 0 ? rest + count : rest
  }

  /// How brightness changes across lines, band by band.
  private struct Bands {
    /// The first pixel along the lines of each band, and slopes of the square root of the light across it.
    private var all: [(first: Int, slopes: [Float])] = []
    /// Bands that lie beside their successors.
    private var compared: [Int] = []
    /// Pixels along and across the lines.
    private let (length, across): (Int, Int)

    init(_ images: [Plane<Float>], isAlongX: Bool, noise: PixelNoise, work: Work) throws {
      let (width, height) = (images[0].width, images[0].height)
      let band = LineCourse.band
      (length, across) = isAlongX ? (width, height) : (height, width)
      let across = across
      let most = length / band
      guard most >= LineCourse.fewest, across > 4 * LineCourse.reach else { return }
      // Of many bands some, two beside each other.
      let pairs = min(most - 1, LineCourse.mostPairs)
      let firsts = (0..<pairs).map { $0 * (most - 1) / pairs }
      let numbers = Set(firsts + firsts.map { $0 + 1 }).sorted()
      compared = numbers.indices.filter { $0 + 1 < numbers.count && numbers[$0 + 1] == numbers[$0] + 1 }
      let found = OrderedResults<[Float]>(numbers.count)
      try withPixels(of: images) { planes in
        nonisolated(unsafe) let planes = planes
        try work.forTiles(numbers.count, size: 2) { tile in
          for number in tile {
            let first = numbers[number] * band
            var light = [Float](repeating: 0, count: across)
            func add(_ i: Int, to k: Int) {
              var value = Float.infinity
              for plane in planes where plane[i] < value { value = plane[i] }
              guard value.isFinite else { return }
              let (perSignal, readout) = noise.at(i)
              // The noise of a square root is the same everywhere.
              light[k] += max(value / perSignal + readout / (perSignal * perSignal), 0).squareRoot()
            }
            if isAlongX {
              for k in 0..<across { for x in first..<first + band { add(k * width + x, to: k) } }
            } else {
              for y in first..<first + band { for k in 0..<across { add(y * width + k, to: k) } }
            }
            var slopes = [Float](repeating: 0, count: across)
            for k in 1..<across - 1 { slopes[k] = light[k + 1] - light[k - 1] }
            found.set(number, slopes)
          }
        }
      }
      all = zip(numbers, found.values).map { ($0 * band, $1) }
    }

    /// The course of the lines and how much they have in common along it; nil where they are straight or there are none.
    func course() -> (places: [Double], common: Float)? {
      guard !compared.isEmpty else { return nil }
      var steps: [(place: Double, step: Double)] = []
      for k in compared {
        guard let step = step(from: all[k].slopes, to: all[k + 1].slopes) else { continue }
        steps.append((Double(all[k + 1].first) / Double(length) - 0.5, step))
      }
      guard let curve = fitted(steps) else { return nil }
      let scale = Double(length) / Double(LineCourse.band)
      /// The integral of the slopes, 0 in the middle.
      func course(_ along: Int) -> Double {
        let t = (Double(along) + 0.5) / Double(length) - 0.5
        return scale * t * (curve[0] + t * (curve[1] / 2 + t * (curve[2] / 3 + t * curve[3] / 4)))
      }
      let limit = Double(across)
      let places = (0..<length).map { min(max(course($0), -limit), limit) }
      guard let low = places.min(), let high = places.max(), high - low >= LineCourse.straight else {
        return nil
      }
      let common = common { Int(places[$0 + LineCourse.band / 2].rounded()) }
      guard common > LineCourse.clear * self.common({ _ in 0 }) else { return nil }
      return (places, common)
    }

    /// By how many pixels the lines of a band lie higher than those of another one; nil where nothing tells it.
    private func step(from one: [Float], to other: [Float]) -> Double? {
      let reach = LineCourse.reach
      func correlation(_ shift: Int) -> Float {
        var (sum, a, b): (Float, Float, Float) = (0, 0, 0)
        for k in reach..<one.count - reach {
          sum += one[k] * other[k + shift]
          a += one[k] * one[k]
          b += other[k + shift] * other[k + shift]
        }
        return a > 0 && b > 0 ? sum / (a * b).squareRoot() : 0
      }
      let all = (-reach...reach).map(correlation)
      guard let best = all.indices.max(by: { all[$0] < all[$1] }), all[best] > LineCourse.telling,
        best > 0, best < all.count - 1
      else { return nil }
      let (left, middle, right) = (all[best - 1], all[best], all[best + 1])
      let bend = left - 2 * middle + right
      let part = bend < 0 ? 0.5 * (left - right) / bend : 0
      return Double(best - reach) + Double(min(max(part, -0.5), 0.5))
    }

    /// Coefficients of a cubic through the steps, without those that lie far away from it.
    private func fitted(_ steps: [(place: Double, step: Double)]) -> [Double]? {
      func isEnough(_ count: Int) -> Bool { Double(count) > LineCourse.most * Double(compared.count) }
      guard isEnough(steps.count) else { return nil }
      let middle: Double = lowMedian(steps.map { Float($0.step) }).map(Double.init) ?? 0
      var curve: [Double] = [middle, 0, 0, 0]
      func value(_ t: Double) -> Double { curve[0] + t * (curve[1] + t * (curve[2] + t * curve[3])) }
      for round in 0..<3 {
        let limit = round == 0 ? 2 * LineCourse.far : LineCourse.far
        let near = steps.filter { abs($0.step - value($0.place)) < limit }
        guard isEnough(near.count) else { return nil }
        var matrix = [[Double]](repeating: [0, 0, 0, 0], count: 4)
        var right: [Double] = [0, 0, 0, 0]
        for (t, step) in near {
          let powers: [Double] = [1, t, t * t, t * t * t]
          for a in 0..<4 {
            right[a] += powers[a] * step
            for b in 0..<4 { matrix[a][b] += powers[a] * powers[b] }
          }
        }
        curve = LeastSquares.solveBalanced(matrix, right)
        guard curve.allSatisfy(\.isFinite) else { return nil }
      }
      return curve
    }

    /// Energy of what the bands have in common when they are moved back.
    private func common(_ shift: (_ first: Int) -> Int) -> Float {
      var sums = [Float](repeating: 0, count: across)
      for (first, slopes) in all {
        let moved = shift(first)
        let low = max(0, -moved)
        for k in low..<max(low, min(across, across - moved)) { sums[k] += slopes[k + moved] }
      }
      return sums.reduce(0) { $0 + $1 * $1 }
    }
  }
}
