/// An exposure that lies elsewhere than its offset says.
package struct MisplacedExposure: Sendable, Equatable {
  /// What makes the offsets fit.
  package enum Remedy: Sendable, Equatable {
    case oppositeSigns
    case exchanged
    case both

    static let all: [Remedy] = [.oppositeSigns, .exchanged, .both]

    func applied(to offset: Offset) -> Offset {
      switch self {
      case .oppositeSigns: Offset(x: -offset.x, y: -offset.y)
      case .exchanged: Offset(x: offset.y, y: offset.x)
      case .both: Offset(x: -offset.y, y: -offset.x)
      }
    }
  }

  /// From 1.
  package let exposure: Int
  /// How far its features lie from where they should; at larger x where x > 0 [pixel].
  package let x: Double
  package let y: Double
  /// Pixels that differ by more than 2 standard deviations for this reason.
  package let pixels: Int
  /// nil where no simple one is known.
  package let remedy: Remedy?

  /// nil where all exposures lie within half a pixel of their places, or nothing tells where they lie.
  ///
  /// - Parameters:
  ///   - exposures: on one scale [ADU], at least 2; NaN where a value does not count.
  ///   - offsets: their displacements [pixel].
  ///   - factors: relative fluxes that they were divided by.
  /// - Throws: `CRSError.interrupted`.
  init?(
    _ exposures: [Plane<Float>], offsets: [Offset], factors: [Double], noise: StackNoise, work: Work
  ) throws {
    let whole = try FilledExposures.filled(exposures, work: work)
    func displaced(_ offsets: [Offset]) throws -> ExposureDifference? {
      var moved: [Plane<Float>] = []
      for (k, offset) in offsets.enumerated() {
        let back = Offset(x: -offset.x, y: -offset.y)
        var plane = try CubicShift.shifted(whole[k], by: back, work: work)
        plane.leaveOut(gapsOf: exposures[k], movedBy: back)
        plane.leaveOutEdges(movedBy: back)
        moved.append(plane)
      }
      let median = try StackPlanes(moved, work: work).median
      return try ExposureDifference.displaced(
        of: moved, median: median, factors: factors, noise: noise, work: work
      ).difference
    }
    guard let found = try displaced(offsets), case .offset(let x, let y) = found.cause else { return nil }
    (exposure, self.x, self.y, pixels) = (found.exposure, x, y, found.pixels)
    remedy = try Remedy.all.first { remedy in
      let others = offsets.map(remedy.applied)
      return try others != offsets && displaced(others) == nil
    }
  }
}

extension Plane<Float> {
  /// Makes NaN of what lies outside of the source of a plane that was moved.
  fileprivate mutating func leaveOutEdges(movedBy offset: Offset) {
    func outside(_ shift: Double, _ length: Int) -> (first: Int, last: Int) {
      let part = Int(min(shift.magnitude, Double(length)).rounded(.up))
      return shift > 0 ? (part, length) : (0, length - part)
    }
    let (columns, rows) = (outside(offset.x, width), outside(offset.y, height))
    for y in 0..<height {
      for x in 0..<width where x < columns.first || x >= columns.last || y < rows.first || y >= rows.last {
        pixels[y * width + x] = .nan
      }
    }
  }
}
