/// Which exposures lie low in each split pixel of a stack, as numbers of the sets that occur.
struct LowSets {
  /// 0 where the values of a pixel agree, else the number of its set, from 1.
  private(set) var numbers: Plane<UInt8>
  /// The exposures of each set as bits; none for what cannot be told.
  private(set) var sets: [UInt64] = []
  /// The pixels of each set, in raster order.
  private(set) var pixels: [[Int]] = []
  private var known: [UInt64: Int] = [:]

  /// Sets that do not fit into a byte, and exposures that do not fit into a word, share the last number.
  private static let most = 255

  /// - Parameter places: split pixels in raster order, with the exposures that lie low in them, 0 where these cannot be
  ///   told.
  init(_ places: [(pixel: Int, low: UInt64)], shape: Shape) {
    numbers = Plane(width: shape.width, height: shape.height, repeating: 0)
    for (pixel, low) in places {
      let number = number(of: low)
      numbers.pixels[pixel] = UInt8(number)
      pixels[number - 1].append(pixel)
    }
  }

  private mutating func number(of low: UInt64) -> Int {
    if let number = known[low] { return number }
    guard sets.count < Self.most - 1 || low == 0 else { return number(of: 0) }
    sets.append(low)
    pixels.append([])
    known[low] = sets.count
    return sets.count
  }

  /// The exposures of a set, the first one 0.
  func exposures(_ number: UInt8, of count: Int) -> [Int] {
    guard number > 0 else { return [] }
    return (0..<min(count, 64)).filter { sets[Int(number) - 1] >> UInt64($0) & 1 == 1 }
  }

  /// The pixels of a set as connected groups.
  func groups(_ number: UInt8) -> ConnectedRuns {
    var runs: [ConnectedRuns.Run] = []
    for i in pixels[Int(number) - 1] {
      let row = Int32(truncatingIfNeeded: i / numbers.width)
      let column = Int32(truncatingIfNeeded: i % numbers.width)
      let last = runs.count - 1
      if last >= 0, runs[last].row == row, runs[last].end == column {
        runs[last].end += 1
      } else {
        runs.append(.init(row: row, start: column, end: column + 1))
      }
    }
    return ConnectedRuns(joining: runs, connectivity: .eight)
  }
}
