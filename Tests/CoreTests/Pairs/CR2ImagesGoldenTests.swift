import Foundation
import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

@Suite struct CR2ImagesGoldenTests {
  @Test func allCasesAreThere() {
    #expect(PairCase.all.count == 20)
  }

  @Test(arguments: PairCase.all)
  func agreesWithTheReference(golden: PairCase) throws {
    let images = try golden.inputImages()
    // teareduce compares masked pixels like all others, crs does not.
    let unmasked = images.map { image in
      var image = image
      image.mask = nil
      return image
    }
    let result = try CR2Images.run(
      first: unmasked[0], second: unmasked.count > 1 ? unmasked[1] : nil, parameters: golden.settings())
    #expect(result.lines == [])
    #expect(result.found.median == golden.counts.median)
    #expect(result.found.robustStandardDeviation == golden.counts.robust_std)
    #expect(result.found.first.values.count == golden.counts.replaced_data1)
    #expect((result.found.second?.values.count ?? 0) == golden.counts.replaced_data2)
    #expect(result.report == golden.report.filter { !$0.hasPrefix("Output file name") })
    for (n, before) in images.enumerated() {
      let after = n == 0 ? result.clean1 : result.clean2
      // teareduce cuts the fraction of integers off, crs rounds.
      let tolerance = before.storedType == .int16 ? 1.0 : 0
      check(values(after), values(before), golden.images[n], tolerance: tolerance)
      let mask = (after.mask ?? Mask(shape: after.shape)) | (before.mask ?? Mask(shape: after.shape))
      let flagged = mask.plane.pixels.indices.filter { mask.plane.pixels[$0] == 1 }
      #expect(flagged == golden.images[n].pixels)
      #expect(after.storedType == before.storedType)
      if let expected = golden.uncertainties?[n], let own = before.uncertainty, let new = after.uncertainty {
        check(
          new.exactValues ?? new.values.pixels.map { Double($0) },
          own.exactValues ?? own.values.pixels.map { Double($0) }, expected, tolerance: 0)
      }
    }
  }

  @Test(arguments: PairCase.all.filter { $0.history != nil })
  func historyLines(golden: PairCase) throws {
    let images = try golden.inputImages()
    let result = try CR2Images.run(
      first: images[0], second: images.count > 1 ? images[1] : nil, parameters: golden.settings())
    var lines = result.history(
      infile1: "folder/" + golden.inputs[0], infile2: golden.inputs.count > 1 ? golden.inputs[1] : nil)
    #expect(lines[1].wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/) != nil)
    lines[1] = "YYYY-MM-DD HH:MM:SS"
    if let region = golden.parameters.image_region {
      #expect(lines.last == "- image_region: [\(region[0]):\(region[1]),\(region[2]):\(region[3])]")
      lines.removeLast()
    }
    #expect(["made by the golden-data generator"] + lines == golden.history)
  }

  @Test func resultsDoNotDependOnThreads() throws {
    let images = try ["pairm4_1.fits", "pairm4_2.fits"].map(PairCase.image)
    let settings = CR2ImagesParameters(ioffy: -4)
    let one = try CR2Images.run(
      first: images[0], second: images[1], parameters: settings, work: Work(threads: 1))
    let many = try CR2Images.run(
      first: images[0], second: images[1], parameters: settings, work: Work(threads: 7))
    #expect(one.clean1.pixels == many.clean1.pixels)
    #expect(one.mask2 == many.mask2)
    #expect(one.report == many.report)
  }

  private func values(_ image: Image) -> [Double] {
    if case .float64(let values)? = image.exactPixels { return values }
    return image.pixels.pixels.map { Double($0) }
  }

  /// All pixels: those of the list with their values, the others as before.
  private func check(_ after: [Double], _ before: [Double], _ changes: PairCase.Changes, tolerance: Double) {
    var expected = before
    for (index, value) in zip(changes.pixels, changes.values) { expected[index] = value }
    let wrong = zip(after, expected).count { !(abs($0 - $1) <= tolerance) }
    #expect(wrong == 0)
  }
}
