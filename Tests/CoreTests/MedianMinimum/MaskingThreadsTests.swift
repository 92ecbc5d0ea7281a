import Testing

@testable import Kernels

/// The whole pipeline gives the same bits for any number of threads.
@Suite struct MaskingThreadsTests {
  private func products(
    _ scene: ExposureSimulation.Result, _ options: MaskingOptions, threads: Int
  ) throws -> (MaskingResult, [MaskedCombination.Result]) {
    let work = Work(threads: threads)
    let lacosmic = LACosmicParameters()
    let masking = try Masking(
      [ExposurePlanes](scene.exposures, detector: Detector(gain: 1, readoutNoise: 3.4)), options: options,
      auxiliary: { image, _, keepsClean in
        let found = try LACosmic.run(image, parameters: lacosmic, keepsClean: keepsClean, work: work)
        return AuxiliaryDetection(
          clean: found.clean, mask: found.mask, perIteration: found.perIteration,
          iterationLimit: found.iterationLimit)
      }, work: work)
    let result = try masking.run(uuid: "", history: [])
    let combination = try MaskedCombination(
      [ExposurePlanes](scene.exposures, detector: Detector(gain: 1, readoutNoise: 3.4)), masks: result.masks,
      fluxFactors: result.masks.fluxFactors, work: work)
    return (
      result,
      try [.mediancr, .meancrt, .meancr].map { try combination.combined($0, work: work) }
    )
  }

  @Test(arguments: [MaskingOptions.Detection.boundary, .pvalue], [10, 0])
  func nothingDependsOnThreads(detection: MaskingOptions.Detection, simulations: Int) throws {
    var simulation = ExposureSimulation()
    (simulation.width, simulation.height) = (301, 211)
    (simulation.density, simulation.coincidences, simulation.seed) = (2e-3, 20, 9)
    simulation.offsets = [Offset(x: -0.3, y: 0.2), .zero, Offset(x: 0.1, y: 0)]
    let scene = try simulation.run(work: Work())
    var options = MaskingOptions(exposures: 3)
    (options.detection, options.simulations, options.seed) = (detection, simulations, 5)
    options.offsets = simulation.offsets
    let (one, oneCombined) = try products(scene, options, threads: 1)
    #expect(one.masks.medianCR.flagged > 0)
    for threads in [2, 7] {
      let (many, manyCombined) = try products(scene, options, threads: threads)
      #expect(many.masks.medianCR == one.masks.medianCR)
      #expect(many.masks.meanCRT == one.masks.meanCRT)
      #expect(many.masks.exposures == one.masks.exposures)
      #expect(many.masks.laMedian == one.masks.laMedian)
      #expect(many.masks.significance == one.masks.significance)
      #expect(many.diagram?.simulated == one.diagram?.simulated)
      #expect(many.codes == one.codes)
      for (a, b) in zip(manyCombined, oneCombined) {
        #expect(a.image == b.image && a.variance == b.variance && a.map == b.map)
      }
    }
  }
}
