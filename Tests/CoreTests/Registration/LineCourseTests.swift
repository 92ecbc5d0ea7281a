import Foundation
import Testing

@testable import Kernels

/// The course of lines that are nearly along an axis.
@Suite struct LineCourseTests {
  private let noise = StackNoise([Detector(gain: 1.5, readoutNoise: 3)])
  private let width = 360
  private let height = 240

  /// Three traces and sky lines, with noise.
  private func image(_ course: (Double) -> Double) -> Plane<Float> {
    var (image, random) = (
      Plane<Float>(width: width, height: height, repeating: 0), SplitMix64(state: 5)
    )
    for y in 0..<height {
      for x in 0..<width {
        var level = 30 + 300 * exp(-0.5 * pow((Double(x) - 200) / 1.5, 2))
        for place in [60.2, 110.7, 171] {
          level += 2000 * exp(-0.5 * pow((Double(y) - place - course(Double(x))) / 2, 2))
        }
        image[x, y] = Float(level + (level / 1.5 + 9).squareRoot() * random.normal())
      }
    }
    return image
  }

  private func course(of image: Plane<Float>) throws -> LineCourse? {
    try LineCourse(of: [image], noise: noise.typical, work: Work())
  }

  @Test(arguments: [(0.02, 0.0), (-0.1, 0), (0.3, 0), (0.03, 2e-4), (0, -3e-4)])
  func coursesAreFound(tilt: Double, bend: Double) throws {
    func truth(_ x: Double) -> Double { tilt * (x - 180) + bend * (x - 180) * (x - 180) }
    let image = image(truth)
    let found = try #require(try course(of: image))
    #expect(found.isAlongX)
    for x in 0..<width {
      let rise = found.places[x] - found.places[width / 2]
      #expect(abs(rise - truth(Double(x)) + truth(180)) < 0.35, "\(rise) at \(x)")
    }
    // What was straightened is as it was.
    let rolled = try found.straightened(image, work: Work())
    #expect(try found.restored(rolled, work: Work()) == image)
    let turned = try #require(try course(of: image.transposed))
    #expect(!turned.isAlongX)
    #expect(try turned.straightened(image.transposed, work: Work()) == rolled.transposed)
  }

  /// Along lines that were straightened nothing changes but noise.
  @Test func linesBecomeStraight() throws {
    let image = image { 0.1 * ($0 - 180) }
    let found = try #require(try course(of: image))
    let straight = try found.interpolated(image, work: Work())
    for y in 40..<200 {
      let (left, right) = (
        (60..<120).map { Double(straight[$0, y]) }.reduce(0, +) / 60,
        (240..<300).map { Double(straight[$0, y]) }.reduce(0, +) / 60
      )
      // A tenth of a pixel changes a flank by so much.
      #expect(abs(left - right) < 80 + 0.04 * left, "\(left), \(right) in row \(y)")
    }
    let turned = try #require(try course(of: image.transposed))
    let other = try turned.interpolated(image.transposed, work: Work()).transposed
    for i in 0..<other.count {
      #expect(abs(other.pixels[i] - straight.pixels[i]) < 0.01 + 1e-5 * straight.pixels[i])
    }
    let back = try found.uninterpolated(straight, work: Work())
    var sum = 0.0
    for y in 20..<220 { for x in 0..<width { sum += Double(abs(back[x, y] - image[x, y])) } }
    #expect(sum / Double(200 * width) < 8)
  }

  /// Straight lines and stars have none.
  @Test func othersHaveNoCourse() throws {
    #expect(try course(of: image { _ in 0 }) == nil)
    var (stars, random) = (Plane<Float>(width: width, height: height, repeating: 30), SplitMix64(state: 9))
    for _ in 0..<120 {
      let (cx, cy) = (Double(width) * random.uniform(), Double(height) * random.uniform())
      for y in max(0, Int(cy) - 8)..<min(height, Int(cy) + 9) {
        for x in max(0, Int(cx) - 8)..<min(width, Int(cx) + 9) {
          let d = pow(Double(x) - cx, 2) + pow(Double(y) - cy, 2)
          stars[x, y] += Float(3000 * exp(-0.25 * d))
        }
      }
    }
    #expect(try course(of: stars) == nil)
    for (width, height) in [(1, 1), (3, 200), (200, 3), (47, 16)] {
      #expect(try course(of: Plane(width: width, height: height, repeating: .nan)) == nil)
    }
  }

  /// A hit beside a line leaves no hole that both exposures would seem to show.
  @Test func hitsLeaveNoHoles() throws {
    var image = image { 0.1 * ($0 - 180) }
    let found = try #require(try course(of: image))
    let before = try found.interpolated(image, work: Work())
    for k in 0..<6 { image[50 + 40 * k, 30] += 20_000 }
    let after = try found.interpolated(image, work: Work())
    #expect((after.pixels.min() ?? 0) > (before.pixels.min() ?? 0) - 20)
  }
}

extension Plane<Float> {
  fileprivate var transposed: Plane<Float> {
    var out = Plane<Float>(width: height, height: width, repeating: 0)
    for y in 0..<height { for x in 0..<width { out[y, x] = self[x, y] } }
    return out
  }
}
