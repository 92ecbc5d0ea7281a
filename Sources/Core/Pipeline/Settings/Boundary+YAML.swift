import Files
import Kernels

extension Boundary {
  /// Reads a boundary file: kind, knots and coefficients, or points.
  ///
  /// - Parameter file: the name for messages.
  /// - Throws: `CRSError` with key and line: usage for what is wrong in the text, data for numbers that make no
  ///   curve.
  package init(yaml text: String, file: String = "boundary") throws {
    try self.init(node: try YAMLDocument.parse(text, file: file), file: file)
  }

  /// Reads a boundary file from disk.
  ///
  /// - Throws: `CRSError` as `init(yaml:)`, file when it cannot be read.
  package static func read(_ path: String) throws -> Boundary {
    try Boundary(node: try YAMLDocument.read(path), file: path)
  }

  private init(node: YAMLNode, file: String) throws {
    let map = try SettingsMap(
      node, file: file, allowed: ["kind", "knots", "coefficients", "points", "outside"])
    func numbers(_ value: Value, _ key: String) throws -> [Double] {
      let list = value.list ?? []
      let numbers = list.compactMap(\.double)
      guard value.list != nil, numbers.count == list.count, numbers.allSatisfy(\.isFinite) else {
        throw CRSError.usage(
          "\(value.historyText) is not allowed", parameter: key, expected: "a list of finite numbers")
      }
      return numbers
    }
    let points: [BoundaryPoint] =
      try !map.has("points")
      ? []
      : map.at("points") {
        let value = try map.value("points")
        guard let rows = value.isNone ? [] : value.list else {
          throw CRSError.usage("is no list", parameter: "points", expected: "[[x, y, weight], ...]")
        }
        return try rows.map { row -> BoundaryPoint in
          let item = try numbers(row, "points")
          guard (2...3).contains(item.count), item.count < 3 || item[2] > 0 else {
            throw CRSError.usage(
              "\(row.historyText) is no point", parameter: "points", expected: "[x, y] or [x, y, weight]")
          }
          return BoundaryPoint(x: item[0], y: item[1], weight: item.count > 2 ? item[2] : 1)
        }
      }
    let outside: Outside =
      try !map.has("outside")
      ? .constant
      : map.at("outside") {
        switch try map.value("outside").text {
        case "constant": return .constant
        case "continued": return .continued
        default:
          throw CRSError.usage("is not known", parameter: "outside", expected: "constant or continued")
        }
      }
    switch try map.value("kind").text {
    case "spline":
      let knots = try map.at("knots") { try numbers(try map.value("knots"), "knots") }
      let coefficients = try map.at("coefficients") {
        try numbers(try map.value("coefficients"), "coefficients")
      }
      let spline = try map.at("knots") { try CubicSpline(knots: knots, coefficients: coefficients) }
      self.init(curve: .spline(spline), points: points, outside: outside)
    case "piecewise":
      let sorted = points.sorted { $0.x < $1.x }
      guard sorted.count >= 2, zip(sorted, sorted.dropFirst()).allSatisfy({ $0.x < $1.x }) else {
        throw CRSError.data(
          "a piecewise boundary needs at least two points with different x", parameter: "points",
          expected: "[[x, y, weight], ...]"
        ).placed(in: file, at: map.place("points") ?? (node.line, node.column))
      }
      self.init(curve: .piecewise, points: sorted, outside: outside)
    case let other:
      throw CRSError.usage(
        "\(other.map { "'\($0)'" } ?? "the value") is no kind of boundary", parameter: "kind",
        expected: "spline or piecewise"
      ).placed(in: file, at: map.place("kind"))
    }
  }

  /// The text of a boundary file; numbers with the fewest digits that give the same number again.
  package var yamlText: String {
    func list(_ numbers: [Double]) -> String {
      "[" + numbers.map(Boundary.yamlNumber).joined(separator: ", ") + "]"
    }
    var text = ""
    switch curve {
    case .spline(let spline):
      text += "kind: spline\nknots: \(list(spline.knots))\ncoefficients: \(list(spline.coefficients))\n"
    case .piecewise: text += "kind: piecewise\n"
    }
    if outside == .continued { text += "outside: continued\n" }
    guard !points.isEmpty else { return text }
    text += "points:\n"
    for point in points { text += "  - \(list([point.x, point.y, point.weight]))\n" }
    return text
  }

  /// With a point in every number, without which YAML 1.1 takes 1e-05 for text.
  private static func yamlNumber(_ number: Double) -> String {
    let text = "\(number)"
    guard !text.contains("."), let exponent = text.firstIndex(of: "e") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }
}
