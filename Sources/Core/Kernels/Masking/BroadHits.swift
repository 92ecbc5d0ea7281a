/// Groups of hits of one exposure that are broader or longer than cosmic rays leave: asteroids, trails of satellites,
/// reflections, sources that vary or moved.
///
/// Tracks of cosmic rays are a few pixels wide: among 170,000 pixels hit by real ones, cut out of bias frames and put into
/// real and simulated pairs, no full block of 4 x 4 is flagged; tracks that cross fill one of 5 x 5 at times.
package struct BroadHits {
  /// nil where there are none.
  let findings: StackFindings.Broad?

  /// Side of the full block that a broad group holds, and extent from which on one is long [pixel].
  private static let (side, long) = (6, 150)
  /// Part of the pixels that may be hit: where more are, tracks run together.
  package static let dense = 0.05

  /// - Parameter hits: of each exposure, not dilated.
  init(among hits: [Mask]) {
    var (groups, pixels) = (0, 0)
    var largest: StackFindings.Broad?
    for (k, mask) in hits.enumerated() where mask.flagged >= Self.side * Self.side {
      guard Double(mask.flagged) < Self.dense * Double(mask.plane.count) else { continue }
      let all = ConnectedRuns(of: mask.plane, connectivity: .eight)
      guard all.sizes.contains(where: { $0 >= Self.side * Self.side }) else { continue }
      var members = [[ConnectedRuns.Run]](repeating: [], count: all.count)
      for (run, group) in zip(all.runs, all.groups) where all.sizes[Int(group)] >= Self.side * Self.side {
        members[Int(group)].append(run)
      }
      for runs in members where !runs.isEmpty {
        let group = Group(runs)
        guard max(group.width, group.height) >= Self.long || group.holdsBlock(of: Self.side) else { continue }
        groups += 1
        pixels += group.pixels
        if group.pixels > largest?.largest ?? 0 {
          largest = StackFindings.Broad(
            groups: 0, pixels: 0, largest: group.pixels, exposure: k + 1, x: group.left + group.width / 2 + 1,
            y: group.bottom + group.height / 2 + 1, width: group.width, height: group.height)
        }
      }
    }
    largest?.groups = groups
    largest?.pixels = pixels
    findings = largest
  }

  private struct Group {
    /// Runs in raster order.
    private let runs: [ConnectedRuns.Run]
    let pixels: Int
    let left: Int
    let bottom: Int
    let width: Int
    let height: Int

    /// Pixels of a hole, at most, that belongs to the group all the same: bright cores of sources may have no value that counts.
    private static let hole = 36

    /// - Parameter runs: of a connected group, in raster order, at least one.
    init(_ runs: [ConnectedRuns.Run]) {
      self.runs = runs
      bottom = Int(runs.first?.row ?? 0)
      height = Int(runs.last?.row ?? -1) - bottom + 1
      pixels = runs.reduce(0) { $0 + $1.count }
      left = runs.map { Int($0.start) }.min() ?? 0
      width = (runs.map { Int($0.end) }.max() ?? 0) - left
    }

    /// The group with a border of one pixel, without small holes.
    private var filled: Mask {
      var mask = Mask(shape: Shape(width: width + 2, height: height + 2))
      for run in runs {
        for x in run.columns { mask[x - left + 1, Int(run.row) - bottom + 1] = true }
      }
      // The first region is what lies around the group.
      let rest = ConnectedRuns(of: mask.plane.map { $0 == 0 ? 1 : 0 }, connectivity: .four)
      for (run, group) in zip(rest.runs, rest.groups) where group > 0 && rest.sizes[Int(group)] <= Self.hole {
        for x in run.columns { mask[x, Int(run.row)] = true }
      }
      return mask
    }

    /// Whether a full square of this side lies in it.
    func holdsBlock(of side: Int) -> Bool {
      guard width >= side, height >= side else { return false }
      let mask = filled
      // The side of the largest full square that ends in each pixel of a row.
      var before = [Int](repeating: 0, count: mask.width)
      for y in 1..<max(1, mask.height) {
        var sides = before
        for x in 1..<max(1, mask.width) {
          sides[x] = mask[x, y] ? 1 + min(before[x], before[x - 1], sides[x - 1]) : 0
          if sides[x] >= side { return true }
        }
        before = sides
      }
      return false
    }
  }
}
