import Glibc

/// Random tracks of cosmic rays across a detector.
enum CosmicRayTracks {
  /// Electrons deposited by `count` cosmic rays: straight tracks of exponential length, a few long ones, with
  /// log-normal charge per pixel, spread a little into neighbouring pixels.
  ///
  /// - Throws: `CRSError.interrupted`.
  static func plane(
    width: Int, height: Int, count: Int, random: inout SplitMix64, work: Work
  ) throws -> Plane<Float> {
    var plane = Plane<Float>(width: width, height: height, repeating: 0)
    for number in 0..<count {
      if number % 1024 == 0 { try work.checkCancelled() }
      let x = random.uniform() * Double(width)
      let y = random.uniform() * Double(height)
      var length = 1 - 4 * log(random.uniform())
      if random.uniform() < 0.03 { length += 20 + 60 * random.uniform() }
      let angle = 2 * Double.pi * random.uniform()
      let charge = exp(5.6 + random.normal())
      let steps = Int(length * 8) + 1
      for step in 0..<steps {
        let s = length * Double(step) / Double(max(1, steps - 1))
        let (column, row) = ((x + s * cos(angle)).rounded(.down), (y + s * sin(angle)).rounded(.down))
        guard column >= 0, column < Double(width), row >= 0, row < Double(height) else { continue }
        plane[Int(column), Int(row)] += Float(charge * length / Double(steps))
      }
    }
    return try spread(plane, work: work)
  }

  /// Adds rays that hit the same pixels of two exposures.
  static func addCoincidences(_ count: Int, to planes: inout [Plane<Float>], random: inout SplitMix64) {
    let (width, height) = (planes[0].width, planes[0].height)
    guard planes.count >= 2, width > 17, height > 17 else { return }
    for _ in 0..<count {
      let first = Int.random(in: 0..<planes.count, using: &random)
      let second = (first + Int.random(in: 1..<planes.count, using: &random)) % planes.count
      let x = Int.random(in: 8..<width - 8, using: &random)
      let y = Int.random(in: 8..<height - 8, using: &random)
      for k in [first, second] {
        let charge = Float(exp(6 + 0.7 * random.normal()))
        let (columns, rows) = (Int.random(in: 1...3, using: &random), Int.random(in: 1...3, using: &random))
        for row in y..<y + rows {
          for column in x..<x + columns { planes[k][column, row] += charge }
        }
      }
    }
  }

  /// Diffusion of charge: 5 % to each side, 1 % to each corner.
  private static func spread(_ plane: Plane<Float>, work: Work) throws -> Plane<Float> {
    var out = Plane<Float>(width: plane.width, height: plane.height, repeating: 0)
    for y in 0..<plane.height {
      if y % 64 == 0 { try work.checkCancelled() }
      for x in 0..<plane.width where plane[x, y] != 0 {
        let charge = plane[x, y]
        for dy in -1...1 {
          for dx in -1...1 where (0..<plane.width).contains(x + dx) && (0..<plane.height).contains(y + dy) {
            out[x + dx, y + dy] += charge * (dx == 0 && dy == 0 ? 0.76 : dx == 0 || dy == 0 ? 0.05 : 0.01)
          }
        }
      }
    }
    return out
  }
}
