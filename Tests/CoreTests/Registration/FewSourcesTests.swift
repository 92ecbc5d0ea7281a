import Glibc
import Testing

@testable import Kernels
@testable import Pipeline

/// A few galaxies tell a change of the seeing, and hits on a few sources tell none.
@Suite struct FewSourcesTests {
  private static let detectors = (0..<3).map { _ in (gain: 1.4, noise: 4.5) }

  /// Galaxies of 260x220 pixels, sums of round Gaussians, under a seeing of these widths [standard deviation, pixel].
  private func galaxies(_ widths: [Double], seed: UInt64) -> [Plane<Float>] {
    var scene = StackScene(width: 260, height: 220)
    (scene.detectors, scene.seed) = (Self.detectors, seed)
    var random = SplitMix64(state: seed)
    let all = (0..<9).map { _ in
      (
        x: 20 + 220 * random.uniform(), y: 20 + 180 * random.uniform(),
        light: 300_000 * (0.4 + random.uniform())
      )
    }
    return widths.indices.map { k in
      var level = Plane<Float>(width: 260, height: 220, repeating: 90)
      for galaxy in all {
        for (own, part) in [(0.6, 0.2), (2.5, 0.4), (6.0, 0.4)] {
          let square = own * own + widths[k] * widths[k]
          let peak = galaxy.light * part / (2 * .pi * square)
          for y in max(0, Int(galaxy.y) - 25)...min(219, Int(galaxy.y) + 25) {
            for x in max(0, Int(galaxy.x) - 25)...min(259, Int(galaxy.x) + 25) {
              let (u, v) = (Double(x) - galaxy.x, Double(y) - galaxy.y)
              level[x, y] += Float(peak * exp(-0.5 * (u * u + v * v) / square))
            }
          }
        }
      }
      scene.level = { Double(level[$0, $1]) }
      return scene.planes()[k]
    }
  }

  private func changes(_ planes: [Plane<Float>]) throws -> SourceChanges? {
    let noise = StackNoise(
      Self.detectors.map { Detector(gain: $0.gain, readoutNoise: $0.noise / $0.gain) })
    return try SourceChanges(of: planes, factors: [1, 1, 1], noise: noise, work: Work())
  }

  @Test(arguments: [UInt64(1), 2, 3]) func fewGalaxies(seed: UInt64) throws {
    let found = try #require(try changes(galaxies([1.3, 1.2, 1.45], seed: seed)))
    #expect(found.pixels >= 40 && found.pixels < 2000, "\(found.pixels)")
  }

  /// What a part of the image says alone holds in no other part; what all of it says does.
  @Test func whatOnePartSaysIsNoChange() {
    var random = SplitMix64(state: 7)
    let count = 600
    let rows = (0..<2 * count).map { _ in 3 * random.normal() }
    let isOdd = (0..<count).map { $0 % 2 == 1 }
    func sums(_ isChanged: (Int) -> Bool) -> SourceChanges.Sums {
      SourceChanges.Sums(
        rows: rows,
        values: (0..<count).map {
          (isChanged($0) ? 0.4 * rows[2 * $0] - 0.2 * rows[2 * $0 + 1] : 0) + random.normal()
        },
        variances: [Double](repeating: 1, count: count), count: 2)
    }
    let (all, half) = (sums { _ in true }, sums { isOdd[$0] })
    let found = all.fit(to: Array(0..<count))
    #expect(abs(found[0] - 0.4) < 0.05 && abs(found[1] + 0.2) < 0.05, "\(found)")
    #expect(all.gain(of: isOdd) > 0.9 * (all.misfit { _ in 0 } - all.misfit { all.change($0, found) }))
    #expect(half.gain(of: isOdd) < 0)
    #expect(all.left(found) < 0.2)
  }

  @Test(arguments: [UInt64(4), 5]) func hitsOnFewSources(seed: UInt64) throws {
    var planes = galaxies([1.3, 1.3, 1.3], seed: seed)
    // Three by three pixels on the two brightest places of each block of the image.
    for (k, part) in [(1, 0), (2, 1)] {
      for blockY in 0..<4 {
        for blockX in 0..<4 where (blockX + blockY) % 2 == part {
          var best = (x: 0, y: 0)
          for y in 55 * blockY + 2..<55 * blockY + 53 {
            for x in 65 * blockX + 2..<65 * blockX + 63 where planes[0][x, y] > planes[0][best.x, best.y] {
              best = (x, y)
            }
          }
          for y in best.y - 1...best.y + 1 {
            for x in best.x - 1...best.x + 1 where x >= 0 && y >= 0 { planes[k][x, y] += 400 }
          }
        }
      }
    }
    #expect(try changes(planes) == nil)
  }
}
