import Testing

@testable import Kernels

/// Masks, cleaned pixels and progress lines of astroscrappy 1.3.0.
@Suite struct LACosmicGoldenTests {
  @Test func allCasesAreThere() { #expect(LACosmicCase.all.count == 31) }

  @Test(arguments: LACosmicCase.all)
  func sameAsTheReference(_ one: LACosmicCase) throws {
    let result = try one.run(try one.parameters(), work: Work())
    let file = one.name + ".fits"
    let mask = try LACosmicCase.flags(file, "MASK")
    #expect(result.mask == mask, "\(result.mask.flagged) pixels, expected \(mask.flagged)")
    #expect(result.bad == (try LACosmicCase.flags(file, "BADMASK")))
    #expect(result.verboseLines == one.lines)
    let input = try one.input()
    let values = try LACosmicCase.plane(file, "VALUES").pixels
    var next = 0
    var worst: Float = 0
    for index in 0..<input.count {
      if mask.plane.pixels[index] == 0 {
        #expect(result.clean.pixels[index] == input.pixels[index])
      } else {
        worst = max(worst, abs(result.clean.pixels[index] - values[next]) / max(1, abs(values[next])))
        next += 1
      }
    }
    #expect(next == mask.flagged)
    #expect(worst < 1e-6, "cleaned values differ by \(worst)")
  }
}
