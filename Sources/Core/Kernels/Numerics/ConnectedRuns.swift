/// Flagged pixels as horizontal runs, joined into connected groups.
///
/// Groups count from 0 in raster order of their first pixel. Time and memory grow with the number of runs, so
/// sparse masks cost next to nothing.
package struct ConnectedRuns: Sendable {
  /// Neighbouring flagged pixels of one row; columns and rows from 0.
  package struct Run: Sendable, Equatable {
    package var row: Int32
    /// First column.
    package var start: Int32
    /// Column behind the last one.
    package var end: Int32

    @inlinable package init(row: Int32, start: Int32, end: Int32) {
      (self.row, self.start, self.end) = (row, start, end)
    }

    @inlinable package var count: Int { Int(end - start) }
    @inlinable package var columns: Range<Int> { Int(start)..<Int(end) }
  }

  /// Which neighbours belong together.
  package enum Connectivity: Sendable {
    /// Pixels that share an edge.
    case four
    /// Pixels that share an edge or a corner.
    case eight
  }

  /// The runs in raster order.
  package let runs: [Run]
  /// The group of each run.
  package let groups: [Int32]
  /// The pixels of each group.
  package let sizes: [Int]

  /// The number of groups.
  package var count: Int { sizes.count }

  /// Joins runs, which must come in raster order, none touching its neighbour in the row.
  package init(joining runs: [Run], connectivity: Connectivity) {
    // The array that all empty ones share would be written to, by several threads at once.
    guard !runs.isEmpty else {
      (self.runs, groups, sizes) = ([], [], [])
      return
    }
    let reach: Int32 = connectivity == .eight ? 1 : 0
    var parent = [Int32](unsafeUninitializedCapacity: runs.count) { buffer, initialised in
      for i in 0..<runs.count { buffer[i] = Int32(truncatingIfNeeded: i) }
      initialised = runs.count
    }
    parent.withUnsafeMutableBufferPointer { parent in
      runs.withUnsafeBufferPointer { runs in
        // Both rows are walked once, side by side.
        var above = 0
        for i in 0..<runs.count {
          let run = runs[i]
          while above < i,
            runs[above].row < run.row - 1
              || (runs[above].row == run.row - 1 && runs[above].end + reach <= run.start)
          {
            above += 1
          }
          var j = above
          while j < i, runs[j].row == run.row - 1, runs[j].start < run.end + reach {
            Self.join(i, j, in: parent)
            j += 1
          }
        }
      }
    }
    var sizes: [Int] = []
    var groups = parent
    groups.withUnsafeMutableBufferPointer { groups in
      for i in 0..<groups.count {
        // A parent stands before its children, so that its group is known.
        if Int(groups[i]) == i {
          groups[i] = Int32(truncatingIfNeeded: sizes.count)
          sizes.append(runs[i].count)
        } else {
          groups[i] = groups[Int(groups[i])]
          sizes[Int(groups[i])] += runs[i].count
        }
      }
    }
    (self.runs, self.groups, self.sizes) = (runs, groups, sizes)
  }

  /// The groups of the pixels that are not 0.
  package init(of mask: Plane<UInt8>, connectivity: Connectivity) {
    self.init(joining: Self.runs(of: mask), connectivity: connectivity)
  }

  /// The same groups with other numbers.
  ///
  /// - Parameter order: the present numbers, each once, in the order of the new ones.
  package func reordered(_ order: [Int]) -> ConnectedRuns {
    var numbers = [Int32](repeating: 0, count: count)
    for (new, old) in order.enumerated() { numbers[old] = Int32(truncatingIfNeeded: new) }
    return ConnectedRuns(
      runs: runs, groups: groups.map { numbers[Int($0)] }, sizes: order.map { sizes[$0] })
  }

  private init(runs: [Run], groups: [Int32], sizes: [Int]) {
    (self.runs, self.groups, self.sizes) = (runs, groups, sizes)
  }

  private static func root(_ start: Int, in parent: UnsafeMutableBufferPointer<Int32>) -> Int {
    var i = start
    while Int(parent[i]) != i {
      parent[i] = parent[Int(parent[i])]
      i = Int(parent[i])
    }
    return i
  }

  /// The smaller root wins, so that a group's root is its first run.
  private static func join(_ a: Int, _ b: Int, in parent: UnsafeMutableBufferPointer<Int32>) {
    let first = root(a, in: parent)
    let second = root(b, in: parent)
    if first < second {
      parent[second] = Int32(truncatingIfNeeded: first)
    } else {
      parent[first] = Int32(truncatingIfNeeded: second)
    }
  }

  private static func runs(of mask: Plane<UInt8>) -> [Run] {
    var runs: [Run] = []
    mask.pixels.withUnsafeBytes { bytes in
      for y in 0..<mask.height {
        let row = UnsafeRawBufferPointer(rebasing: bytes[y * mask.width..<(y + 1) * mask.width])
        var x = 0
        while x < mask.width {
          // Most masks are nearly empty: eight pixels a step.
          while x + 8 <= mask.width, row.loadUnaligned(fromByteOffset: x, as: UInt64.self) == 0 { x += 8 }
          while x < mask.width, row[x] == 0 { x += 1 }
          guard x < mask.width else { break }
          let start = x
          while x < mask.width, row[x] != 0 { x += 1 }
          runs.append(
            Run(
              row: Int32(truncatingIfNeeded: y), start: Int32(truncatingIfNeeded: start),
              end: Int32(truncatingIfNeeded: x)))
        }
      }
    }
    return runs
  }
}
