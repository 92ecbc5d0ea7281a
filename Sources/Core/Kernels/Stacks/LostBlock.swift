/// Touching pixels of an exposure that hold one and the same number, where other exposures have values: lost packets, what
/// another program filled with 0.
///
/// Equal values tell it whatever the level and the noise of the image, before anything is compared with them.
package struct LostBlock: Sendable, Equatable {
  package let value: Float
  package let count: Int
  /// What holds all of its pixels.
  package let section: Section
  /// Its pixels, as parts of rows.
  package let runs: [ConnectedRuns.Run]

  /// Equal neighbours in a row, and pixels of a block, that noise does not make: bad columns are narrower.
  private static let (length, fewest) = (8, 64)
  /// Part of neighbouring pixels beside the blocks that may be equal: in counts of few photons most are.
  private static let equal = 0.4
  /// Part of an exposure that blocks may be: without any value it is none. Where much of half of the exposures is equal, somebody
  /// made it so.
  private static let (most, much) = (0.95, 0.3)
  /// Part of a block where other exposures must have values, and of these that must not lie lower: saturated pixels are equal,
  /// and high.
  private static let (seen, higher) = (0.5, 0.1)

  /// The blocks of each exposure, none where there are none.
  ///
  /// - Parameter exposures: as read; values that are masked or not finite do not count. Exposures of unlike shapes are no
  ///   stack, and have no blocks.
  package static func found(in exposures: [ExposurePlanes]) -> [[LostBlock]] {
    guard exposures.allSatisfy({ $0.shape == exposures[0].shape }) else { return exposures.map { _ in [] } }
    let all = exposures.map { blocks(of: $0) }
    guard all.contains(where: { !$0.isEmpty }) else { return all }
    let shape = exposures[0].shape
    var isEqual = all.map { blocks in
      var mask = Mask(shape: shape)
      for block in blocks { block.mark(in: &mask) }
      return mask
    }
    let parts = isEqual.map { Double($0.flagged) / Double(max(1, shape.count)) }
    let even = parts.count { $0 > much }
    guard even < 2 || 2 * even < exposures.count else { return exposures.map { _ in [] } }
    for (k, exposure) in exposures.enumerated() where !all[k].isEmpty {
      if parts[k] > most || exposure.partOfEqualNeighbours(outside: isEqual[k]) > equal {
        isEqual[k] = Mask(shape: shape)
      }
    }
    return exposures.indices.map { k in
      guard isEqual[k].flagged > 0 else { return [] }
      let others = exposures.indices.filter { $0 != k }
      return all[k].filter { $0.isLost(among: others.map { (exposures[$0], isEqual[$0]) }) }
        .compactMap { $0.grown(in: exposures[k]) }
    }
  }

  package func mark(in mask: inout Mask) {
    for run in runs {
      let start = Int(run.row) * mask.width
      for x in run.columns { mask.plane.pixels[start + x] = 1 }
    }
  }

  /// Whether other exposures have values there, and not lower ones.
  private func isLost(among others: [(exposure: ExposurePlanes, isEqual: Mask)]) -> Bool {
    var (known, compared, high) = (0, 0, 0)
    for run in runs {
      for x in run.columns {
        let i = Int(run.row) * others[0].exposure.shape.width + x
        var isKnown = false
        for (exposure, isEqual) in others where exposure.counts(i) && isEqual.plane.pixels[i] == 0 {
          isKnown = true
          compared += 1
          if exposure.pixels.pixels[i] >= value { high += 1 }
        }
        if isKnown { known += 1 }
      }
    }
    return Double(known) >= Self.seen * Double(count) && Double(high) >= Self.higher * Double(compared)
  }

  /// The same with all pixels that touch it and hold its number: where its outline is round they are few in a row.
  private func grown(in exposure: ExposurePlanes) -> LostBlock? {
    var mask = Mask(shape: exposure.shape)
    mark(in: &mask)
    var (all, rim) = (runs, runs)
    while let run = rim.popLast() {
      for y in max(0, Int(run.row) - 1)...min(mask.height - 1, Int(run.row) + 1) {
        for x in max(0, Int(run.start) - 1)..<min(mask.width, Int(run.end) + 1)
        where !mask[x, y] && exposure.pixels[x, y] == value && exposure.counts(y * mask.width + x) {
          mask[x, y] = true
          let (row, column) = (Int32(truncatingIfNeeded: y), Int32(truncatingIfNeeded: x))
          let one = ConnectedRuns.Run(row: row, start: column, end: column + 1)
          all.append(one)
          rim.append(one)
        }
      }
    }
    return LostBlock(value, all)
  }

  /// Touching pixels with one number, whatever the other exposures say.
  private static func blocks(of exposure: ExposurePlanes) -> [LostBlock] {
    var runs: [Float: [ConnectedRuns.Run]] = [:]
    let (width, height) = (exposure.shape.width, exposure.shape.height)
    exposure.pixels.pixels.withUnsafeBufferPointer { pixels in
      for y in 0..<height {
        let start = y * width
        var x = 0
        while x + 1 < width {
          // Every run of the length holds a pair that starts at a multiple of four.
          let value = pixels[start + x]
          guard pixels[start + x + 1] == value else {
            x += 4
            continue
          }
          var (first, end) = (x, x + 2)
          while first > 0, pixels[start + first - 1] == value { first -= 1 }
          while end < width, pixels[start + end] == value { end += 1 }
          if end - first >= length, (first..<end).allSatisfy({ exposure.counts(start + $0) }) {
            runs[value, default: []].append(
              ConnectedRuns.Run(
                row: Int32(truncatingIfNeeded: y), start: Int32(truncatingIfNeeded: first),
                end: Int32(truncatingIfNeeded: end)))
          }
          x += 4 * ((end - x + 3) / 4)
        }
      }
    }
    return runs.keys.sorted().flatMap { value in
      let groups = ConnectedRuns(joining: runs[value] ?? [], connectivity: .eight)
      var members = [[ConnectedRuns.Run]](repeating: [], count: groups.count)
      for (run, group) in zip(groups.runs, groups.groups) { members[Int(group)].append(run) }
      return zip(members, groups.sizes).compactMap { $1 >= fewest ? LostBlock(value, $0) : nil }
    }
  }

  private init?(_ value: Float, _ runs: [ConnectedRuns.Run]) {
    guard let bottom = runs.map(\.row).min(), let top = runs.map(\.row).max(),
      let left = runs.map(\.start).min(),
      let right = runs.map(\.end).max(),
      let section = try? Section(x1: Int(left) + 1, x2: Int(right), y1: Int(bottom) + 1, y2: Int(top) + 1)
    else { return nil }
    (self.value, self.runs, self.section) = (value, runs, section)
    count = runs.reduce(0) { $0 + $1.count }
  }
}

extension ExposurePlanes {
  /// Whether a value counts.
  func counts(_ i: Int) -> Bool { pixels.pixels[i].isFinite && mask?.plane.pixels[i] ?? 0 == 0 }

  /// Part of the pixels outside of a mask that equal their right neighbour; of a sample.
  fileprivate func partOfEqualNeighbours(outside mask: Mask) -> Double {
    let step = max(1, pixels.count / 50_000) | 1
    var (equal, all) = (0, 0)
    for i in stride(from: 0, to: pixels.count - 1, by: step)
    where (i + 1) % shape.width != 0 && mask.plane.pixels[i] == 0 && counts(i) && counts(i + 1) {
      all += 1
      if pixels.pixels[i] == pixels.pixels[i + 1] { equal += 1 }
    }
    return all > 0 ? Double(equal) / Double(all) : 0
  }
}
