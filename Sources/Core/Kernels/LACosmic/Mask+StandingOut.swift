extension Mask {
  /// The groups that stand out of what surrounds them: the edge of a trace beside missing light looks like a hit too.
  ///
  /// - Parameters:
  ///   - image: what was searched [ADU]; NaN where there is no value.
  ///   - deviation: standard deviation of a pixel at a level [ADU].
  func standingOut(of image: Plane<Float>, deviation: (_ pixel: Int, _ level: Float) -> Float) -> Mask {
    let groups = ConnectedRuns(of: plane, connectivity: .eight)
    var stands = [Bool](repeating: false, count: groups.count)
    for (run, group) in zip(groups.runs, groups.groups) where !stands[Int(group)] {
      stands[Int(group)] = run.columns.contains { x in
        let i = Int(run.row) * width + x
        guard image.pixels[i].isFinite, let level = level(x, Int(run.row), image) else { return false }
        return image.pixels[i] > level + Standing.deviations * deviation(i, level)
      }
    }
    var out = Mask(shape: shape)
    for (run, group) in zip(groups.runs, groups.groups) where stands[Int(group)] {
      for x in run.columns { out[x, Int(run.row)] = true }
    }
    return out
  }

  private enum Standing {
    static let deviations: Float = 5
    /// Pixels to each side, how many of them must tell the level, and the part of them that lies below it.
    static let (reach, fewest, part) = (2, 5, 0.65)
  }

  /// What most pixels around that are not flagged do not exceed; nil where there are few.
  private func level(_ x: Int, _ y: Int, _ image: Plane<Float>) -> Float? {
    var values: [Float] = []
    for j in max(0, y - Standing.reach)...min(height - 1, y + Standing.reach) {
      for i in max(0, x - Standing.reach)...min(width - 1, x + Standing.reach)
      where !self[i, j] && image[i, j].isFinite {
        values.append(image[i, j])
      }
    }
    guard values.count >= Standing.fewest else { return nil }
    values.sort()
    return values[Int(Standing.part * Double(values.count))]
  }
}
