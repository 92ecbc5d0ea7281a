import Glibc

@testable import Kernels

/// Exposures of a long slit in ADU: sky lines along columns, an object along rows, tracks of hits. From one exposure to the
/// next the sky lines and the object may change, and the object may move.
struct ChangedSlit {
  var shape = Shape(width: 400, height: 300)
  var gain = 1.5
  /// Readout noise [ADU].
  var noise = 2.0
  /// Brightness of the sky lines and of the object in each exposure.
  var sky = [1.0, 1.05]
  var object = [1.0, 1.07]
  /// Centre of the object in each exposure [pixel].
  var move = [0.0, 0.0]
  /// By how many times the object is broader in each exposure; its wings and its peak hold the same light.
  var broader: [Double] = []
  /// Rows by which the object rises in each column.
  var tilt = 0.0
  /// Emission lines of the object.
  var emissionLines = 8
  /// Part of the light that reaches the first row, on the edge of the slit.
  var edge = 1.0
  /// Peak of the object [ADU].
  var peak = 900.0
  /// Tracks in each exposure, and places that all exposures share.
  var tracks = 150
  var shared = 0
  var seed: UInt64 = 3

  var detector: Detector { Detector(gain: gain, readoutNoise: noise) }

  struct Result {
    var images: [Plane<Float>] = []
    /// Charge of the hits [ADU].
    var charges: [Plane<Float>] = []
    /// Expected without hits and noise [ADU].
    var levels: [Plane<Float>] = []
  }

  func exposures() -> Result {
    var random = SplitMix64(state: seed)
    let lines = (0..<shape.width / 25).map { _ in
      (place: random.uniform() * Double(shape.width), peak: 100 * exp(2.5 * random.uniform()))
    }
    var emission: [(place: Double, peak: Double)] = []
    for _ in 0..<emissionLines {
      emission.append((random.uniform() * Double(shape.width), 2 * random.uniform()))
    }
    let spectrum = (0..<shape.width).map { x in
      1 + emission.reduce(0) { $0 + $1.peak * exp(-0.5 * pow((Double(x) - $1.place) / 2, 2)) }
    }
    let sum = (0..<shape.width).map { x in
      lines.reduce(0) { $0 + $1.peak * exp(-0.5 * pow((Double(x) - $1.place) / 1.4, 2)) }
    }
    var places: [(x: Double, y: Double, angle: Double)] = []
    func place(_ random: inout SplitMix64) -> (x: Double, y: Double, angle: Double) {
      (
        random.uniform() * Double(shape.width), random.uniform() * Double(shape.height),
        random.uniform() * 2 * .pi
      )
    }
    for _ in 0..<shared { places.append(place(&random)) }
    var out = Result()
    for k in sky.indices {
      var level = Plane<Float>(width: shape.width, height: shape.height, repeating: 0)
      var charge = level
      for y in 0..<shape.height {
        let broader = k < broader.count ? broader[k] : 1
        for x in 0..<shape.width {
          let centre = 130.3 + move[k] + tilt * (Double(x) - 0.5 * Double(shape.width))
          let d = (Double(y) - centre) / (2.2 * broader)
          let trace = peak * object[k] / broader * exp(-0.5 * d * d)
          level[x, y] = Float((20 + sum[x] * sky[k] + spectrum[x] * trace) * (y == 0 ? edge : 1))
        }
      }
      for track in places + (0..<tracks).map({ _ in place(&random) }) {
        let length = 1 + Int(6 * random.uniform() * random.uniform())
        for step in 0..<length {
          let x = Int(track.x + cos(track.angle) * Double(step))
          let y = Int(track.y + sin(track.angle) * Double(step))
          guard (0..<shape.width).contains(x), (0..<shape.height).contains(y) else { continue }
          charge[x, y] += Float(80 + 900 * random.uniform() * random.uniform())
        }
      }
      var image = level
      for i in 0..<image.count {
        let variance = Double(level.pixels[i]) / gain + noise * noise
        image.pixels[i] += charge.pixels[i] + Float(variance.squareRoot() * random.normal())
      }
      out.images.append(image)
      out.charges.append(charge)
      out.levels.append(level)
    }
    return out
  }

  /// Pixels with more than 5 sigma of charge that a mask holds, all of them, and flagged pixels with less than 1 sigma.
  func score(_ mask: Mask, _ result: Result, _ k: Int) -> (found: Double, pixels: Int, false: Int) {
    var (found, all, wrong) = (0, 0, 0)
    for i in 0..<mask.plane.count {
      let sigma = (Double(result.levels[k].pixels[i]) / gain + noise * noise).squareRoot()
      let charge = Double(result.charges[k].pixels[i])
      let isFlagged = mask.plane.pixels[i] != 0
      if charge > 5 * sigma {
        all += 1
        if isFlagged { found += 1 }
      } else if charge < sigma, isFlagged {
        wrong += 1
      }
    }
    return (Double(found) / Double(max(1, all)), all, wrong)
  }

  /// The masks of crmasks without L.A.Cosmic.
  func masks(_ images: [Plane<Float>], _ change: (inout MaskingOptions) -> Void = { _ in }) throws
    -> MaskingResult
  {
    var options = MaskingOptions(exposures: images.count)
    (options.method, options.detection, options.dilation) = (.mmcosmic, .pvalue, 0)
    change(&options)
    return try Masking(
      [ExposurePlanes](images, detector: detector), options: options, auxiliary: nil, work: Work(threads: 2)
    ).run(uuid: "", history: [])
  }
}
