import Foundation
import Kernels

/// One operand of a calculation with errors.
package enum ErrorOperand {
  case number(Double)
  /// Values, and their errors where there are some.
  case image(Plane<Float>, Uncertainty?)
  /// The same in double precision.
  case exact(Plane<Double>, Uncertainty?)

  fileprivate var uncertainty: Uncertainty? {
    switch self {
    case .image(_, let uncertainty), .exact(_, let uncertainty): uncertainty
    case .number: nil
    }
  }

  fileprivate func value(_ i: Int) -> Double {
    switch self {
    case .number(let number): number
    case .image(let plane, _): Double(plane.pixels[i])
    case .exact(let plane, _): plane.pixels[i]
    }
  }
}

/// The squares of an operand's errors, NaN where they are not known, 0 for an operand without errors.
private struct ErrorSquares {
  private let exact: [Double]?
  private let deviation: Plane<Float>?
  private let kind: Uncertainty.Kind
  /// Whether they are those of double precision.
  var areExact: Bool { exact != nil }

  init(_ errors: Uncertainty?) {
    kind = errors?.kind ?? .variance
    exact = errors?.exactValues.flatMap { $0.count == errors?.values.count ? $0 : nil }
    deviation = exact == nil ? errors?.deviation : nil
  }

  subscript(_ i: Int) -> Double {
    if let exact {
      guard exact[i] > 0, exact[i].isFinite else { return .nan }
      return kind.convert(exact[i], to: .variance)
    }
    return deviation.map { Double($0.pixels[i]) * Double($0.pixels[i]) } ?? 0
  }
}

extension Uncertainty {
  /// The errors of a sum, difference, product, quotient, or of a power with a number as exponent, for operands whose
  /// errors are not correlated; an operand without errors counts as exact. Nil when none has errors. They are kept in double
  /// precision where one operand has them so, or single precision does not hold them.
  package static func propagated(
    _ operation: PixelArithmetic.Operation, _ a: ErrorOperand, _ b: ErrorOperand
  ) -> Uncertainty? {
    guard let kept = a.uncertainty ?? b.uncertainty else { return nil }
    let (first, second) = (ErrorSquares(a.uncertainty), ErrorSquares(b.uncertainty))
    let variance: (Int) -> Double
    switch operation {
    case .add, .subtract: variance = { first[$0] + second[$0] }
    case .multiply:
      variance = {
        let (x, y) = (a.value($0), b.value($0))
        return y * y * first[$0] + x * x * second[$0]
      }
    case .divide:
      variance = {
        let (x, y) = (a.value($0), b.value($0))
        return (first[$0] + x * x / (y * y) * second[$0]) / (y * y)
      }
    case .power:
      guard case .number(let exponent) = b else { return nil }
      variance = {
        let x = a.value($0)
        let slope = exponent * pow(x, exponent - 1)
        return slope * slope * first[$0]
      }
    // Steps have no error of their own.
    case .floorDivide, .remainder: return nil
    }
    let shape = kept.values.shape
    let deviation = Plane(
      width: shape.width, height: shape.height,
      pixels: (0..<shape.count).map { i -> Float in
        let square = variance(i)
        return square.isFinite && square > 0 ? Float(square.squareRoot()) : .nan
      })
    let single = kept.replacing(deviation: deviation)
    let isLost =
      single.exactValues != nil
      || deviation.pixels.indices.contains {
        guard !deviation.pixels[$0].isNormal, case let square = variance($0) else { return false }
        return square > 0 && square.isFinite
      }
    return first.areExact || second.areExact || isLost ? kept.replacing(variance: variance) : single
  }

  /// The variance that detection uses: the median over 5x5 pixels of the errors, since a hit raises its own, squared; NaN
  /// where no error around is known.
  ///
  /// - Throws: `CRSError.interrupted`.
  func noiseVariance(work: Work) throws -> Plane<Float> {
    try MedianWindow(rows: 5, columns: 5).filtered(deviation, work: work).map { $0 * $0 }
  }

  /// The first error whose square single precision, in which detection works, does not hold; nil for none.
  package var withoutSquare: Float? {
    deviation.pixels.first { $0 > 0 && $0.isFinite && !($0 * $0).isNormal }
  }

  /// The errors of values multiplied by a number.
  package func scaled(by factor: Double) -> Uncertainty {
    var out = self
    let scale =
      switch kind {
      case .standardDeviation: abs(factor)
      case .variance: factor * factor
      case .inverseVariance: 1 / (factor * factor)
      }
    out.values = values.map { Float(Double($0) * scale) }
    out.exactValues = exactValues.map { $0.map { $0 * scale } }
    let isLost = values.pixels.indices.contains { i in
      values.pixels[i].isFinite && values.pixels[i] != 0 && !out.values.pixels[i].isNormal
    }
    if isLost, exactValues == nil { out.exactValues = values.pixels.map { Double($0) * scale } }
    return out
  }

  /// The errors of an image moved by fractions of pixels, whose values are weighted means of up to four pixels.
  ///
  /// - Throws: `CRSError.interrupted`.
  func shifted(by offset: Offset, work: Work) throws -> Uncertainty {
    let deviation = deviation
    /// As single precision has it where that holds it.
    @Sendable func variance(_ column: Int, _ row: Int) -> Double {
      let value = deviation[column, row]
      return (value * value).isNormal ? Double(value * value) : Double(value) * Double(value)
    }
    let (width, height) = (deviation.width, deviation.height)
    let limit = Double(max(width, height) + 2)
    let (dx, dy) = (min(max(offset.x, -limit), limit), min(max(offset.y, -limit), limit))
    let (columns, rows) = ((-dx).rounded(.down), (-dy).rounded(.down))
    let (u, v) = (-dx - columns, -dy - rows)
    let across = [(0, 1 - u), (1, u)].filter { $0.1 > 0 }
    let along = [(0, 1 - v), (1, v)].filter { $0.1 > 0 }
    let out = try Plane<Float>(width: width, height: height) { out in
      guard let base = out.baseAddress else { return }
      let shared = SharedPointer(base)
      try work.forTiles(height, size: 16) { tile in
        for y in tile {
          for x in 0..<width {
            var sum = 0.0
            for (j, wy) in along {
              for (i, wx) in across {
                let (column, row) = (x + Int(columns) + i, y + Int(rows) + j)
                let isInside = column >= 0 && column < width && row >= 0 && row < height
                sum += wx * wx * wy * wy * (isInside ? variance(column, row) : .nan)
              }
            }
            shared[y * width + x] = Float(sum.squareRoot())
          }
        }
      }
    }
    return replacing(deviation: out)
  }
}

extension Image {
  /// The variance that detection takes from the image's errors (`Uncertainty.noiseVariance`); where no error around is
  /// known that of equally bright pixels, NaN where the error is not finite. Nil for an image without errors.
  ///
  /// - Parameter bias: that is still in the pixels.
  /// - Throws: `CRSError`: data where no error is known at all; interrupted.
  package func noiseVariance(bias: DetectorValue = .constant(0), work: Work) throws -> Plane<Float>? {
    guard let uncertainty else { return nil }
    let variance = try uncertainty.noiseVariance(work: work)
    guard variance.pixels.contains(where: \.isFinite) else {
      throw CRSError(
        .data, "the errors of \(uncertainty.name) are nowhere known: all are 0, negative or not finite",
        file: origin?.file, parameter: "gain", expected: "errors above 0, or gain= and rnoise=")
    }
    guard variance.pixels.contains(where: \.isNaN) else { return variance }
    // A hit raises its own level.
    var level = try MedianWindow(rows: 5, columns: 5).filtered(pixels, work: work)
    let given = uncertainty.values
    for i in 0..<level.count {
      // Errors that are not finite say that nothing is known of the pixel.
      level.pixels[i] = given.pixels[i].isFinite ? level.pixels[i] - Float(bias.value(at: i)) : .nan
    }
    return ErrorNoise.completed(variance, level: level)
  }
}
