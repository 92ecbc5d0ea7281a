/// Groups of hits of one exposure that are broader or longer than cosmic rays leave: asteroids, trails of satellites,
/// reflections, sources that vary or moved.
///
/// Tracks of cosmic rays are a few pixels wide: among 170,000 pixels hit by real ones, cut out of bias frames and put into
/// real and simulated pairs, no full block of 4 x 4 is flagged; tracks that cross fill one of 5 x 5 at times.
struct BroadHits {
  /// nil where there are none.
  let findings: StackFindings.Broad?

  /// Side of the full block that a broad group holds, and extent from which on one is long [pixel].
  private static let (side, long) = (6, 150)

  /// - Parameter hits: of each exposure, not dilated.
  init(among hits: [Mask]) {
    var (groups, pixels) = (0, 0)
    var largest: StackFindings.Broad?
    for (k, mask) in hits.enumerated() where mask.flagged >= Self.side * Self.side {
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
    /// Runs of each row, from the lowest one on.
    private let rows: [[Range<Int>]]
    let pixels: Int
    let left: Int
    let bottom: Int
    let width: Int
    var height: Int { rows.count }

    /// - Parameter runs: of a connected group, in raster order, at least one.
    init(_ runs: [ConnectedRuns.Run]) {
      let first = Int(runs.first?.row ?? 0)
      var rows = [[Range<Int>]](repeating: [], count: Int(runs.last?.row ?? 0) - first + 1)
      for run in runs { rows[Int(run.row) - first].append(run.columns) }
      (self.rows, bottom) = (rows, first)
      pixels = runs.reduce(0) { $0 + $1.count }
      left = runs.map { Int($0.start) }.min() ?? 0
      width = (runs.map { Int($0.end) }.max() ?? 0) - left
    }

    /// Whether so many columns are flagged in so many rows that follow each other.
    func holdsBlock(of side: Int) -> Bool {
      guard rows.count >= side else { return false }
      return (0...rows.count - side).contains { start in
        var common = rows[start].filter { $0.count >= side }
        for row in rows[start + 1..<start + side] where !common.isEmpty {
          common = common.flatMap { a in row.map { a.clamped(to: $0) }.filter { $0.count >= side } }
        }
        return !common.isEmpty
      }
    }
  }
}
