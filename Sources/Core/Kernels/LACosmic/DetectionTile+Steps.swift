// The planes of one iteration, each computed where it is asked for.
extension DetectionTile {
  /// Step 2: the median of the variances, with background, above the floor. Uses `todo` 0 and 1.
  func computeM(_ need: TileBits) {
    let (new, wider) = (todo[0], todo[1])
    guard new.missing(need, in: haveM, inside: inside) else { return }
    median(
      of: variance, into: m, at: new, reach: setup.noiseReach, rows: varianceRows, known: haveVarianceRows,
      leavingOut: gaps, wider)
    if hasBackground {
      let (m, background, width) = (m, background, width)
      new.forEachRun { row, first, end in
        for at in Swift.stride(from: row &* width &+ first, to: row &* width &+ end, by: 8) {
          m.setLanes(at, m.lanes(at) + background.lanes(at))
        }
      }
    }
  }

  /// The square root of `m` above its floor. Uses `todo` 0 to 2.
  func computeNoise(_ need: TileBits) {
    let new = todo[2]
    guard new.missing(need, in: haveNoise, inside: inside) else { return }
    computeM(new)
    let (m, noise, width) = (m, noise, width)
    let floor = Lanes(repeating: DetectionSetup.varianceFloor)
    new.forEachRun { row, first, end in
      for at in Swift.stride(from: row &* width &+ first, to: row &* width &+ end, by: 8) {
        noise.setLanes(at, squareRoot(upper(m.lanes(at), floor)))
      }
    }
  }

  /// Step 3: s. Uses `todo` 0 to 3.
  func computeS(_ need: TileBits) {
    let new = todo[3]
    guard new.missing(need, in: haveS, inside: inside) else { return }
    computeNoise(new)
    let (s, noise, width) = (s, noise, width)
    new.forEachRun { row, first, end in
      for at in Swift.stride(from: row &* width &+ first, to: row &* width &+ end, by: 8) {
        s.setLanes(at, laplacian(at) / (2 * noise.lanes(at)))
      }
    }
  }

  /// Step 4: S. Uses `todo` 0 to 5.
  func computeSignificance(_ need: TileBits) {
    let (new, wider) = (todo[4], todo[5])
    guard new.missing(need, in: haveSignificance, inside: inside) else { return }
    let reach = setup.noiseReach
    wider.spread(new, rows: reach, columns: reach)
    computeS(wider)
    median(
      of: s, into: significance, at: new, reach: reach, rows: sRows, known: haveSRows, leavingOut: grownGaps,
      wider)
    let (s, significance, width) = (s, significance, width)
    new.forEachRun { row, first, end in
      for at in Swift.stride(from: row &* width &+ first, to: row &* width &+ end, by: 8) {
        significance.setLanes(at, s.lanes(at) - significance.lanes(at))
      }
    }
  }

  /// Step 1: the Laplacian of the subsampled image, in the reference's order of operations.
  @inline(__always) func laplacian(_ at: Int) -> Lanes {
    let centre = a.lanes(at)
    let below = a.lanes(at &- width)
    let above = a.lanes(at &+ width)
    let four = 4 * centre
    let left = four - centre - a.lanes(at &- 1)
    let right = four - a.lanes(at &+ 1) - centre
    let lowerLeft = positive(left - centre - below)
    let upperLeft = positive(left - above - centre)
    let upperRight = positive(right - above - centre)
    let lowerRight = positive(right - centre - below)
    return (lowerLeft + upperLeft + upperRight + lowerRight) * 0.25
  }

  @inline(__always) private func positive(_ value: Lanes) -> Lanes { upper(value, .zero) }

  /// Step 6: F at the candidates, over `f`. Uses `todo` 0 to 7.
  func computeFineStructure(_ candidates: TileBits) {
    let (fine, wider) = (todo[6], todo[7])
    fine.spread(candidates, rows: setup.outerReach, columns: setup.outerReach)
    fine.intersection(fine, inside)
    if setup.kernel == nil {
      median(of: a, into: f, at: fine, reach: setup.innerReach, rows: fineRows, leavingOut: gaps, wider)
    } else {
      wider.spread(fine, rows: setup.kernelReachY, columns: setup.kernelReachX)
      computeWeights(wider)
      convolve(fine)
    }
    median(of: f, into: g, at: candidates, reach: setup.outerReach, rows: fineRows, leavingOut: gaps, wider)
    computeNoise(candidates)
    let (f, g, noise, width) = (f, g, noise, width)
    let floor = Lanes(repeating: DetectionSetup.fineFloor)
    candidates.forEachRun { row, first, end in
      for at in Swift.stride(from: row &* width &+ first, to: row &* width &+ end, by: 8) {
        f.setLanes(at, upper((f.lanes(at) - g.lanes(at)) / noise.lanes(at), floor))
      }
    }
  }

  /// a / noise^2 and 1 / noise^2; both are 0 outside the frame. Uses `todo` 0 to 5.
  private func computeWeights(_ need: TileBits) {
    let new = todo[5]
    guard new.missing(need, in: haveWeight, inside: inside) else { return }
    computeNoise(new)
    let (a, noise, weighted, weight, width) = (a, noise, weighted, weight, width)
    new.forEachRun { row, first, end in
      for at in Swift.stride(from: row &* width &+ first, to: row &* width &+ end, by: 8) {
        let sigma = noise.lanes(at)
        weighted.setLanes(at, a.lanes(at) / sigma / sigma)
        weight.setLanes(at, 1 / sigma / sigma)
      }
    }
    clearOutside(new)
    if hasGaps {
      new.intersection(new, gaps)
      new.forEachPixel { row, column in
        weighted[row * width + column] = 0
        weight[row * width + column] = 0
      }
    }
  }

  /// Zeros the weights of the lanes of cells that lie outside the frame.
  private func clearOutside(_ cells: TileBits) {
    guard isAtEdge else { return }
    let (weighted, weight, width) = (weighted, weight, width)
    cells.forEachRun { row, first, end in
      for column in first..<end where !inside.isSet(row, column) {
        weighted[row &* width &+ column] = 0
        weight[row &* width &+ column] = 0
      }
    }
  }

  /// The quotient of the two convolutions, in the reference's order of additions.
  private func convolve(_ cells: TileBits) {
    guard let kernel = setup.kernel else { return }
    let (reachX, reachY) = (setup.kernelReachX, setup.kernelReachY)
    let columns = 2 * reachX + 1
    let (f, weighted, weight, width) = (f, weighted, weight, width)
    kernel.withUnsafeBufferPointer { kernel in
      cells.forEachRun { row, first, end in
        for at in Swift.stride(from: row &* width &+ first, to: row &* width &+ end, by: 8) {
          var numerator = Lanes.zero
          var denominator = Lanes.zero
          var tap = 0
          for j in -reachY...reachY {
            let start = at &+ j &* width &- reachX
            for i in 0..<columns {
              let value = Lanes(repeating: kernel[tap])
              tap &+= 1
              numerator += value * weighted.lanes(start &+ i)
              denominator += value * weight.lanes(start &+ i)
            }
          }
          f.setLanes(at, numerator / denominator)
        }
      }
    }
  }
}
