/// Exact order statistics of many numbers in two passes, without sorting them.
struct OrderStatistics {
  /// Finite values.
  let count: Int
  private let keys: UnsafeKeys

  /// NaN and infinite values are left out.
  init(_ values: [Float]) {
    keys = UnsafeKeys(values)
    count = keys.count
  }

  /// The value at a percentile 0...100, between two neighbours interpolated linearly; nil without values.
  func percentiles(_ percentiles: [Double]) -> [Double]? {
    guard count > 0 else { return nil }
    let places = percentiles.map { min(max($0, 0), 100) / 100 * Double(count - 1) }
    var ranks: [Int] = []
    for place in places {
      let low = Int(place)
      ranks += [low, min(low + 1, count - 1)]
    }
    let values = keys.values(at: ranks)
    return places.indices.map { k in
      let (a, b) = (Double(values[2 * k]), Double(values[2 * k + 1]))
      return a + (b - a) * (places[k] - places[k].rounded(.down))
    }
  }
}

/// Floats counted by the upper 16 bits of a key that sorts as they do.
private struct UnsafeKeys {
  let values: [Float]
  let histogram: [Int]
  let count: Int

  init(_ values: [Float]) {
    self.values = values
    var histogram = [Int](repeating: 0, count: 1 << 16)
    values.withUnsafeBufferPointer { values in
      histogram.withUnsafeMutableBufferPointer { histogram in
        for value in values {
          histogram[Int(Self.key(value) >> 16)] &+= 1
        }
      }
    }
    // The keys of infinities and NaN lie at both ends.
    for bin in 0...Int(Self.key(-Float.infinity) >> 16) { histogram[bin] = 0 }
    for bin in Int(Self.key(Float.infinity) >> 16)..<(1 << 16) { histogram[bin] = 0 }
    self.histogram = histogram
    count = histogram.reduce(0, +)
  }

  @inline(__always) static func key(_ value: Float) -> UInt32 {
    let bits = value.bitPattern
    return bits ^ (UInt32(bitPattern: Int32(bitPattern: bits) >> 31) | 0x8000_0000)
  }

  func values(at ranks: [Int]) -> [Float] {
    var slot = [Int32](repeating: -1, count: 1 << 16)
    var members: [[Float]] = []
    var places: [(group: Int, index: Int)] = []
    for rank in ranks {
      var before = 0
      var bin = 0
      while before + histogram[bin] <= rank {
        before += histogram[bin]
        bin += 1
      }
      if slot[bin] < 0 {
        slot[bin] = Int32(members.count)
        members.append([])
        members[members.count - 1].reserveCapacity(histogram[bin])
      }
      places.append((Int(slot[bin]), rank - before))
    }
    values.withUnsafeBufferPointer { values in
      slot.withUnsafeBufferPointer { slot in
        for value in values {
          let group = slot[Int(Self.key(value) >> 16)]
          if group >= 0 { members[Int(group)].append(value) }
        }
      }
    }
    for group in members.indices { members[group].sort() }
    return places.map { members[$0.group][$0.index] }
  }
}
