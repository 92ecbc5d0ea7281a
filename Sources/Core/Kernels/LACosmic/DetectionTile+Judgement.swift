/// What one iteration found in the core of a tile.
struct TileFindings {
  /// Flagged pixels, those of earlier iterations included.
  var flagged = 0
  /// Pixels whose variance lay below the floor; counted in the first iteration only.
  var atFloor = 0
}

/// The bit planes that an iteration reads and writes.
struct IterationPlanes: Sendable {
  /// Pixels that the last cleaning changed; nil in the first iteration, when all are new.
  let changed: BitPlane?
  /// c1 and c3 of the iteration before.
  let oldContrast: BitPlane
  let oldFlagged: BitPlane
  /// c1 and c3 of this one, filled with the old ones where no tile is computed.
  let contrast: BitPlane
  let flagged: BitPlane
}

extension DetectionTile {
  /// Steps 1 to 9 for the core at a pixel of the frame.
  ///
  /// - Returns: nil when nothing near the core changed, so that the last iteration's findings stand.
  func judge(_ frame: LACosmicFrame, _ planes: IterationPlanes, coreX: Int, coreY: Int) -> TileFindings? {
    place(frame, coreX: coreX, coreY: coreY)
    guard findZone(planes.changed) else { return nil }
    load(frame)
    var findings = screen()
    testContrast()
    if planes.changed != nil { keepOld(c1, zone, planes.oldContrast) }
    grow()
    if planes.changed != nil { keepOld(c3, zone3, planes.oldFlagged) }
    c3.intersection(c3, core)
    findings.flagged = c3.count
    let rows = haloY..<min(haloY + coreHeight, frameHeight - y)
    let columns = haloX..<min(haloX + coreWidth, frameWidth - x)
    c1.intersection(c1, core)
    c1.store(planes.contrast, x: x, y: y, rows: rows, columns: columns)
    c3.store(planes.flagged, x: x, y: y, rows: rows, columns: columns)
    return findings
  }

  /// Finds where c1 (`zone`) and c3 (`zone3`) have to be computed; false when nowhere.
  private func findZone(_ changed: BitPlane?) -> Bool {
    need.spread(core, rows: 2, columns: 2)
    need.intersection(need, inside)
    guard let changed else {
      zone.copy(need)
      zone3.copy(core)
      return true
    }
    c1.load(changed, x: x, y: y)
    if c1.isEmpty { return false }
    zone3.spread(c1, rows: setup.influence + 2, columns: setup.influence + 2)
    zone3.intersection(zone3, core)
    if zone3.isEmpty { return false }
    zone.spread(c1, rows: setup.influence, columns: setup.influence)
    zone.intersection(zone, need)
    return true
  }

  /// Puts the old flags where nothing was computed.
  private func keepOld(_ flags: TileBits, _ computed: TileBits, _ plane: BitPlane) {
    need.load(plane, x: x, y: y)
    flags.merge(old: need, computed: computed)
  }

  /// Marks in `hits` the pixels whose s may exceed the threshold.
  ///
  /// As L and noise are positive, the median of s is too, so S <= s, and what is not marked cannot be a candidate.
  /// L in turn is at most 2c less the smaller neighbour in each direction, which is quickly had and nearly always
  /// settles it.
  private func screen() -> TileFindings {
    computeM(zone)
    let (a, m, width) = (a, m, width)
    // s > sigclip is L^2 > 4 sigclip^2 m; the margins cover the rounding of all these forms.
    let scale = Lanes(repeating: 4 * setup.sigclip * setup.sigclip * (1 - 1e-5))
    let margin = Lanes(repeating: 4e-6 * largest)
    let floor = Lanes(repeating: DetectionSetup.varianceFloor)
    var atFloor = 0
    hits.begin(like: zone)
    zone.forEachRun { row, first, end in
      var at = row &* width &+ first
      for column in Swift.stride(from: first, to: end, by: 8) {
        let level = m.lanes(at)
        let centre = a.lanes(at)
        let sides = lower(a.lanes(at &- 1), a.lanes(at &+ 1))
        let ends = lower(a.lanes(at &- width), a.lanes(at &+ width))
        let bound = upper(centre - sides + (centre - ends) + margin, .zero)
        let isHigh = bound * bound .> scale * upper(level, floor)
        if hasAny(isHigh .| (level .< floor)) {
          let slope = laplacian(at)
          hits.set(row, column, bits(slope * slope .> scale * upper(level, floor)))
          atFloor &+= (bits(level .< floor) & core.cell(row, column)).nonzeroBitCount
        }
        at &+= 8
      }
    }
    hits.difference(hits, masked, inside: zone)
    hits.trim()
    return TileFindings(atFloor: atFloor)
  }

  /// Steps 5 to 7: candidates among the hits, then the contrast test, into `c1`.
  private func testContrast() {
    c1.clear()
    if hits.isEmpty { return }
    computeSignificance(hits)
    exceeding(setup.sigclip, among: hits, into: c0)
    if c0.isEmpty { return }
    computeFineStructure(c0)
    let (significance, f, width) = (significance, f, width)
    let limit = Lanes(repeating: setup.objlim)
    c1.begin(like: c0)
    c0.forEachRun { row, first, end in
      for column in Swift.stride(from: first, to: end, by: 8) {
        let at = row &* width &+ column
        let sharp = significance.lanes(at) / f.lanes(at) .> limit
        c1.set(row, column, bits(sharp) & c0.cell(row, column))
      }
    }
  }

  /// Steps 8 and 9: the two growths, into `c3`.
  private func grow() {
    c3.clear()
    if c1.isEmpty { return }
    let (near, wanted) = (todo[6], todo[7])
    wanted.spread(zone3, rows: 1, columns: 1)
    near.spread(c1, rows: 1, columns: 1)
    near.intersection(near, wanted)
    near.difference(near, masked, inside: inside)
    computeSignificance(near)
    exceeding(setup.sigclip, among: near, into: c0)
    near.spread(c0, rows: 1, columns: 1)
    near.intersection(near, zone3)
    near.difference(near, masked, inside: inside)
    computeSignificance(near)
    exceeding(setup.low, among: near, into: c3)
  }

  /// Marks the pixels of `flags` whose S exceeds a threshold.
  private func exceeding(_ threshold: Float, among flags: TileBits, into out: TileBits) {
    out.begin(like: flags)
    let (significance, width) = (significance, width)
    let limit = Lanes(repeating: threshold)
    flags.forEachRun { row, first, end in
      for column in Swift.stride(from: first, to: end, by: 8) {
        let high = bits(significance.lanes(row &* width &+ column) .> limit) & flags.cell(row, column)
        out.set(row, column, high)
      }
    }
  }
}
