import Synchronization

/// The state of one run: the masks, the cleaned pixels, and the iterations over them.
final class LACosmicRun: @unchecked Sendable {
  private let pixels: Plane<Float>
  private let background: Plane<Float>?
  private let variance: Plane<Float>?
  private let scale: Float
  private let parameters: LACosmicParameters
  private let setup: DetectionSetup
  private let work: Work
  private let patch: UnsafeMutablePointer<Float>
  private let variancePatch: UnsafeMutablePointer<Float>
  /// M: the input mask grown by a pixel, and the surroundings of saturated stars.
  let masked: BitPlane
  private let cosmic: BitPlane
  private var level: Float = 0
  private var varianceLevel: Float = 0

  struct Outcome {
    var mask: Mask
    var perIteration: [Int]
    var atFloor: Int
  }

  init(
    pixels: Plane<Float>, scale: Float, inmask: Mask?, background: Plane<Float>?, variance: Plane<Float>?,
    parameters: LACosmicParameters, work: Work
  ) throws {
    (self.pixels, self.scale, self.background, self.variance) = (pixels, scale, background, variance)
    (self.parameters, self.work) = (parameters, work)
    setup = try DetectionSetup(parameters)
    let count = max(1, pixels.count)
    // Written and read only where a cosmic ray was found, so that little of it is ever touched.
    patch = .allocate(capacity: count)
    variancePatch = .allocate(capacity: count)
    cosmic = BitPlane(width: pixels.width, height: pixels.height)
    let given = BitPlane(width: pixels.width, height: pixels.height)
    if let inmask { given.formUnion(inmask) }
    masked = inmask == nil ? given : given.grown(reach: 1, corners: true)
    if let saturated = try saturatedStars() { masked.formUnion(saturated) }
  }

  deinit {
    patch.deallocate()
    variancePatch.deallocate()
  }

  /// The cleaned value of a flagged pixel [electron], background subtracted.
  func cleaned(_ index: Int) -> Float { patch[index] }

  /// Large bright structures around saturated pixels, grown twice (section 3, step 5); nil without any.
  private func saturatedStars() throws -> BitPlane? {
    let limit = Float(parameters.satlevel)
    guard pixels.pixels.contains(where: { $0 * scale >= limit }) else { return nil }
    let electrons = scale == 1 ? pixels : pixels.map { $0 * scale }
    let smooth =
      parameters.sepmed
      ? try MedianFilter.separable(electrons, size: 7, work: work)
      : try MedianFilter.square(electrons, size: 5, work: work)
    let stars = BitPlane(width: pixels.width, height: pixels.height)
    let tenth = limit / 10
    for y in 0..<pixels.height {
      for x in 0..<pixels.width where electrons[x, y] >= limit && smooth[x, y] > tenth { stars.set(x, y) }
    }
    return stars.grown(reach: 2, corners: false).grown(reach: 2, corners: false)
  }

  private func withFrame<Result>(_ body: (LACosmicFrame) throws -> Result) rethrows -> Result {
    try pixels.pixels.withUnsafeBufferPointer { pixels in
      try withOptional(background) { background in
        try withOptional(variance) { variance in
          guard let base = pixels.baseAddress else { return try body(frame(UnsafePointer(patch), nil, nil)) }
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
      masked: masked, hasMasked: !masked.isEmpty, cosmic: cosmic, patch: patch, variancePatch: variancePatch)
  }

  /// All iterations (section 4).
  func iterate() throws -> Outcome {
    try withFrame { frame in
      let (width, height) = (frame.width, frame.height)
      findLevels(frame)
      var outcome = Outcome(mask: Mask(shape: pixels.shape), perIteration: [], atFloor: 0)
      guard parameters.niter > 0, width > 0, height > 0 else { return outcome }
      let tiles = TilePool(setup)
      let (coreWidth, coreHeight) = tiles.withTile { ($0.coreWidth, $0.coreHeight) }
      let across = (width + coreWidth - 1) / coreWidth
      let count = across * ((height + coreHeight - 1) / coreHeight)
      var flaggedOf = [Int](repeating: 0, count: count)
      var changed: BitPlane?
      var old = (
        contrast: BitPlane(width: width, height: height), flagged: BitPlane(width: width, height: height)
      )
      for _ in 0..<parameters.niter {
        let contrast = BitPlane(width: width, height: height)
        let flagged = BitPlane(width: width, height: height)
        contrast.copy(from: old.contrast)
        flagged.copy(from: old.flagged)
        let planes = IterationPlanes(
          changed: changed, oldContrast: old.contrast, oldFlagged: old.flagged, contrast: contrast,
          flagged: flagged)
        let findings = FindingsList(count)
        try work.forTiles(count, size: 1) { range in
          for tile in range {
            findings.set(
              tile,
              tiles.withTile {
                $0.judge(frame, planes, coreX: tile % across * coreWidth, coreY: tile / across * coreHeight)
              })
          }
        }
        for (tile, found) in findings.all.enumerated() {
          guard let found else { continue }
          flaggedOf[tile] = found.flagged
          if changed == nil { outcome.atFloor += found.atFloor }
        }
        let total = flaggedOf.reduce(0, +)
        outcome.perIteration.append(total)
        if total == 0 { break }
        changed = try clean(frame, flagged)
        old = (contrast, flagged)
      }
      outcome.mask = try cosmic.mask(work: work)
      return outcome
    }
  }

  /// Fallback levels for pixels without good neighbours (section 3, step 7); 0 when no pixel is good.
  private func findLevels(_ frame: LACosmicFrame) {
    // Only pixels without any good neighbour ever need them; those are rare, but the cost is small.
    func level(_ value: @escaping (Int) -> Float) -> Float {
      lowMedian(rows: frame.height) { y, take in
        for x in 0..<frame.width where !frame.hasMasked || !masked.isSet(x, y) {
          take(value(y * frame.width + x))
        }
      } ?? 0
    }
    levels = { [unowned self] in
      if !self.hasLevels {
        self.level = level { frame.electrons($0) }
        self.varianceLevel = level { frame.varianceElectrons($0) }
        self.hasLevels = true
      }
      return (self.level, self.varianceLevel)
    }
  }

  private var hasLevels = false
  private var levels: (() -> (Float, Float))?

  /// Adds the flags to the cosmic mask and cleans all of it (section 9).
  ///
  /// - Returns: the pixels whose value changed.
  private func clean(_ frame: LACosmicFrame, _ flagged: BitPlane) throws -> BitPlane {
    let (width, height) = (frame.width, frame.height)
    // Newly flagged pixels get their own values first, so that reading them is right whether cleaned or not.
    for y in 0..<height {
      flagged.forEach(row: y) { x in
        guard !cosmic.isSet(x, y) else { return }
        patch[y * width + x] = frame.electrons(y * width + x)
        variancePatch[y * width + x] = frame.varianceElectrons(y * width + x)
      }
    }
    cosmic.formUnion(flagged)
    let cleaner = PixelCleaner(frame: frame, type: parameters.cleanType)
    let collected = OrderedResults<[PixelCleaner.Replacement]>((height + 31) / 32)
    try work.forTiles(height, size: 32) { rows in
      var replacements: [PixelCleaner.Replacement] = []
      for y in rows where y >= 2 && y < height - 2 {
        cosmic.forEach(row: y) { x in
          guard x >= 2, x < width - 2 else { return }
          replacements.append(cleaner.replacement(x, y))
        }
      }
      collected.set(rows.lowerBound / 32, replacements)
    }
    let changed = BitPlane(width: width, height: height)
    for replacement in collected.values.joined() {
      var (value, variance) = (replacement.value, replacement.variance)
      if replacement.needsLevel, let levels { (value, variance) = levels() }
      let index = replacement.index
      if patch[index] != value || variancePatch[index] != variance {
        changed.set(index % width, index / width)
      }
      patch[index] = value
      variancePatch[index] = variance
    }
    return changed
  }
}

/// Scratch tiles, handed out to one thread at a time.
private final class TilePool: Sendable {
  private let setup: DetectionSetup
  private let free = Mutex<[DetectionTile]>([])

  init(_ setup: DetectionSetup) { self.setup = setup }

  func withTile<Result>(_ body: (DetectionTile) -> Result) -> Result {
    let tile = free.withLock { $0.popLast() } ?? DetectionTile(setup: setup)
    defer { free.withLock { $0.append(tile) } }
    return body(tile)
  }
}

/// Findings of the tiles of one iteration; nil where nothing changed.
private final class FindingsList: Sendable {
  private let storage: Mutex<[TileFindings?]>

  init(_ count: Int) { storage = Mutex([TileFindings?](repeating: nil, count: count)) }

  func set(_ index: Int, _ findings: TileFindings?) { storage.withLock { $0[index] = findings } }

  var all: [TileFindings?] { storage.withLock { $0 } }
}
