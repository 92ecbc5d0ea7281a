import Foundation

@testable import Kernels

/// Exposures that a test makes: a level, noise of one detector or of several, and what is put on top.
struct StackScene {
  var width = 140
  var height = 120
  /// Expected electrons by column and row.
  var level: (Int, Int) -> Double = { _, _ in 400 }
  /// Gain [electron/ADU] and readout noise [electron] of each exposure.
  var detectors: [(gain: Double, noise: Double)] = [(1, 5), (1, 5), (1, 5)]
  var seed: UInt64 = 1

  var count: Int { detectors.count }

  /// The scene without noise in the unit of exposure `k` [ADU].
  func truth(_ k: Int = 0) -> Plane<Float> {
    var plane = Plane<Float>(width: width, height: height, repeating: 0)
    for y in 0..<height {
      for x in 0..<width { plane[x, y] = Float(level(x, y) / detectors[k].gain) }
    }
    return plane
  }

  /// - Parameter charge: electrons of exposure, column and row beside the scene.
  func planes(_ charge: (Int, Int, Int) -> Double = { _, _, _ in 0 }) -> [Plane<Float>] {
    (0..<count).map { k in
      var random = SplitMix64(state: seed &* 1000 &+ UInt64(k))
      var plane = Plane<Float>(width: width, height: height, repeating: 0)
      for y in 0..<height {
        for x in 0..<width {
          let electrons = level(x, y)
          // Photon noise of bright levels is normal.
          let value =
            electrons + max(electrons, 0).squareRoot() * random.normal() + detectors[k].noise
            * random.normal()
          plane[x, y] = Float((value + charge(k, x, y)) / detectors[k].gain)
        }
      }
      return plane
    }
  }

  func exposures(_ planes: [Plane<Float>], masks: [Mask]? = nil) -> [ExposurePlanes] {
    planes.indices.map { k in
      ExposurePlanes(
        pixels: planes[k], mask: masks?[k],
        detector: Detector(gain: detectors[k].gain, readoutNoise: detectors[k].noise / detectors[k].gain))
    }
  }

  /// A mask of a share of all pixels.
  func randomMask(_ share: Double, seed: UInt64) -> Mask {
    var random = SplitMix64(state: seed)
    var mask = Mask(shape: Shape(width: width, height: height))
    for i in 0..<mask.plane.count where random.uniform() < share { mask.plane.pixels[i] = 1 }
    return mask
  }

  /// Runs the whole pipeline and combines.
  func run(
    _ exposures: [ExposurePlanes], detection: MaskingOptions.Detection = .pvalue,
    _ change: (inout MaskingOptions) -> Void = { _ in }
  ) throws -> (result: MaskingResult, combined: (CombinationMethod) throws -> MaskedCombination.Result) {
    var options = MaskingOptions(exposures: exposures.count)
    (options.detection, options.seed, options.method) = (detection, 1, .mmLacosmic)
    change(&options)
    let work = Work()
    let gain = detectors[0].gain
    let masking = try Masking(
      exposures, options: options,
      auxiliary: { image, noise, keepsClean in
        let readout = noise ?? exposures[0].detector.readoutNoise.typical
        let found = try LACosmic.run(
          image, parameters: LACosmicParameters(gain: gain, readNoise: readout * gain),
          keepsClean: keepsClean,
          work: work)
        return AuxiliaryDetection(
          clean: found.clean, mask: found.mask, perIteration: found.perIteration,
          iterationLimit: found.iterationLimit)
      }, work: work)
    let result = try masking.run(uuid: "", history: [])
    let combination = try MaskedCombination(
      exposures, masks: result.masks, fluxFactors: result.masks.fluxFactors, work: work)
    return (result, { try combination.combined($0, work: work) })
  }
}

extension Plane<Float> {
  /// The middle of some pixels' finite values.
  func middle(where isChosen: (Int, Int) -> Bool) -> Float {
    var values: [Float] = []
    for y in 0..<height {
      for x in 0..<width where isChosen(x, y) && self[x, y].isFinite { values.append(self[x, y]) }
    }
    values.sort()
    return values.isEmpty ? .nan : values[values.count / 2]
  }
}
