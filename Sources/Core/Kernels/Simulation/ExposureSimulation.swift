/// Simulates equivalent exposures of a fibre spectrograph with cosmic rays, whose truth is known.
package struct ExposureSimulation: Sendable {
  /// Columns and rows.
  package var width = 300
  package var height = 240
  package var exposures = 3
  package var seed: UInt64 = 1
  /// Exposure time [s]; the scene is made for 1200 s and grows with it.
  package var exposureTime = 1200.0
  /// [electron/ADU]
  package var gain = 1.0
  /// [ADU]
  package var readoutNoise = 3.4
  /// [ADU]
  package var bias = 0.0
  /// Cosmic rays per pixel and exposure.
  package var density = 9e-4
  /// Pairs of cosmic rays that hit the same pixels of two exposures.
  package var coincidences = 40
  /// Relative flux of each exposure; empty for 1.
  package var flux: [Double] = []
  /// Displacement of each exposure in pixels; empty for none.
  package var offsets: [Offset] = []
  /// Brightest sky lines [electron].
  package var peak = 260.0

  package init() {}

  /// What was simulated and what is true of it.
  package struct Result: Sendable {
    /// Exposures [ADU].
    package var exposures: [Plane<Float>]
    /// Electrons deposited by cosmic rays in each exposure.
    package var cosmicRays: [Plane<Float>]
    /// Noiseless scene of relative flux 1 without bias [ADU].
    package var scene: Plane<Float>
  }

  /// - Throws: `CRSError` (usage) for lists of the wrong length, interrupted.
  package func run(work: Work) throws -> Result {
    guard flux.isEmpty || flux.count == exposures else {
      throw CRSError.usage(
        "\(flux.count) values for \(exposures) exposures", parameter: "flux",
        expected: "one for each exposure")
    }
    guard flux.allSatisfy({ (0...1e6).contains($0) }) else {
      throw CRSError.usage(
        "a relative flux is negative or very large", parameter: "flux", expected: "numbers of 0...1000000")
    }
    guard offsets.isEmpty || offsets.count == exposures else {
      throw CRSError.usage(
        "\(offsets.count) values for \(exposures) exposures", parameter: "offsets",
        expected: "one for each exposure")
    }
    guard offsets.allSatisfy({ abs($0.x) <= 1e6 && abs($0.y) <= 1e6 }) else {
      throw CRSError.usage(
        "an offset is larger than any detector", parameter: "offsets", expected: "at most 1000000 pixels")
    }
    var random = SplitMix64(state: seed)
    let scene = FibreScene(width: width, height: height, peak: peak, random: &random)
    var rays: [Plane<Float>] = []
    for _ in 0..<exposures {
      let count = Int((density * Double(width * height)).rounded())
      rays.append(
        try CosmicRayTracks.plane(width: width, height: height, count: count, random: &random, work: work))
    }
    CosmicRayTracks.addCoincidences(coincidences, to: &rays, random: &random)
    let time = exposureTime / 1200
    var images: [Plane<Float>] = []
    for k in 0..<exposures {
      let expected = try scene.expectation(
        offset: offsets.isEmpty ? .zero : offsets[k], scale: time * (flux.isEmpty ? 1 : flux[k]), work: work)
      images.append(
        try expose(
          expected, rays[k], stream: UInt64(k) << 40, stage: "exposure \(k + 1) of \(exposures)", work: work))
    }
    let electrons = try scene.expectation(offset: .zero, scale: time, work: work)
    let ideal = try Elementwise.map(electrons, work) { $0 / Float(gain) }
    return Result(exposures: images, cosmicRays: rays, scene: ideal)
  }

  private func expose(
    _ expected: Plane<Float>, _ rays: Plane<Float>, stream: UInt64, stage: String, work: Work
  ) throws -> Plane<Float> {
    try Plane(width: width, height: height) { out in
      nonisolated(unsafe) let out = out
      try work.forTiles(expected.count, size: 8192, stage: stage) { tile in
        var random = RandomLanes(seed: seed, stream: stream &+ UInt64(tile.lowerBound))
        for first in stride(from: tile.lowerBound, to: tile.upperBound, by: 8) {
          let lanes = min(8, tile.upperBound - first)
          var rate = SIMD8<Float>(repeating: 0)
          for lane in 0..<lanes { rate[lane] = max(0, expected.pixels[first + lane]) }
          let (a, b) = random.normals()
          let photons = PoissonLanes(rate: rate).draw(&random, normals: a)
          for lane in 0..<lanes {
            let electrons = photons[lane] + rays.pixels[first + lane]
            out[first + lane] = electrons / Float(gain) + Float(readoutNoise) * b[lane] + Float(bias)
          }
        }
      }
    }
  }
}
