/// L.A.Cosmic (van Dokkum 2001, PASP 113, 1420), bit for bit as astroscrappy 1.3.0 (lacosmic.md).
public enum LACosmic {
  /// Finds and cleans cosmic rays in one image.
  ///
  /// - Parameters:
  ///   - pixels: at least 1x1, any unit that `gain` turns into electrons.
  ///   - exactPixels: the same in double precision, where the file has them.
  ///   - inmask: pixels not to be judged or used for cleaning.
  ///   - background: in the input's unit, subtracted before and added after.
  ///   - variance: in the input's unit squared.
  ///   - keepsBad: whether the result carries the mask of pixels that were not judged.
  /// - Returns: results in the input's unit.
  /// - Throws: `CRSError` (usage, data) for parameters or shapes that do not fit, interrupted.
  public static func run(
    _ pixels: Plane<Float>, parameters: LACosmicParameters, exactPixels: [Double]? = nil, inmask: Mask? = nil,
    background: Plane<Float>? = nil, variance: Plane<Float>? = nil, keepsBad: Bool = false, work: Work
  ) throws -> LACosmicResult {
    let shape = pixels.shape
    let parameters = try parameters.validated(for: shape)
    for (name, other) in [
      ("inmask", inmask?.shape), ("inbkg", background?.shape), ("invar", variance?.shape),
    ] {
      if let other, other != shape {
        throw CRSError.data(
          "\(name) is \(other), the image \(shape)", parameter: name, expected: "equal shapes")
      }
    }
    let pad = parameters.padWidth
    var input = pixels
    var scale = Float(parameters.gain)
    if let exactPixels, exactPixels.count == pixels.count, parameters.gain != 1 {
      // The product of doubles is rounded once (section 3, step 1).
      let gain = Double(Float(parameters.gain))
      input = Plane(width: pixels.width, height: pixels.height, pixels: exactPixels.map { Float($0 * gain) })
      scale = 1
    }
    let repaired = FinitePixels(input)
    var masked = inmask
    if repaired.count > 0 { masked = (masked ?? Mask(shape: shape)) | repaired.mask }
    let run = try LACosmicRun(
      pixels: repaired.pixels.reflected(by: pad), scale: scale,
      inmask: masked.map { Mask(plane: $0.plane.reflected(by: pad)) },
      background: background.map { FinitePixels($0).pixels.reflected(by: pad) },
      variance: variance.map { FinitePixels($0).pixels.reflected(by: pad) }, parameters: parameters,
      work: work)
    let outcome = try run.iterate()
    let found = Mask(plane: outcome.mask.plane.cropped(by: pad))
    var clean = pixels
    for y in 0..<shape.height {
      for x in 0..<shape.width where found.plane[x, y] != 0 {
        let index = (y + pad) * (shape.width + 2 * pad) + x + pad
        var value = run.cleaned(index)
        if let background { value += background[x, y] * Float(parameters.gain) }
        clean[x, y] = value / Float(parameters.gain)
      }
    }
    return LACosmicResult(
      clean: clean, mask: found,
      bad: keepsBad ? Mask(plane: try run.masked.mask(work: work).plane.cropped(by: pad)) : nil,
      perIteration: outcome.perIteration, iterationLimit: parameters.niter, nonFinite: repaired.count,
      varianceFloorFraction: Double(outcome.atFloor) / Double(max(1, shape.count)))
  }
}

/// A plane whose NaN and infinite pixels stand replaced by their neighbours (lacosmic.md section 12).
struct FinitePixels {
  let pixels: Plane<Float>
  /// The pixels that were replaced.
  let mask: Mask
  let count: Int

  init(_ plane: Plane<Float>) {
    var bad: [Int] = []
    for (index, value) in plane.pixels.enumerated() where !value.isFinite { bad.append(index) }
    count = bad.count
    guard !bad.isEmpty else {
      pixels = plane
      mask = Mask(shape: Shape(width: 0, height: 0))
      return
    }
    var (out, flags) = (plane, Mask(shape: plane.shape))
    let level = lowMedian(plane.pixels.filter(\.isFinite)) ?? 0
    for index in bad {
      let (x, y) = (index % plane.width, index / plane.width)
      var around: [Float] = []
      for j in max(0, y - 2)...min(plane.height - 1, y + 2) {
        for i in max(0, x - 2)...min(plane.width - 1, x + 2) where plane[i, j].isFinite {
          around.append(plane[i, j])
        }
      }
      out.pixels[index] = lowMedian(around) ?? level
      flags.plane.pixels[index] = 1
    }
    (pixels, mask) = (out, flags)
  }
}

extension Plane {
  /// The plane with a rim mirrored at the edge pixels, which are not repeated; `rim` is less than either side.
  func reflected(by rim: Int) -> Plane {
    guard rim > 0 else { return self }
    func mirror(_ k: Int, _ count: Int) -> Int { k < 0 ? -k : k >= count ? 2 * count - 2 - k : k }
    var out: [Element] = []
    out.reserveCapacity((width + 2 * rim) * (height + 2 * rim))
    for y in -rim..<height + rim {
      let row = mirror(y, height) * width
      for x in -rim..<width + rim { out.append(pixels[row + mirror(x, width)]) }
    }
    return Plane(width: width + 2 * rim, height: height + 2 * rim, pixels: out)
  }

  /// The plane without a rim.
  func cropped(by rim: Int) -> Plane {
    guard rim > 0 else { return self }
    var out: [Element] = []
    out.reserveCapacity((width - 2 * rim) * (height - 2 * rim))
    for y in rim..<height - rim { out += pixels[y * width + rim..<(y + 1) * width - rim] }
    return Plane(width: width - 2 * rim, height: height - 2 * rim, pixels: out)
  }
}
