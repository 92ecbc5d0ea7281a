/// Connected groups of flagged pixels, numbered from 1 in raster order of their first pixel.
package struct Labelling: Sendable {
  package typealias Connectivity = ConnectedRuns.Connectivity

  /// The group's number at each pixel, 0 where none is flagged.
  package let labels: Plane<Int32>
  /// The pixels of each group: `sizes[label - 1]`.
  package let sizes: [Int]

  /// The number of groups.
  package var count: Int { sizes.count }

  /// Labels the pixels of `mask` that are not 0.
  package init(of mask: Plane<UInt8>, connectivity: Connectivity) {
    self.init(ConnectedRuns(of: mask, connectivity: connectivity), shape: mask.shape)
  }

  /// Draws groups that are known as runs; all runs must lie inside `shape`.
  package init(_ groups: ConnectedRuns, shape: Shape) {
    var labels = Plane<Int32>(width: shape.width, height: shape.height, repeating: 0)
    labels.pixels.withUnsafeMutableBufferPointer { pixels in
      for (run, group) in zip(groups.runs, groups.groups) {
        let row = Int(run.row) * shape.width
        pixels[row + Int(run.start)..<row + Int(run.end)].update(repeating: group + 1)
      }
    }
    self.labels = labels
    sizes = groups.sizes
  }
}
