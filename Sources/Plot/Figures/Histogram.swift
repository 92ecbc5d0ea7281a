import Kernels

/// Counts of values in equal bins.
struct Histogram {
  let edges: [Double]
  var counts: [Double]

  /// Bins between two limits; values beyond them and NaN are left out, the upper limit counts.
  init(lower: Double, upper: Double, bins: Int) {
    let upper = upper > lower ? upper : lower + max(abs(lower) * 1e-3, 1)
    edges = (0...bins).map { lower + (upper - lower) * Double($0) / Double(bins) }
    counts = Array(repeating: 0, count: bins)
  }

  /// About a hundred bins; of whole numbers each bin holds as many of them.
  init(lower: Double, upper: Double, values: [Float]) {
    let areWhole = values.allSatisfy { !$0.isFinite || $0 == $0.rounded() }
    guard areWhole, upper - lower < 1e9 else {
      self.init(lower: lower, upper: upper, bins: 100)
      return
    }
    let (first, last) = (lower.rounded(.down), upper.rounded(.up))
    let step = max(1, ((last - first + 1) / 100).rounded(.up))
    let bins = max(1, ((last - first + 1) / step).rounded(.up).wholeNumber)
    self.init(lower: first - 0.5, upper: first - 0.5 + step * Double(bins), bins: bins)
  }

  mutating func add(_ values: some Sequence<Float>, dividedBy factor: Double = 1) {
    let bins = counts.count
    let (lower, upper) = (edges[0], edges[bins])
    let scale = Double(bins) / (upper - lower)
    let weight = 1 / factor
    for value in values {
      let scaled = Double(value) * weight
      guard scaled >= lower, scaled <= upper else { continue }
      counts[min(bins - 1, ((scaled - lower) * scale).rounded(.down).wholeNumber)] += 1
    }
  }

  /// A logarithmic axis for counts of at least one pixel.
  static func countAxis(_ label: String, largest: Double) -> Axis {
    Axis(logarithmic: label, lower: 0.6, upper: max(largest, 1) * 2)
  }

  /// The values of a plane inside sections, or all of them; a pixel in two sections counts once.
  static func values(of plane: Plane<Float>, inside sections: [Section]?) -> [Float] {
    guard let sections, !sections.isEmpty else { return plane.pixels }
    if sections.count == 1 { return plane.clipped(to: sections[0])?.pixels ?? [] }
    var chosen = Mask(shape: plane.shape)
    for section in sections {
      for y in section.rows.clamped(to: 0..<plane.height) {
        for x in section.columns.clamped(to: 0..<plane.width) { chosen[x, y] = true }
      }
    }
    return zip(plane.pixels, chosen.plane.pixels).filter { $0.1 != 0 }.map(\.0)
  }
}

extension Plane {
  /// The part of a section that lies inside; nil when none does.
  func clipped(to section: Section) -> Plane? {
    guard
      let inside = try? Section(
        x1: section.x1, x2: Swift.min(section.x2, width), y1: section.y1, y2: Swift.min(section.y2, height))
    else { return nil }
    return self[inside]
  }
}
