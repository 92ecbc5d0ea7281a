import Foundation
import TestSupport
import Testing

@testable import Kernels

@Suite struct FFT2DTests {
  private func noise(_ width: Int, _ height: Int) -> Plane<Double> {
    var random = SeededRandom(seed: 5)
    return Plane(
      width: width, height: height,
      pixels: (0..<width * height).map { _ in random.uniform() * 160 - 80 })
  }

  /// Small and smooth lengths, primes, odd and even, lines.
  @Test(arguments: [(1, 1), (2, 1), (1, 7), (8, 4), (9, 5), (7, 6), (13, 11), (34, 3), (30, 22), (5, 17)])
  func agreesWithTheDefinition(width: Int, height: Int) throws {
    let plane = noise(width, height)
    let transform = try FFT2D(width: width, height: height)
    let spectrum = try transform.forward(plane)
    #expect(spectrum.width == width / 2 + 1 && spectrum.height == height)
    for v in 0..<height {
      for u in 0...width / 2 {
        var sum = ComplexPair.zero
        for y in 0..<height {
          for x in 0..<width {
            let phase =
              -2 * Double.pi
              * (Double(u * x % width) / Double(width) + Double(v * y % height) / Double(height))
            sum += plane[x, y] * ComplexPair(cos(phase), sin(phase))
          }
        }
        let error = spectrum[u, v] - sum
        #expect((error * error).sum().squareRoot() < 1e-10 * 100 * Double(width * height))
      }
    }
    let back = try transform.inverse(spectrum)
    #expect(zip(back.pixels, plane.pixels).allSatisfy { abs($0 - $1) < 1e-10 })
  }

  @Test(arguments: [(1536, 1000), (1597, 101), (257, 1232)])
  func largePlanesComeBack(width: Int, height: Int) throws {
    let plane = noise(width, height)
    let transform = try FFT2D(width: width, height: height)
    let one = try transform.forward(plane, work: Work(threads: 1))
    let back = try transform.inverse(one, work: Work(threads: 3))
    #expect(zip(back.pixels, plane.pixels).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(try transform.forward(plane, work: Work(threads: 5)) == one)
  }

  @Test func rejectsWrongShapes() throws {
    #expect(throws: CRSError.self) { try FFT2D(width: 0, height: 3) }
    let transform = try FFT2D(width: 4, height: 4)
    #expect(throws: CRSError.self) { try transform.forward(noise(4, 5)) }
    #expect(throws: CRSError.self) { try transform.inverse(Plane(width: 4, height: 4, repeating: .zero)) }
  }
}
