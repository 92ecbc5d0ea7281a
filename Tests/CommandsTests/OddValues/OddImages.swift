import Foundation
import TestSupport

@testable import Files
@testable import Kernels

/// Images that no observer hopes for, each with a name.
enum OddImages {
  static let all: [(name: String, image: Image)] = [
    ("1x1", flat(1, 1, 7)), ("1xN", made(1, 40) { Float($1) }), ("Nx1", made(40, 1) { x, _ in Float(x) }),
    ("2x2", made(2, 2) { Float($0 + 2 * $1) }), ("3x3", flat(3, 3, 5)),
    ("7x3", made(7, 3) { Float($0 * $1) }),
    ("constant", flat(24, 20, 100)), ("zero", flat(24, 20, 0)), ("negative", flat(24, 20, -1000)),
    ("all NaN", flat(24, 20, .nan)), ("all infinite", flat(24, 20, .infinity)),
    ("minus infinite", flat(24, 20, -.infinity)), ("saturated", flat(24, 20, 65535)),
    ("largest", flat(24, 20, 3e38)), ("both ends", made(24, 20) { ($0 + $1) % 2 == 0 ? 3.3e38 : -3.3e38 }),
    ("smallest", flat(24, 20, 1e-45)), ("one pixel", made(24, 20) { $0 == 12 && $1 == 10 ? 1e6 : 0 }),
    ("one NaN", changed { $0.pixels[7] = .nan }), ("one infinity", changed { $0.pixels[7] = .infinity }),
    ("one number", made(24, 20) { $0 == 12 && $1 == 10 ? 1 : .nan }),
    ("steps", made(24, 20) { x, _ in x < 12 ? 0 : 1e9 }), ("ramp", made(24, 20) { Float($0 + 24 * $1) }),
    ("checkers", made(24, 20) { Float(($0 + $1) % 2) }), ("noise", scene), ("all masked", masked(1)),
    ("half masked", masked(2)), ("errors of 0", errors(0)), ("errors of NaN", errors(.nan)),
    ("float64", exact(.float64, .float64((0..<480).map { 2_459_000.123 + Double($0) * 1e-6 }))),
    ("int64", exact(.int64, .int64((0..<480).map { $0 % 2 == 0 ? .min : .max }))),
    ("uint64", exact(.uint64, .uint64((0..<480).map { _ in .max }))),
  ]

  static var scene: Image {
    var scene = Scene()
    (scene.width, scene.height, scene.hits) = (24, 20, 5)
    return image(scene.counts(seed: 3))
  }

  /// With gain and readout noise, so that commands come to their work.
  private static func image(_ pixels: Plane<Float>) -> Image {
    Image(pixels: pixels, detector: DetectorFacts(gain: 2, readoutNoise: 4, bias: 0))
  }

  private static func made(_ width: Int, _ height: Int, _ pixel: (Int, Int) -> Float) -> Image {
    image(
      Plane(
        width: width, height: height,
        pixels: (0..<width * height).map { pixel($0 % width, $0 / width) }))
  }

  private static func flat(_ width: Int, _ height: Int, _ value: Float) -> Image {
    image(Plane(width: width, height: height, repeating: value))
  }

  private static func changed(_ change: (inout Plane<Float>) -> Void) -> Image {
    var out = scene
    change(&out.pixels)
    return out
  }

  private static func masked(_ step: Int) -> Image {
    var out = scene
    out.mask = Mask(plane: Plane(width: 24, height: 20, pixels: (0..<480).map { $0 % step == 0 ? 1 : 0 }))
    return out
  }

  private static func errors(_ value: Float) -> Image {
    var out = scene
    out.uncertainty = Uncertainty(
      kind: .standardDeviation, values: Plane(width: 24, height: 20, repeating: value))
    return out
  }

  private static func exact(_ type: PixelType, _ values: ExactPixels) -> Image {
    let single: [Float] =
      switch values {
      case .float64(let values): values.map { Float($0) }
      case .int64(let values): values.map { Float($0) }
      case .uint64(let values): values.map { Float($0) }
      }
    var out = image(Plane(width: 24, height: 20, pixels: single))
    (out.exactPixels, out.storedType) = (values, type)
    return out
  }
}
