/// A connected group of a mask that somebody is asked about.
package struct ReviewedGroup: Sendable {
  package struct Pixel: Sendable, Equatable {
    /// FITS pixel.
    package var x: Int
    package var y: Int
    /// What found it: the codes of `MaskingResult.codes`, 1 where only the mask is known.
    package var code: Int
  }
  /// From 1, in raster order of the first pixels, and how many there are.
  package var number: Int
  package var count: Int
  package var pixels: [Pixel]
}

package enum ReviewAnswer: Sendable {
  case accept, reject
  /// This group and all that follow.
  case acceptAll
}

extension Mask {
  /// The mask without the groups (pixels with common edges) that were rejected.
  ///
  /// - Parameters:
  ///   - codes: what found each pixel; nil: 1 everywhere.
  ///   - answer: asked for each group in order; what it throws ends the review.
  package func reviewed(
    codes: Plane<UInt8>? = nil, _ answer: (ReviewedGroup) throws -> ReviewAnswer
  ) throws -> Mask {
    let groups = ConnectedRuns(of: plane, connectivity: .four)
    var members = [[Int]](repeating: [], count: groups.count)
    for (k, group) in groups.groups.enumerated() { members[Int(group)].append(k) }
    var out = self
    for (number, runs) in members.enumerated() {
      var pixels: [ReviewedGroup.Pixel] = []
      for run in runs.map({ groups.runs[$0] }).sorted(by: { ($0.row, $0.start) < ($1.row, $1.start) }) {
        for x in Int(run.start)..<Int(run.end) {
          let i = Int(run.row) * width + x
          pixels.append(.init(x: x + 1, y: Int(run.row) + 1, code: codes.map { Int($0.pixels[i]) } ?? 1))
        }
      }
      switch try answer(ReviewedGroup(number: number + 1, count: members.count, pixels: pixels)) {
      case .accept: break
      case .acceptAll: return out
      case .reject:
        for pixel in pixels { out.plane.pixels[(pixel.y - 1) * width + pixel.x - 1] = 0 }
      }
    }
    return out
  }
}
