/// Exact order statistics of the finite values of any number of pixels, without sorting or storing them.
///
/// The order-preserving integer keys are refined 16 bits a pass by histograms, so that time is linear and the
/// memory a few megabytes whatever the values are.
struct OrderStatistics<Scalar: SortableScalar> {
  /// Pixels that are neither infinite nor NaN.
  let finite: Int
  private let values: [Int: Scalar]

  /// The value of a rank that was asked for, 0 for the smallest finite value.
  subscript(rank: Int) -> Scalar? { values[rank] }

  /// - Parameter ranks: told the number of finite pixels (at least 1), the ranks wanted, each in `0..<finite`.
  /// - Throws: `CRSError.interrupted`.
  init(of rows: some PixelRows<Scalar>, work: Work, ranks: (_ finite: Int) -> [Int]) throws {
    if rows.height * rows.width <= Self.few {
      try work.checkCancelled()
      let keys = Self.sorted(rows)
      finite = keys.count
      values =
        keys.isEmpty
        ? [:] : Dictionary(ranks(keys.count).map { ($0, Scalar(sortKey: keys[$0])) }) { first, _ in first }
      return
    }
    let leading = try Self.histograms(of: rows, prefixes: [0], level: 0, work: work)[0]
    let edge = Scalar.edge
    let bins = edge..<Self.bins - edge
    finite = leading[bins].reduce(0) { $0 + Int($1) }
    guard finite > 0 else {
      values = [:]
      return
    }
    var open = Set(ranks(finite)).sorted().map { Search(rank: $0, inside: $0, prefix: 0) }
    Self.descend(&open) { _ in (leading, bins) }
    for level in 1..<Scalar.Key.bitWidth / 16 {
      let prefixes = Array(Set(open.map(\.prefix))).sorted()
      let counts = try Self.histograms(of: rows, prefixes: prefixes, level: level, work: work)
      Self.descend(&open) { prefix in (counts[prefixes.firstIndex(of: prefix) ?? 0], 0..<Self.bins) }
    }
    values = Dictionary(uniqueKeysWithValues: open.map { ($0.rank, Scalar(sortKey: $0.prefix)) })
  }

  private static var bins: Int { 1 << 16 }

  /// Pixels that are sorted sooner than 65536 bins are filled.
  private static var few: Int { 1 << 13 }

  /// The keys of the finite pixels in their order.
  private static func sorted(_ rows: some PixelRows<Scalar>) -> [Scalar.Key] {
    var keys: [Scalar.Key] = []
    let shift = Scalar.Key(Scalar.Key.bitWidth - 16)
    let finite = Scalar.edge..<bins - Scalar.edge
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: max(1, rows.width)) { row in
      guard let base = row.baseAddress else { return }
      for y in 0..<rows.height {
        rows.fill(y, base)
        for x in 0..<rows.width {
          let key = base[x].sortKey
          if finite.contains(Int(truncatingIfNeeded: key &>> shift)) { keys.append(key) }
        }
      }
    }
    return keys.sorted()
  }

  /// One wanted value: the leading bits found so far and its rank among the values that share them.
  private struct Search {
    let rank: Int
    var inside: Int
    var prefix: Scalar.Key
  }

  /// Appends the 16 bits in which each search's rank falls.
  private static func descend(
    _ searches: inout [Search], _ counts: (Scalar.Key) -> ([UInt64], Range<Int>)
  ) {
    for i in searches.indices {
      let (histogram, bins) = counts(searches[i].prefix)
      for bin in bins {
        let here = Int(histogram[bin])
        if searches[i].inside < here {
          searches[i].prefix = searches[i].prefix << 16 | Scalar.Key(truncatingIfNeeded: bin)
          break
        }
        searches[i].inside -= here
      }
    }
  }

  /// For each prefix, how many keys that begin with it have which next 16 bits.
  private static func histograms(
    of rows: some PixelRows<Scalar>, prefixes: [Scalar.Key], level: Int, work: Work
  ) throws -> [[UInt64]] {
    let total = Guarded([[UInt64]](repeating: [UInt64](repeating: 0, count: bins), count: prefixes.count))
    let width = rows.width
    // A tile must be large beside the histograms that it fills.
    let size = max(1, (1 << 20) / max(1, width))
    try work.forTiles(rows.height, size: size) { tile in
      var counts = [UInt32](repeating: 0, count: bins * prefixes.count)
      withUnsafeTemporaryAllocation(of: Scalar.self, capacity: width) { row in
        guard let base = row.baseAddress else { return }
        counts.withUnsafeMutableBufferPointer { counts in
          guard let counts = counts.baseAddress else { return }
          for y in tile {
            rows.fill(y, base)
            if level == 0 {
              countLeading(base, width, counts)
            } else {
              prefixes.withUnsafeBufferPointer { countInside(base, width, counts, level, $0) }
            }
          }
        }
      }
      total.withLock { total in
        for p in prefixes.indices {
          for bin in 0..<bins { total[p][bin] &+= UInt64(counts[p * bins + bin]) }
        }
      }
    }
    return total.withLock { $0 }
  }

  @inline(__always) private static func countLeading(
    _ row: UnsafePointer<Scalar>, _ width: Int, _ counts: UnsafeMutablePointer<UInt32>
  ) {
    let shift = Scalar.Key.bitWidth - 16
    for x in 0..<width { counts[Int(truncatingIfNeeded: row[x].sortKey &>> Scalar.Key(shift))] &+= 1 }
  }

  @inline(__always) private static func countInside(
    _ row: UnsafePointer<Scalar>, _ width: Int, _ counts: UnsafeMutablePointer<UInt32>, _ level: Int,
    _ prefixes: UnsafeBufferPointer<Scalar.Key>
  ) {
    let drop = Scalar.Key(Scalar.Key.bitWidth - 16 * level)
    let shift = drop - 16
    var x = 0
    while x < width {
      let end = min(x + 64, width)
      // Few pixels belong to a prefix: whole blocks are passed over.
      var hit: Scalar.Key = 0
      for p in 0..<prefixes.count {
        let prefix = prefixes[p]
        for i in x..<end { hit |= row[i].sortKey &>> drop == prefix ? 1 : 0 }
      }
      if hit != 0 {
        for i in x..<end {
          let key = row[i].sortKey
          let high = key &>> drop
          for p in 0..<prefixes.count where prefixes[p] == high {
            counts[p << 16 | Int(truncatingIfNeeded: key &>> shift) & 0xFFFF] &+= 1
          }
        }
      }
      x = end
    }
  }
}
