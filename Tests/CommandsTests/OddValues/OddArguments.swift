import Foundation

@testable import Calling
@testable import Files
@testable import Kernels
@testable import Pipeline

/// Arguments for the parameters of a manifest: those that a call needs, and odd ones of the parameter's kind.
struct OddArguments {
  /// What stands for pixels where a call needs some.
  var image: Image
  var exposures = 3
  /// A folder for files.
  var folder: String

  /// A value that the parameter takes; nil where there is none to be made.
  func usual(_ parameter: ParameterManifest) -> Value? {
    if parameter.isRest { return one(parameter).map { .list([$0, $0]) } }
    return one(parameter)
  }

  private func one(_ parameter: ParameterManifest) -> Value? {
    switch parameter.kind {
    case .image, .any: .image(image)
    case .stack: stack.map { .stack($0) }
    case .mask: .mask(mask)
    case .maskset: .maskSet(maskSet)
    case .diagram: Self.diagram.map { .diagram($0) }
    case .boundary: .boundary(Self.boundary)
    case .table:
      .table(Table(columns: ["a", "b"], rows: [[.integer(1), .real(2.5)], [.text("x"), .real(.nan)]]))
    case .number: .number(inside(parameter.limits))
    case .integer: .integer(Int(inside(parameter.limits).rounded(.up)))
    case .flag: .bool(true)
    case .text: .text("text")
    case .word: .text(parameter.choices.first ?? "name")
    case .file: .text(folder + "/out-" + UUID().uuidString + ".fits")
    case .section: .list([.integer(1), .integer(2), .integer(1), .integer(2)])
    case .list: .list([.number(1), .number(1)])
    }
  }

  var stack: Stack? { try? Stack(exposures: (0..<exposures).map { _ in image }) }

  var mask: Mask {
    Mask(
      plane: Plane(
        width: image.width, height: image.height,
        pixels: (0..<image.pixels.count).map { $0 % 7 == 3 ? 1 : 0 }))
  }

  private var maskSet: MaskSet {
    MaskSet(
      medianCR: mask, meanCRT: mask, exposures: (0..<exposures).map { _ in mask },
      fluxFactors: (0..<exposures).map { _ in 1 }, uuid: "odd")
  }

  private static let diagram: Diagram? = {
    let edges = (0...Diagram.bins).map { Double($0) }
    let counts = [Double](repeating: 1, count: Diagram.bins * Diagram.bins)
    return Diagram(
      xEdges: edges, yEdges: edges, simulated: counts, original: counts, simulations: 1, seed: 1,
      points: (0..<20).map { BoundaryPoint(x: Double($0 * 5), y: Double($0), weight: 1) })
  }()

  private static let boundary = Boundary(
    curve: .piecewise, points: [BoundaryPoint(x: 0, y: 5), BoundaryPoint(x: 100, y: 20)])

  private func inside(_ limits: Limits) -> Double {
    let low = limits.minimum ?? limits.exclusiveMinimum ?? 0
    for number in [1, 3, low, low + 1, limits.maximum ?? 0] where limits.contains(number) { return number }
    return low
  }

  // MARK: - Odd values

  /// A value and whether the parameter's limits exclude it.
  struct Odd {
    var value: Value
    var isOutside = false
  }

  /// Values at, below and above the limits of a parameter, and such as no kind expects.
  func odd(_ parameter: ParameterManifest) -> [Odd] {
    let limits = parameter.limits
    switch parameter.kind {
    case .number, .integer:
      let isWhole = parameter.kind == .integer
      var numbers: [Double] = [
        0, -1, 1, .nan, .infinity, -.infinity, 1e300, -1e300, 9.3e18, -9.3e18, 0.5, 1e-300,
      ]
      for limit in [limits.minimum, limits.maximum, limits.exclusiveMinimum].compactMap({ $0 }) {
        numbers +=
          isWhole ? [limit, limit - 1, limit + 1] : [limit, limit.nextDown, limit.nextUp, limit - 1]
      }
      var odd = numbers.map { number -> Odd in
        let whole = isWhole ? Int(exactly: number) : nil
        return Odd(
          value: whole.map { .integer($0) } ?? .number(number),
          isOutside: !limits.contains(number) || isWhole && whole == nil)
      }
      if isWhole {
        odd += [Int.max, Int.min].map { Odd(value: .integer($0), isOutside: !limits.contains(Double($0))) }
      }
      return odd + [.text("word"), .list([]), .bool(true), .none].map { Odd(value: $0) }
    case .word:
      return parameter.choices.map { Odd(value: .text($0)) }
        + [Odd(value: .text("no such word"), isOutside: !parameter.choices.isEmpty), Odd(value: .list([]))]
    case .flag: return [.bool(true), .bool(false), .integer(2), .text("maybe")].map { Odd(value: $0) }
    case .section:
      return [
        [1, 1, 1, 1], [1, 24, 1, 20], [24, 24, 20, 20], [1, 25, 1, 20], [0, 3, 1, 2], [5, 2, 1, 2],
        [1, .max, 1, .max], [],
      ]
      .map { (numbers: [Int]) in Odd(value: .list(numbers.map { .integer($0) })) }
        + [Odd(value: .text("[1:2"))]
    case .list:
      let rows: [[Double]] = [
        [], [0], [1], [-1], [.nan], [1, 1], [1, 1, 1], [1e9, 0], [1e300, -1e300], [.infinity, 0],
        [1, 1, 1, 1],
        [1, 24, 1, 20],
      ]
      return rows.flatMap { row -> [Odd] in
        let list = Value.list(row.map { .number($0) })
        return [Odd(value: list), Odd(value: .list([list])), Odd(value: .list([list, list, list]))]
      } + [Odd(value: .text("word")), Odd(value: .list([.text("a"), .text("")]))]
    case .text, .file:
      return [
        "", "/nonexistent/a.fits", "a\u{0}b", String(repeating: "x", count: 5000), "\(folder)/",
        "\(folder)/ ",
        "\(folder)/[1]", "\(folder)/!a", "\(folder)/ä",
      ]
      .map { Odd(value: .text($0)) }
    case .image, .stack, .mask, .maskset, .diagram, .boundary, .table, .any:
      return [
        .none, .integer(3), .number(.nan), .text("nothere.fits"), .text(""), .list([]), .bool(true),
        .table(Table(columns: [])), .list([.image(image)]), .mask(mask),
        .image(Image(pixels: Plane(width: 2, height: 3, repeating: 1))),
      ].map { Odd(value: $0) }
    }
  }
}
