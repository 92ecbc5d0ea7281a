/// L.A.Cosmic (van Dokkum 2001, PASP 113, 1420), bit for bit as astroscrappy 1.3.0.
package enum LACosmic {
  /// Finds and cleans cosmic rays in one image.
  ///
  /// - Parameters:
  ///   - pixels: at least 1x1, any unit that `gain` turns into electrons.
  ///   - exactPixels: the same in double precision, where the file has them.
  ///   - inmask: pixels not to be judged or used for cleaning.
  ///   - background: in the input's unit, subtracted before and added after; its noise counts.
  ///   - subtracted: in the input's unit: what is gone from the pixels already but left its noise.
  ///   - variance: in the input's unit squared.
  ///   - keepsClean: whether the cleaned image is wanted; otherwise the result's is the input.
  ///   - keepsBad: whether the result carries the mask of pixels that were not judged.
  /// - Returns: results in the input's unit.
  /// - Throws: `CRSError` (usage, data) for parameters or shapes that do not fit, interrupted.
  package static func run(
    _ pixels: Plane<Float>, parameters: LACosmicParameters, exactPixels: [Double]? = nil, inmask: Mask? = nil,
    background: Plane<Float>? = nil, subtracted: Plane<Float>? = nil, variance: Plane<Float>? = nil,
    keepsClean: Bool = true, keepsBad: Bool = false, work: Work
  ) throws -> LACosmicResult {
    let parameters = try parameters.validated(for: pixels.shape)
    try check(
      pixels.shape, inmask: inmask, background: background, subtracted: subtracted, variance: variance)
    let gain = Float(parameters.gain)
    guard variance == nil || (gain * gain).isNormal else {
      throw CRSError.usage(
        "float32 does not hold the square of \(gain), which turns variances into electrons",
        parameter: "gain",
        expected: "1.1e-19 to 1.8e19 electron/adu beside a variance",
        hint: "multiply the image by a number first")
    }
    var input = Input(pixels, exactPixels, gain: gain)
    input.mask = inmask
    (input.background, input.variance) = (background, variance)
    if let subtracted { input.add(subtracted, gain: gain) }
    let scan = try InputScan(
      copying: keepsClean ? pixels : nil, source: input.pixels, scale: input.scale,
      limit: Float(parameters.satlevel), work: work)
    try input.fillGaps(hasNonFinite: scan.hasNonFinite, gain: gain, work: work)
    let pad = parameters.padWidth
    let run = try LACosmicRun(
      pixels: input.pixels.reflected(by: pad), scale: input.scale, hasSaturated: scan.hasSaturated,
      inmask: input.mask.map { Mask(plane: $0.plane.reflected(by: pad)) },
      made: input.made.map { Mask(plane: $0.plane.reflected(by: pad)) },
      background: input.background?.reflected(by: pad), variance: input.variance?.reflected(by: pad),
      parameters: parameters, work: work)
    let outcome = try run.iterate()
    var clean = scan.copy
    if var copy = clean.take() {
      outcome.found.write(into: &copy, rim: pad, background: background, gain: gain)
      clean = copy
    }
    return LACosmicResult(
      clean: clean ?? pixels,
      mask: Mask(plane: try outcome.found.bits.mask(work: work).plane.cropped(by: pad)),
      bad: keepsBad ? Mask(plane: try run.masked.mask(work: work).plane.cropped(by: pad)) : nil,
      perIteration: outcome.perIteration, iterationLimit: parameters.niter, nonFinite: input.nonFinite,
      unjudged: run.masked.inside(rim: pad),
      varianceFloorFraction: Double(outcome.atFloor) / Double(max(1, run.count)))
  }
}

extension LACosmic {
  /// Makes sure that everything that is given pixel by pixel fits an image.
  ///
  /// - Throws: `CRSError` (data) naming the parameter.
  package static func check(
    _ shape: Shape, inmask: Mask? = nil, background: Plane<Float>? = nil, subtracted: Plane<Float>? = nil,
    variance: Plane<Float>? = nil
  ) throws {
    for (name, other) in [
      ("inmask", inmask?.shape), ("inbkg", background?.shape), ("subtracted", subtracted?.shape),
      ("invar", variance?.shape),
    ] {
      if let other, other != shape {
        throw CRSError.data(
          "\(name) is \(other), the image \(shape)", parameter: name, expected: "equal shapes")
      }
    }
  }

  /// The planes as they are judged.
  private struct Input {
    var pixels: Plane<Float>
    /// What turns the pixels into electrons.
    var scale: Float
    var mask: Mask?
    /// Everything that is gone from the pixels but left its noise.
    var background: Plane<Float>?
    var variance: Plane<Float>?
    /// Pixels that were made up.
    private(set) var made: Mask?
    private(set) var nonFinite = 0

    init(_ pixels: Plane<Float>, _ exactPixels: [Double]?, gain: Float) {
      (self.pixels, scale) = (pixels, gain)
      if let exactPixels, exactPixels.count == pixels.count, gain != 1 {
        // The product of doubles is rounded once, as the reference has it.
        let factor = Double(gain)
        self.pixels = Plane(
          width: pixels.width, height: pixels.height, pixels: exactPixels.map { Float($0 * factor) })
        scale = 1
      }
    }

    /// Takes the pixels with all their light, of which the part that is gone is taken out again as a background.
    mutating func add(_ subtracted: Plane<Float>, gain: Float) {
      pixels = pixels.adding(subtracted, times: scale == 1 ? gain : 1)
      background = background?.adding(subtracted, times: 1) ?? subtracted
    }

    /// Makes up what is not finite, and masks it.
    mutating func fillGaps(hasNonFinite: Bool, gain: Float, work: Work) throws {
      if hasNonFinite { (pixels, nonFinite) = finite(pixels, scale) }
      if let plane = background, try !InputScan.isFinite(plane, scale: gain, work: work) {
        background = finite(plane, gain).0
      }
      if let plane = variance, try !InputScan.isFinite(plane, scale: gain * gain, work: work) {
        variance = finite(plane, gain * gain).0
      }
    }

    private mutating func finite(_ plane: Plane<Float>, _ factor: Float) -> (Plane<Float>, Int) {
      let repaired = FinitePixels(plane, scale: factor)
      if let found = repaired.mask {
        mask = mask.map { $0 | found } ?? found
        made = made.map { $0 | found } ?? found
      }
      return (repaired.pixels, repaired.count)
    }
  }
}

extension BitPlane {
  /// How many pixels are set inside a frame that is narrower by so many pixels at each side.
  fileprivate func inside(rim: Int) -> Int {
    guard !isEmpty else { return 0 }
    var count = 0
    for y in rim..<max(rim, height - rim) {
      forEach(row: y) { x in if x >= rim, x < width - rim { count += 1 } }
    }
    return count
  }
}

extension Plane where Element == Float {
  /// The sum with another plane of this shape times a factor.
  fileprivate func adding(_ other: Plane<Float>, times factor: Float) -> Plane<Float> {
    var out = self
    out.pixels.withUnsafeMutableBufferPointer { target in
      other.pixels.withUnsafeBufferPointer { source in
        for i in 0..<target.count { target[i] += source[i] * factor }
      }
    }
    return out
  }
}

extension CosmicTable {
  /// Writes the cleaned pixels in the input's unit; all others stay as they are.
  ///
  /// - Parameter rim: by how much this table's frame is larger than the plane, at each side.
  fileprivate func write(into clean: inout Plane<Float>, rim: Int, background: Plane<Float>?, gain: Float) {
    let (width, height) = (clean.width, clean.height)
    clean.pixels.withUnsafeMutableBufferPointer { pixels in
      for y in 0..<height {
        bits.forEach(row: y + rim) { column in
          let x = column - rim
          guard x >= 0, x < width else { return }
          var value = values[position(column, y + rim)][0]
          if let background { value += background.pixels[y * width + x] * gain }
          pixels[y * width + x] = value / gain
        }
      }
    }
  }
}
