extension MaskingResult {
  /// The groups of MEDIANCR with the highest above the boundary first, as the older two-step program numbers them; in
  /// raster order where there is no boundary.
  package var groupsByHeight: ConnectedRuns {
    guard let boundary else { return groups }
    var heights = [Double](repeating: -.infinity, count: groups.count)
    for (run, group) in zip(groups.runs, groups.groups) {
      for x in run.columns {
        let i = Int(run.row) * codes.width + x
        let minimum = planes.minimum.pixels[i]
        let height = Double(planes.median.pixels[i] - minimum) - boundary.value(at: Double(minimum))
        heights[Int(group)] = max(heights[Int(group)], height)
      }
    }
    // Equal heights keep the raster order.
    let order = heights.indices.sorted { (-heights[$0], $0) < (-heights[$1], $1) }
    return groups.reordered(order)
  }
}
