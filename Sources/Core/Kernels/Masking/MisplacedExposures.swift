/// Exposures that do not lie where their offsets say.
package struct MisplacedExposures: Sendable, Equatable {
  /// What makes the offsets fit.
  package enum Remedy: Sendable, Equatable, CaseIterable {
    case oppositeSigns, exchanged, both, noOffsets

    func applied(to offset: Offset) -> Offset {
      switch self {
      case .oppositeSigns: Offset(x: -offset.x, y: -offset.y)
      case .exchanged: Offset(x: offset.y, y: offset.x)
      case .both: Offset(x: -offset.y, y: -offset.x)
      case .noOffsets: .zero
      }
    }
  }

  /// The exposure that lies farthest from its place, and how far; nil where that is too far to tell.
  package let farthest: ExposureDifference?
  /// nil where no simple one is known.
  package let remedy: Remedy?

  /// A mean squared deviation of steep pixels from which on other offsets are tried, and which part of it they may leave.
  private static let (poor, better) = (2.0, 0.6)

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
    func compared(_ offsets: [Offset]) throws -> (difference: ExposureDifference?, misfit: Double) {
      var moved: [Plane<Float>] = []
      for (k, offset) in offsets.enumerated() {
        let back = Offset(x: -offset.x, y: -offset.y)
        var plane = try CubicShift.shifted(whole[k], by: back, work: work)
        plane.leaveOut(gapsOf: exposures[k], movedBy: back)
        plane.leaveOutEdges(movedBy: back)
        moved.append(plane)
      }
      let median = try StackPlanes(moved, work: work).median
      let found = try ExposureDifference.displaced(
        of: moved, median: median, factors: factors, noise: noise, work: work)
      return (found.difference, found.misfit)
    }
    let given = try compared(offsets)
    guard given.difference != nil || given.misfit > Self.poor else { return nil }
    var best: (remedy: Remedy, misfit: Double)?
    for remedy in Remedy.allCases {
      let others = offsets.map(remedy.applied)
      guard others != offsets else { continue }
      let found = try compared(others)
      if found.difference == nil, found.misfit < best?.misfit ?? (Self.better * given.misfit) {
        best = (remedy, found.misfit)
      }
    }
    guard given.difference != nil || best != nil else { return nil }
    (farthest, remedy) = (given.difference, best?.remedy)
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
