import TestSupport
import Testing

@testable import Kernels
@testable import Pipeline

@Suite struct IntegerOffsetTests {
  @Test(arguments: [
    ("pair0", 0, 0), ("pairm4", 0, -4), ("pairp5p3", 5, 3), ("pairm7p2", -7, 2), ("ccdb", 3, -4),
    ("ccda", 0, 0),
  ])
  func findsTheOffsetsOfThePairs(name: String, ioffx: Int, ioffy: Int) throws {
    let first = try PairCase.image("\(name)_1.fits").pixels
    let second = try PairCase.image("\(name)_2.fits").pixels
    let found = try IntegerOffset.find(first, second, work: Work())
    #expect(found.ioffx == ioffx && found.ioffy == ioffy)
    let partly = try IntegerOffset.find(first, second, ioffx: ioffx, work: Work())
    #expect(partly.ioffy == ioffy)
    let result = try CR2Images.run(
      first: try PairCase.image("\(name)_1.fits"), second: try PairCase.image("\(name)_2.fits"),
      parameters: .init(ioffx: nil, ioffy: nil))
    #expect(result.found.overlap.ioffx == ioffx && result.found.overlap.ioffy == ioffy)
    #expect(result.parameters.ioffx == ioffx)
  }

  /// Larger than what is correlated in full resolution.
  @Test func findsLargeOffsetsOfLargeImages() throws {
    var random = SeededRandom(seed: 11)
    let sky = Plane<Float>(
      width: 5200, height: 700,
      pixels: (0..<5200 * 700).map { _ in Float(random.below(100)) })
    let first = sky[try Section(x1: 1, x2: 4500, y1: 1, y2: 600)]
    let second = sky[try Section(x1: 654, x2: 5153, y1: 60, y2: 659)]
    let found = try IntegerOffset.find(first, second, work: Work())
    #expect(found.ioffx == 653 && found.ioffy == 59)
  }

  @Test func nothingInCommon() {
    let flat = Plane<Float>(width: 30, height: 30, repeating: 4)
    #expect(throws: CRSError.self) { try IntegerOffset.find(flat, flat, work: Work()) }
  }
}
