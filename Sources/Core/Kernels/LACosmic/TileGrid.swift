/// The tiles that a frame is cut into, and scratch memory for each thread.
final class TileGrid: Sendable {
  private let setup: DetectionSetup
  private let across: Int
  private let coreWidth: Int
  private let coreHeight: Int
  private let free: Guarded<[DetectionTile]>
  /// The number of tiles.
  let count: Int

  init(_ setup: DetectionSetup, width: Int, height: Int) {
    self.setup = setup
    let tile = DetectionTile(setup: setup)
    (coreWidth, coreHeight) = (tile.coreWidth, tile.coreHeight)
    across = (width + coreWidth - 1) / coreWidth
    count = across * ((height + coreHeight - 1) / coreHeight)
    free = Guarded([tile])
  }

  /// One iteration on all tiles.
  ///
  /// - Parameter stage: what to tell who waits.
  /// - Returns: the findings tile by tile, nil where nothing changed.
  /// - Throws: `CRSError.interrupted`.
  func judge(_ frame: LACosmicFrame, _ planes: IterationPlanes, stage: String, work: Work) throws
    -> [TileFindings?]
  {
    let findings = OrderedResults<TileFindings?>(count)
    try work.forTiles(count, size: 1, stage: stage) { range in
      let tile = free.withLock { $0.popLast() } ?? DetectionTile(setup: setup)
      for index in range {
        let found = tile.judge(
          frame, planes, coreX: index % across * coreWidth, coreY: index / across * coreHeight)
        findings.set(index, found)
      }
      free.withLock { $0.append(tile) }
    }
    return findings.values
  }
}
