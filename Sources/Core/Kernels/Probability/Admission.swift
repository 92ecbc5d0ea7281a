import Glibc

/// How far another detector's word counts in one exposure: -log10 of each pixel's probability, coarsely, a byte a pixel.
package struct Admission: Sendable {
  /// Steps of 0.05 above the most lenient limit, 0 below it; the last one stands for pixels that nothing but their shape
  /// tells of.
  private var steps: Plane<UInt8>
  /// Probability below which the exposure's own values flag a pixel, -log10.
  private let limit: Double
  /// False alarms that the exposure may have.
  private let falseAlarms: Double

  private static let step = 0.05
  private static let always: UInt8 = 255
  /// How much larger a probability may be than that of a pixel that is flagged on its own [dex].
  private static let lenience = 2.0
  /// No probability above a half counts.
  private static let least = 0.3

  /// - Parameters:
  ///   - score: -log10 of the probabilities.
  ///   - alone: pixels with no other value to compare with; nil for none.
  init(
    _ score: Plane<Float>, alone: Mask?, allowed: Mask, limit: Double, falseAlarms: Double, work: Work
  ) throws {
    (self.limit, self.falseAlarms) = (limit, falseAlarms)
    let (scale, lenient) = (Float(1 / Self.step), Float(max(Self.least, limit - Self.lenience)))
    let (shape, always) = (score.shape, Self.always)
    steps = try score.pixels.withUnsafeBufferPointer { score in
      try allowed.plane.pixels.withUnsafeBufferPointer { allowed in
        nonisolated(unsafe) let (score, allowed) = (score, allowed)
        return try Mask.byTiles(shape, work: work) { tile, out in
          for i in tile {
            // NaN is not above the limit.
            out[i] =
              allowed[i] != 0 && score[i] > lenient ? UInt8(1 + min((score[i] - lenient) * scale, 253)) : 0
          }
        }
      }
    }.plane
    if let alone {
      for i in 0..<steps.count where alone.plane.pixels[i] != 0 { steps.pixels[i] = always }
    }
  }

  /// The candidates that count.
  ///
  /// Each of many candidates would be a chance of its own: those that lie alone share the false alarms of the image, so
  /// that their number decides how small their probability must be. Those that touch a pixel that was flagged for its
  /// value are parts of a hit.
  ///
  /// - Parameter found: pixels that are flagged for their values.
  func admitted(_ candidates: Mask, beside found: Mask, work: Work) throws -> Mask {
    guard candidates.plane.pixels.contains(where: { $0 != 0 }) else { return candidates }
    let beside = PValueDetector.connected(candidates | found, to: found)
    let alone = (candidates & !beside).flagged
    let lenient = max(Self.least, limit - Self.lenience)
    let strict = max(lenient, min(limit, Glibc.log10(Double(max(1, alone)) / falseAlarms)))
    let far = UInt8(min((strict - lenient) / Self.step, 253))
    var out = candidates
    out.plane.pixels.withUnsafeMutableBufferPointer { out in
      beside.plane.pixels.withUnsafeBufferPointer { beside in
        steps.pixels.withUnsafeBufferPointer { steps in
          for i in 0..<out.count {
            let isAdmitted = steps[i] > (beside[i] != 0 ? 0 : far)
            out[i] = isAdmitted ? out[i] : 0
          }
        }
      }
    }
    return out
  }

  /// Where one of several exposures admits more.
  static func largest(_ all: [Admission]) -> Admission? {
    guard var out = all.first else { return nil }
    for other in all.dropFirst() {
      out.steps.pixels.withUnsafeMutableBufferPointer { out in
        other.steps.pixels.withUnsafeBufferPointer { other in
          for i in 0..<out.count { out[i] = max(out[i], other[i]) }
        }
      }
    }
    return out
  }
}
