/// What changes smoothly between two exposures of one scene, though no one factor says it: sky lines along the slit, an
/// object along its trace, a sky that became brighter.
///
/// The difference is followed line by line along one axis and then along the other (`ChangeFit`); the axis that explains
/// more of it comes first.
package struct SmoothChanges: Sendable {
  /// Along which axes changes are followed.
  package enum Axes: String, Sendable, CaseIterable {
    /// Both, the better one first.
    case auto
    case none, x, y
  }

  /// What was found along one axis.
  package struct Step: Sendable, Equatable {
    /// Along x, else along y.
    package let isAlongX: Bool
    /// Mean square of the difference before and after, in units of its noise, values beyond 3 taken for 3.
    package let before: Double
    package let after: Double
  }

  /// First minus second exposure as they are expected to differ, finite everywhere [unit of the exposures].
  package let change: Plane<Float>
  package let steps: [Step]
  /// Part of the pixels whose exposures are expected to differ by more than the noise of their difference.
  package let changedPart: Double

  /// nil unless there are two exposures that lie on each other and an axis to follow changes along.
  ///
  /// - Parameters:
  ///   - exposures: on one scale [ADU], one shape; NaN where a value does not count.
  ///   - offsets: their displacements [pixel].
  ///   - factors: relative flux that they were divided by.
  ///   - noise: of the exposures before.
  /// - Throws: `CRSError.interrupted`.
  package init?(
    between exposures: [Plane<Float>], offsets: [Offset], factors: [Double], noise: StackNoise, axes: Axes,
    work: Work
  ) throws {
    guard exposures.count == 2, axes != .none, offsets.allSatisfy({ $0 == .zero }) else { return nil }
    var field = ChangeField(exposures, variance: PairVariance(factors: factors, noise: noise), work: work)
    steps = try field.follow(axes)
    change = field.change
    changedPart = try field.changedPart()
  }

  /// The exposures without what tells them apart: each is moved by half of it.
  ///
  /// - Throws: `CRSError.interrupted`.
  package func without(_ exposures: [Plane<Float>], work: Work) throws -> [Plane<Float>] {
    try exposures.enumerated().map { k, exposure in
      let half: Float = k == 0 ? 0.5 : -0.5
      return try withPixels(of: [exposure, change]) { sources in
        nonisolated(unsafe) let sources = sources
        let width = exposure.width
        return try .byRows(exposure.shape, work: work) { y, row in
          for x in 0..<width { row[x] = sources[0][y * width + x] - half * sources[1][y * width + x] }
        }
      }
    }
  }
}
