import Synchronization

/// The state of one run: the masks, the cleaned pixels, and the iterations over them.
final class LACosmicRun {
  private let pixels: Plane<Float>
  private let background: Plane<Float>?
  private let variance: Plane<Float>?
  private let scale: Float
  private let parameters: LACosmicParameters
  private let setup: DetectionSetup
  private let work: Work
  /// M: the input mask grown by a pixel, and the surroundings of saturated stars.
  let masked: BitPlane
  private let gaps: (own: BitPlane, grown: BitPlane)?
  private var levels: SIMD2<Float>?

  struct Outcome {
    var found: CosmicTable
    var perIteration: [Int] = []
    var atFloor = 0
  }

  /// The number of pixels.
  var count: Int { pixels.count }

  /// - Parameters:
  ///   - pixels: finite.
  ///   - made: pixels that were not finite, whose values are made up; part of `inmask`.
  ///   - scale: factor of the pixels to electrons.
  ///   - hasSaturated: whether any pixel reaches the saturation level.
  /// - Throws: `CRSError` for a kernel that does not exist, or interrupted.
  init(
    pixels: Plane<Float>, scale: Float, hasSaturated: Bool, inmask: Mask?, made: Mask?,
    background: Plane<Float>?,
    variance: Plane<Float>?, parameters: LACosmicParameters, work: Work
  ) throws {
    (self.pixels, self.scale, self.background, self.variance) = (pixels, scale, background, variance)
    (self.parameters, self.work) = (parameters, work)
    setup = try DetectionSetup(parameters)
    let given = BitPlane(width: pixels.width, height: pixels.height)
    if let inmask { given.formUnion(inmask) }
    masked = inmask == nil ? given : given.grown(reach: 1, corners: true)
    if hasSaturated {
      let stars = try SaturatedStars(
        in: pixels, scale: scale, limit: Float(parameters.satlevel), sepmed: parameters.sepmed, work: work)
      masked.formUnion(stars.mask)
    }
    if parameters.exactInmaskMedians {
      gaps = masked.isEmpty ? nil : (masked, masked)
    } else if let made {
      let own = BitPlane(width: pixels.width, height: pixels.height)
      own.formUnion(made)
      gaps = (own, own.grown(reach: 1, corners: true))
    } else {
      gaps = nil
    }
  }

  private func withFrame<Result>(_ body: (LACosmicFrame) throws -> Result) rethrows -> Result? {
    try pixels.pixels.withUnsafeBufferPointer { pixels in
      try withOptional(background) { background in
        try withOptional(variance) { variance in
          guard let base = pixels.baseAddress else { return nil }
          return try body(frame(base, background, variance))
        }
      }
    }
  }

  private func withOptional<Result>(
    _ plane: Plane<Float>?, _ body: (UnsafePointer<Float>?) throws -> Result
  ) rethrows -> Result {
    guard let plane else { return try body(nil) }
    return try plane.pixels.withUnsafeBufferPointer { try body($0.baseAddress) }
  }

  private func frame(
    _ base: UnsafePointer<Float>, _ background: UnsafePointer<Float>?, _ variance: UnsafePointer<Float>?
  ) -> LACosmicFrame {
    let gain = Float(parameters.gain)
    let noise = Float(parameters.readNoise)
    return LACosmicFrame(
      width: pixels.width, height: pixels.height, pixels: base, gain: scale, background: background,
      backgroundGain: gain, variance: variance, gainSquared: gain * gain, readVariance: noise * noise,
      masked: masked, hasMasked: !masked.isEmpty, gaps: gaps,
      cleaned: CosmicTable(BitPlane(width: pixels.width, height: pixels.height)))
  }

  /// All iterations (section 4).
  func iterate() throws -> Outcome {
    let nothing = Outcome(found: CosmicTable(BitPlane(width: pixels.width, height: pixels.height)))
    guard parameters.niter > 0 else { return nothing }
    return try withFrame { try iterate($0) } ?? nothing
  }

  private func iterate(_ start: LACosmicFrame) throws -> Outcome {
    var frame = start
    let (width, height) = (frame.width, frame.height)
    let grid = TileGrid(setup, width: width, height: height)
    var outcome = Outcome(found: frame.cleaned)
    var flaggedOf = [Int](repeating: 0, count: grid.count)
    var changed: BitPlane?
    var contrast = BitPlane(width: width, height: height)
    var flagged = BitPlane(width: width, height: height)
    for iteration in 1...parameters.niter {
      let planes = IterationPlanes(
        changed: changed, oldContrast: contrast, oldFlagged: flagged,
        contrast: BitPlane(copying: contrast), flagged: BitPlane(copying: flagged))
      for (tile, found) in try grid.judge(
        frame, planes, stage: "L.A.Cosmic, iteration \(iteration)", work: work
      ).enumerated() {
        guard let found else { continue }
        flaggedOf[tile] = found.flagged
        if changed == nil { outcome.atFloor += found.atFloor }
      }
      let total = flaggedOf.reduce(0, +)
      outcome.perIteration.append(total)
      if total == 0 { break }
      (contrast, flagged) = (planes.contrast, planes.flagged)
      (frame.cleaned, changed) = try clean(frame, flagged)
    }
    outcome.found = frame.cleaned
    return outcome
  }

  /// Adds the flags to the cosmic mask and cleans all of it (section 9).
  ///
  /// - Returns: the new table, and the pixels whose value changed.
  private func clean(_ frame: LACosmicFrame, _ flagged: BitPlane) throws -> (CosmicTable, BitPlane) {
    let (width, height) = (frame.width, frame.height)
    let old = frame.cleaned
    let cosmic = BitPlane(copying: old.bits)
    let fresh = BitPlane(copying: flagged)
    fresh.subtract(cosmic)
    cosmic.formUnion(fresh)
    let table = CosmicTable(cosmic)
    let changed = BitPlane(width: width, height: height)
    let cleaner = PixelCleaner(frame: frame, cosmic: cosmic, type: parameters.cleanType)
    let cleansAll = parameters.cleanType == .median
    let band = 32
    let unresolved = OrderedResults<[SIMD2<Int32>]>((height + band - 1) / band)
    try work.forTiles(height, size: band) { rows in
      var lonely: [SIMD2<Int32>] = []
      for y in rows {
        for word in 0..<cosmic.words where cosmic[row: y, word: word] != 0 {
          // A cleaned pixel depends on which pixels within 2 of it are flagged, unless all are used.
          let near = cleansAll ? ~0 : fresh.near(row: y, word: word, reach: 2)
          var position = table.start(row: y, word: word)
          var rest = cosmic[row: y, word: word]
          while rest != 0 {
            let x = word &* 64 &+ rest.trailingZeroBitCount
            let before = frame.current(x, y)
            var value = before
            if near & (rest & (0 &- rest)) != 0, x >= 2, y >= 2, x < width - 2, y < height - 2 {
              if let found = cleaner.replacement(x, y) {
                value = found
              } else {
                lonely.append(SIMD2(Int32(x), Int32(y)))
              }
            }
            table.values[position] = value
            if any(value .!= before) { changed.set(x, y) }
            position &+= 1
            rest &= rest &- 1
          }
        }
      }
      unresolved.set(rows.lowerBound / band, lonely)
    }
    for pixel in unresolved.values.joined() {
      let (x, y) = (Int(pixel.x), Int(pixel.y))
      let value = fallbackLevels(frame)
      if any(value .!= frame.current(x, y)) { changed.set(x, y) }
      table.values[table.position(x, y)] = value
    }
    return (table, changed)
  }

  /// Levels for pixels without good neighbours; 0 when no pixel is good.
  private func fallbackLevels(_ frame: LACosmicFrame) -> SIMD2<Float> {
    if let levels { return levels }
    func level(_ value: (Int) -> Float) -> Float {
      lowMedian(rows: frame.height) { y, take in
        for x in 0..<frame.width where !frame.hasMasked || !masked.isSet(x, y) {
          take(value(y * frame.width + x))
        }
      } ?? 0
    }
    let found = SIMD2(level { frame.electrons($0) }, level { frame.varianceElectrons($0) })
    levels = found
    return found
  }
}
