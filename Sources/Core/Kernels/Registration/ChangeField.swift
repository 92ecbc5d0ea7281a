/// What is expected of the difference of two exposures so far.
struct ChangeField {
  private let exposures: [Plane<Float>]
  private let variance: PairVariance
  private let work: Work
  private let shape: Shape
  private(set) var change: Plane<Float>
  /// Lines that are looked at to compare axes: one of so many.
  private static let sample = 8

  init(_ exposures: [Plane<Float>], variance: PairVariance, work: Work) {
    (self.exposures, self.variance, self.work) = (exposures, variance, work)
    shape = exposures[0].shape
    change = Plane(width: shape.width, height: shape.height, repeating: 0)
  }

  /// Part of the pixels whose change exceeds the noise of their difference.
  func changedPart() throws -> Double {
    let counts = OrderedResults<Int>(shape.height)
    let (width, model) = (shape.width, variance)
    try withPixels(of: exposures + [change]) { sources in
      nonisolated(unsafe) let sources = sources
      try work.forTiles(shape.height, size: 16) { tile in
        guard let a = sources[0].baseAddress, let b = sources[1].baseAddress,
          let change = sources[2].baseAddress
        else { return }
        for y in tile {
          var count = 0
          for x in stride(from: 0, to: width, by: 8) {
            let (i, here) = (y * width + x, width - x)
            let c = change.lanes(i, here, filler: 0)
            let own = model.own { min(i + $0, i + here - 1) }
            let level = own.level(a.lanes(i, here, filler: 0), b.lanes(i, here, filler: 0))
            count += bits(c * c .> own.variance(level)).nonzeroBitCount
          }
          counts.set(y, count)
        }
      }
    }
    return Double(counts.values.reduce(0, +)) / Double(max(1, change.count))
  }

  /// Mean square of the difference that some lines leave when they are followed along an axis; nil: as it is.
  private func sampled(_ isAlongX: Bool?) throws -> Double {
    let lines = isAlongX ?? true ? shape.height : shape.width
    let count = (lines + Self.sample - 1) / Self.sample
    let sums = OrderedResults<(Double, Int)>((count + 7) / 8)
    try lineByLine(isAlongX ?? true, step: Self.sample, fits: isAlongX != nil) { group, lines, fit in
      var (sum, there) = (Lanes.zero, Lanes.zero)
      var total = (0.0, 0)
      for x in 0..<lines.count {
        let r = lines.difference[x] - fit[x]
        let counts = r .== r
        sum += Lanes.zero.replacing(
          with: lower(r * r / lines.variance[x], Lanes(repeating: 9)), where: counts)
        there += Lanes.zero.replacing(with: 1, where: counts)
        // Single precision adds up what a few hundred pixels have.
        if x % 256 == 255 || x == lines.count - 1 {
          for k in 0..<8 { total.0 += Double(sum[k]) }
          total.1 += Int(there.sum())
          (sum, there) = (.zero, .zero)
        }
      }
      sums.set(group, total)
    }
    let total = sums.values.reduce((0.0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
    return total.0 / Double(max(1, total.1))
  }

  /// Adds what lines along each of the axes show.
  ///
  /// - Parameter axes: anything but `none`.
  mutating func follow(_ axes: SmoothChanges.Axes) throws -> [SmoothChanges.Step] {
    var found: [SmoothChanges.Step] = []
    var order = axes == .y ? [false] : axes == .x ? [true] : [true, false]
    if order.count == 2, try sampled(true) > sampled(false) { order = [false, true] }
    var before = try sampled(nil)
    for isAlongX in order {
      try follow(isAlongX: isAlongX)
      let after = try sampled(nil)
      found.append(SmoothChanges.Step(isAlongX: isAlongX, before: before, after: after))
      before = after
    }
    return found
  }

  /// Adds what lines along an axis show.
  private mutating func follow(isAlongX: Bool) throws {
    let (width, lines) = (shape.width, isAlongX ? shape.height : shape.width)
    var next = change
    try next.pixels.withUnsafeMutableBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      let target = SharedPointer(base)
      try lineByLine(isAlongX, step: 1, fits: true) { group, found, fit in
        let first = 8 * group
        let here = min(8, lines - first)
        for x in 0..<found.count {
          let values = fit[x]
          if isAlongX {
            for k in 0..<here { target.base[(first + k) * width + x] += values[k] }
          } else if here == 8 {
            let i = x * width + first
            target.base.setLanes(i, target.base.lanes(i) + values)
          } else {
            for k in 0..<here { target.base[x * width + first + k] += values[k] }
          }
        }
      }
    }
    change = next
  }

  /// Calls `body` with eight lines at a time, every `step`th of them: what is left of the difference, its noise, and what
  /// the lines show. Lanes without a line have no pixel that counts.
  private func lineByLine(
    _ isAlongX: Bool, step: Int, fits: Bool,
    _ body: @Sendable (_ group: Int, _ lines: ChangeFit.Lines, _ fit: UnsafePointer<Lanes>) -> Void
  ) throws {
    let lines = isAlongX ? shape.height : shape.width
    let length = isAlongX ? shape.width : shape.height
    let groups = ((lines + step - 1) / step + 7) / 8
    let look = LineLook(
      variance: variance, along: isAlongX ? 1 : shape.width, across: (isAlongX ? shape.width : 1) * step,
      length: length)
    try withPixels(of: exposures + [change]) { sources in
      guard let a = sources[0].baseAddress, let b = sources[1].baseAddress, let c = sources[2].baseAddress
      else { return }
      nonisolated(unsafe) let planes = (a, b, c)
      try work.forTiles(groups, size: 2) { tile in
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 4 * length + ChangeFit.room) { memory in
          guard let base = memory.baseAddress else { return }
          let (out, spare) = (base + 3 * length, base + 4 * length)
          for group in tile {
            let first = 8 * group * step
            let here = min(8, (lines - first + step - 1) / step)
            let found = look(planes, first: first / step * look.across, here, base)
            if fits {
              ChangeFit.fit(found, into: out, memory: spare)
            } else {
              for x in 0..<length { out[x] = .zero }
            }
            body(group, found, out)
          }
        }
      }
    }
  }
}

/// Takes eight lines out of two exposures.
private struct LineLook: Sendable {
  let variance: PairVariance
  /// Pixels in memory from one pixel of a line to the next, and from one line to the next.
  let along: Int
  let across: Int
  /// Pixels of a line.
  let length: Int

  /// - Parameters:
  ///   - planes: the exposures and what is expected of their difference.
  ///   - first: the first pixel of the first line.
  ///   - here: lines that there are, at most 8.
  ///   - memory: three groups of values for each pixel of a line.
  func callAsFunction(
    _ planes: (a: UnsafePointer<Float>, b: UnsafePointer<Float>, change: UnsafePointer<Float>), first: Int,
    _ here: Int, _ memory: UnsafeMutablePointer<Lanes>
  ) -> ChangeFit.Lines {
    let (difference, level, noise) = (memory, memory + length, memory + 2 * length)
    if here == 8, across == 1 {
      for x in 0..<length {
        let i = first + x * along
        difference[x] = planes.a.lanes(i)
        level[x] = planes.b.lanes(i)
        noise[x] = planes.change.lanes(i)
      }
    } else {
      // Line by line, as pixels lie in memory.
      let (ones, others, changes) = (scalars(difference), scalars(level), scalars(noise))
      for lane in 0..<8 {
        let start = first + lane * across
        for x in 0..<length {
          let place = 8 * x + lane
          guard lane < here else {
            (ones[place], others[place], changes[place]) = (.nan, .nan, 0)
            continue
          }
          let i = start + x * along
          (ones[place], others[place], changes[place]) = (planes.a[i], planes.b[i], planes.change[i])
        }
      }
    }
    for x in 0..<length {
      let own = variance.own { first + min($0, here - 1) * across + x * along }
      let (a, b, change) = (difference[x], level[x], noise[x])
      level[x] = own.level(a, b)
      difference[x] = a - b - change
      noise[x] = own.variance(level[x])
      // What is infinite counts no more than what is missing.
      difference[x].replace(with: .nan, where: difference[x] - difference[x] .!= 0)
    }
    return ChangeFit.Lines(difference: difference, level: level, variance: noise, count: length)
  }

  private func scalars(_ lanes: UnsafeMutablePointer<Lanes>) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(lanes).assumingMemoryBound(to: Float.self)
  }
}
