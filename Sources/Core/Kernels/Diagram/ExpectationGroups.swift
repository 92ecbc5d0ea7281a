/// Pixels with nearly the same set of expectations, each set represented by the sum of its members.
struct ExpectationGroups {
  /// Sums of the sorted stabilised coordinates, and how many pixels they are of; in raster order of the first pixel.
  private(set) var sums: [[Double]] = []
  private(set) var members: [Double] = []

  /// - Parameters:
  ///   - levels: what each exposure expects [ADU]; pixels that are NaN in the first one are left out.
  ///   - delta: side of the cells in stabilised units.
  ///   - areExchangeable: whether the exposures' noise is the same, so that only the set of expectations matters.
  /// - Throws: `CRSError.interrupted`.
  init(
    _ levels: [Plane<Float>], family: NoiseTailFamily, delta: Double, areExchangeable: Bool = true, work: Work
  ) throws {
    let n = levels.count
    let count = levels[0].count
    let size = 1 << 17
    let parts = OrderedResults<Part>((count + size - 1) / size)
    try work.forTiles(count, size: size) { tile in
      var part = Part(exposures: n)
      withPixels(of: levels) { sources in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: n) { coordinates in
          for i in tile where !sources[0][i].isNaN {
            // Exposures are exchangeable: sorted coordinates tell sets of expectations apart.
            for k in 0..<n {
              let new = family.u(Double(sources[k][i]))
              var place = k
              while areExchangeable, place > 0, coordinates[place - 1] > new {
                coordinates[place] = coordinates[place - 1]
                place -= 1
              }
              coordinates[place] = new
            }
            part.add(coordinates, scale: 1 / delta)
          }
        }
      }
      parts.set(tile.lowerBound / size, part)
    }
    var places: [[Int32]: Int] = [:]
    for part in parts.values {
      try work.checkCancelled()
      for (k, cell) in part.cells.enumerated() {
        let sum = part.sums[k * n..<(k + 1) * n]
        if let place = places[cell] {
          for (m, value) in sum.enumerated() { sums[place][m] += value }
          members[place] += part.members[k]
        } else {
          places[cell] = sums.count
          sums.append(Array(sum))
          members.append(part.members[k])
        }
      }
    }
    mergeRare(fewer: Double(count) / 100_000, scale: 1 / (4 * delta))
  }

  /// Puts groups of few pixels together in cells of four times the side: large images have thousands of them, which
  /// together hold a few per cent of the pixels.
  private mutating func mergeRare(fewer limit: Double, scale: Double) {
    var (kept, keptMembers): ([[Double]], [Double]) = ([], [])
    var places: [[Int32]: Int] = [:]
    for (sum, count) in zip(sums, members) {
      guard count < limit else {
        kept.append(sum)
        keptMembers.append(count)
        continue
      }
      let cell = sum.map { Int32(min(1e8, ($0 / count * scale).rounded())) }
      if let place = places[cell] {
        for (m, value) in sum.enumerated() { kept[place][m] += value }
        keptMembers[place] += count
      } else {
        places[cell] = kept.count
        kept.append(sum)
        keptMembers.append(count)
      }
    }
    (sums, members) = (kept, keptMembers)
  }

  /// The groups of some pixels: an open hash table of their cells, without an allocation for each pixel.
  private struct Part {
    let n: Int
    var cells: [[Int32]] = []
    var sums: [Double] = []
    var members: [Double] = []
    private var table = [Int32](repeating: -1, count: 1 << 12)
    private var hashes: [UInt64] = []

    init(exposures: Int) { n = exposures }

    mutating func add(_ coordinates: UnsafeMutableBufferPointer<Double>, scale: Double) {
      var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
      for k in 0..<n {
        hash = SplitMix64.mix(hash ^ UInt64(bitPattern: Int64(Self.cell(coordinates[k], scale))))
      }
      var slot = Int(hash & UInt64(table.count - 1))
      while table[slot] >= 0 {
        let group = Int(table[slot])
        if hashes[group] == hash {
          for k in 0..<n { sums[group * n + k] += coordinates[k] }
          members[group] += 1
          return
        }
        slot = (slot + 1) & (table.count - 1)
      }
      table[slot] = Int32(members.count)
      hashes.append(hash)
      cells.append((0..<n).map { Self.cell(coordinates[$0], scale) })
      sums.append(contentsOf: coordinates)
      members.append(1)
      if 2 * members.count > table.count { grow() }
    }

    private static func cell(_ coordinate: Double, _ scale: Double) -> Int32 {
      Int32(min(1e8, (coordinate * scale).rounded()))
    }

    private mutating func grow() {
      table = [Int32](repeating: -1, count: 4 * table.count)
      for (group, hash) in hashes.enumerated() {
        var slot = Int(hash & UInt64(table.count - 1))
        while table[slot] >= 0 { slot = (slot + 1) & (table.count - 1) }
        table[slot] = Int32(group)
      }
    }
  }
}
