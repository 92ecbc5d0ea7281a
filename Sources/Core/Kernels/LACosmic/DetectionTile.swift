/// Scratch memory and steps of one iteration on one tile of the frame.
///
/// A tile is a core, whose pixels are judged, with a halo as wide as a pixel can reach. Every step computes only the
/// pixels that a later one needs: the noise wherever a pixel may change, the medians after it around pixels whose
/// Laplacian is significant, the fine structure around candidates. As all of it is done with the reference's single
/// operations, nothing that is left out could change a bit of the result. One thread uses a tile at a time.
final class DetectionTile: @unchecked Sendable {
  let setup: DetectionSetup
  /// Size of the tile with its halo [pixel]; the width is a multiple of 64.
  let width: Int
  let height: Int
  let haloX: Int
  let haloY: Int
  var coreWidth: Int { width - 2 * haloX }
  var coreHeight: Int { height - 2 * haloY }

  /// The frame's column and row of the tile's first pixel, and the frame's size.
  private(set) var x = 0
  private(set) var y = 0
  private(set) var frameWidth = 0
  private(set) var frameHeight = 0
  /// Whether borders of the frame matter to this tile.
  private(set) var isAtEdge = false
  private var isPlaced = false
  private(set) var hasMasked = false
  /// Whether pixels take no part in medians and sums.
  private(set) var hasGaps = false
  private(set) var hasBackground = false
  /// The largest absolute value of `a` in the tile.
  private(set) var largest: Float = 0

  // Planes, named by the symbols of the specification.
  let a: UnsafeMutablePointer<Float>
  let variance: UnsafeMutablePointer<Float>
  let background: UnsafeMutablePointer<Float>
  /// The median of the variances above the floor.
  let m: UnsafeMutablePointer<Float>
  let noise: UnsafeMutablePointer<Float>
  let s: UnsafeMutablePointer<Float>
  /// S, the significance after removal of smooth structure.
  let significance: UnsafeMutablePointer<Float>
  let f: UnsafeMutablePointer<Float>
  let g: UnsafeMutablePointer<Float>
  /// a / noise^2 and 1 / noise^2, the planes that are convolved.
  let weighted: UnsafeMutablePointer<Float>
  let weight: UnsafeMutablePointer<Float>
  /// Medians along rows, one plane for each separable filter whose result grows during a tile.
  let varianceRows: UnsafeMutablePointer<Float>
  let sRows: UnsafeMutablePointer<Float>
  let fineRows: UnsafeMutablePointer<Float>
  let medians: TileMedians

  // What is needed, what is there.
  let inside: TileBits
  let core: TileBits
  let masked: TileBits
  let gaps: TileBits
  let grownGaps: TileBits
  let zone: TileBits
  let zone3: TileBits
  let hits: TileBits
  let c0: TileBits
  let c1: TileBits
  let c3: TileBits
  let need: TileBits
  let haveVarianceRows: TileBits
  let haveM: TileBits
  let haveNoise: TileBits
  let haveS: TileBits
  let haveSRows: TileBits
  let haveSignificance: TileBits
  let haveWeight: TileBits
  /// One plane of work for each step, so that none is overwritten by the steps it calls.
  let todo: [TileBits]

  private let floats: UnsafeMutablePointer<Float>

  init(setup: DetectionSetup) {
    self.setup = setup
    haloY = 2 + setup.influence + 1
    haloX = (haloY + 7) / 8 * 8
    width = (max(256, 2 * haloX + 128) + 63) / 64 * 64
    height = 96 + 2 * haloY
    let guardPixels = 64
    let step = width * height + 2 * guardPixels
    let floatCount = 14 * step + TileMedians.scratchCount
    floats = .allocate(capacity: floatCount)
    floats.initialize(repeating: 0, count: floatCount)
    var free = floats + guardPixels
    func plane() -> UnsafeMutablePointer<Float> {
      defer { free += step }
      return free
    }
    a = plane()
    variance = plane()
    background = plane()
    m = plane()
    noise = plane()
    s = plane()
    significance = plane()
    f = plane()
    g = plane()
    weighted = plane()
    weight = plane()
    varianceRows = plane()
    sRows = plane()
    fineRows = plane()
    medians = TileMedians(width: width, scratch: free - guardPixels)

    let (words, rows) = (width / 64, height)
    func bits() -> TileBits { TileBits(words: words, rows: rows) }
    inside = bits()
    core = bits()
    masked = bits()
    gaps = bits()
    grownGaps = bits()
    zone = bits()
    zone3 = bits()
    hits = bits()
    c0 = bits()
    c1 = bits()
    c3 = bits()
    need = bits()
    haveVarianceRows = bits()
    haveM = bits()
    haveNoise = bits()
    haveS = bits()
    haveSRows = bits()
    haveSignificance = bits()
    haveWeight = bits()
    todo = (0..<8).map { _ in bits() }
  }

  deinit {
    floats.deallocate()
  }

  /// Puts the tile's core at a pixel of the frame, whose column is a multiple of 8.
  func place(_ frame: LACosmicFrame, coreX: Int, coreY: Int) {
    (x, y) = (coreX - haloX, coreY - haloY)
    (frameWidth, frameHeight) = (frame.width, frame.height)
    hasMasked = frame.hasMasked
    hasGaps = frame.gaps != nil
    hasBackground = frame.background != nil
    let wasPlain = isPlaced && !isAtEdge
    isAtEdge = x < 8 || y < 8 || x + width + 8 > frame.width || y + height + 8 > frame.height
    isPlaced = true
    // Tiles away from all borders look alike.
    if wasPlain, !isAtEdge { return }
    inside.set(columns: -x..<frameWidth - x, rows: -y..<frameHeight - y)
    core.set(
      columns: haloX..<min(haloX + coreWidth, frameWidth - x),
      rows: haloY..<min(haloY + coreHeight, frameHeight - y))
  }

  /// Reads the pixels that `zone` and `zone3` depend on and forgets what was computed elsewhere.
  func load(_ frame: LACosmicFrame) {
    let first = max(0, min(zone.span.lowerBound, zone3.span.lowerBound) - haloY)
    let end = min(height, max(zone.span.upperBound, zone3.span.upperBound) + haloY)
    largest = 0
    for row in first..<end {
      let at = row * width
      let limit = frame.load(
        row: y + row, x: x, count: width, electrons: a + at, variance: variance + at,
        background: hasBackground ? background + at : nil)
      largest = max(largest, limit)
    }
    if hasMasked { masked.load(frame.masked, x: x, y: y) } else { masked.clear() }
    if let found = frame.gaps {
      gaps.load(found.own, x: x, y: y)
      grownGaps.load(found.grown, x: x, y: y)
      hasGaps = !grownGaps.isEmpty
    }
    for have in [
      haveVarianceRows, haveM, haveNoise, haveS, haveSRows, haveSignificance, haveWeight, hits, c0, c1, c3,
    ] { have.clear() }
    if isAtEdge, setup.kernel != nil {
      clearOutside(weighted)
      clearOutside(weight)
    }
  }

  /// Zeros a plane outside the frame.
  private func clearOutside(_ plane: UnsafeMutablePointer<Float>) {
    let first = max(0, min(width, -x))
    let end = max(first, min(width, frameWidth - x))
    for row in 0..<height {
      let line = plane + row * width
      if y + row < 0 || y + row >= frameHeight {
        line.update(repeating: 0, count: width)
      } else {
        line.update(repeating: 0, count: first)
        (line + end).update(repeating: 0, count: width - end)
      }
    }
  }

  /// Copies, in those cells, what a filter of that reach leaves as it was: a frame along the image's borders.
  func keepFrame(
    _ source: UnsafeMutablePointer<Float>, _ target: UnsafeMutablePointer<Float>, at cells: TileBits,
    reach: Int
  ) {
    guard isAtEdge else { return }
    cells.forEachRun { row, first, end in
      let (from, to) = (source + row &* width, target + row &* width)
      if y + row < reach || y + row >= frameHeight - reach {
        for column in first..<end { to[column] = from[column] }
      } else if x + first < reach || x + end > frameWidth - reach {
        for column in first..<end where x + column < reach || x + column >= frameWidth - reach {
          to[column] = from[column]
        }
      }
    }
  }
}
