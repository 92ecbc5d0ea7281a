import Files
import Kernels

/// What a session variable or an argument holds. Values never change; assignment binds a name anew.
///
/// What is large stands elsewhere, so that lists of millions of numbers stay small.
package enum Value: Sendable {
  indirect case image(Image)
  indirect case stack(Stack)
  indirect case mask(Mask)
  indirect case maskSet(MaskSet)
  indirect case diagram(Diagram)
  indirect case boundary(Boundary)
  indirect case table(Table)
  case number(Double)
  case integer(Int)
  case bool(Bool)
  /// Text; a bare word may name a file or one of an enumerated parameter's words, a quoted one never a variable.
  case text(String)
  case list([Value])
  case none

  /// The kind in the words of help and errors.
  package var kindName: String {
    switch self {
    case .image: "Image"
    case .stack: "Stack"
    case .mask: "Mask"
    case .maskSet: "MaskSet"
    case .diagram: "Diagram"
    case .boundary: "Boundary"
    case .table: "Table"
    case .number, .integer: "number"
    case .bool: "yes or no"
    case .text: "text"
    case .list: "list"
    case .none: "none"
    }
  }

  /// One informative line: shape, type, range, counts.
  package var summary: String {
    switch self {
    case .image(let image): return image.summary
    case .stack(let stack):
      let unit = stack.unit.description
      return
        "Stack \(stack.count) x \(stack.shape) \(stack.numberType.rawValue)\(unit.isEmpty ? "" : " " + unit)"
        + (stack.commonFacts.gain.map { ", gain \($0.value.typical.plain) e-/\(stack.unit.inDenominator)" }
          ?? "")
        + (stack.commonFacts.readoutNoise.map { ", rnoise \($0.value.typical.plain) \(stack.unit.name)" }
          ?? "")
    case .mask(let mask):
      return "Mask \(mask.shape), \(mask.flagged) pixels flagged"
        + " (\((100 * Double(mask.flagged) / Double(Swift.max(1, mask.shape.count))).fixed(4)) %)"
    case .maskSet(let masks):
      return "MaskSet \(masks.shape), MEDIANCR \(masks.medianCR.flagged), MEANCRT "
        + "\(masks.meanCRT.flagged), CRMASK1..\(masks.exposures.count) "
        + masks.exposures.map { "\($0.flagged)" }.joined(separator: ", ")
    case .diagram(let diagram):
      let kind = diagram.isExact ? "exact" : "\(diagram.simulations) simulations, seed \(diagram.seed)"
      return "Diagram \(Diagram.bins)x\(Diagram.bins), \(kind), \(diagram.points.count) boundary points"
    case .boundary(let boundary):
      switch boundary.curve {
      case .spline(let spline):
        return
          "Boundary spline, \(spline.knots.count) knots, min2d \(spline.lower.short) to \(spline.upper.short) ADU"
      case .piecewise: return "Boundary piecewise, \(boundary.points.count) points"
      }
    case .table(let table):
      return "Table \(table.rows.count) rows: " + table.columns.map(\.visibleLine).joined(separator: ", ")
    case .list(let items) where items.count > Self.longest && items.allSatisfy { $0.double != nil }:
      let first = items.prefix(5).compactMap(\.literal).joined(separator: ", ")
      return "list of \(items.count) numbers: \(first), ..., \(items.last?.literal ?? "")"
    case .list(let items) where !holdsFew(Self.longest) || literal == nil:
      return "list of \(items.count): " + items.prefix(5).map(\.kindName).joined(separator: ", ")
        + (items.count > 5 ? ", ..." : "")
    default: return literal ?? kindName
    }
  }

  /// Lists of more elements are told of, not written out.
  private static let longest = 10_000

  /// Whether it has at most so many elements, those of lists in it counted too.
  private func holdsFew(_ most: Int) -> Bool {
    var left = most
    func takes(_ value: Value) -> Bool {
      guard case .list(let items) = value else { return true }
      left -= items.count
      return left >= 0 && items.allSatisfy(takes)
    }
    return takes(self)
  }

  /// Whether it can be written in a script, which may be long to do.
  package var hasLiteral: Bool {
    switch self {
    case .number, .integer, .bool, .none, .text: true
    case .list(let values): values.allSatisfy(\.hasLiteral)
    default: false
    }
  }

  /// The value as it can be written in a script; nil for images and the like.
  package var literal: String? {
    switch self {
    case .number(let number): return number.plain
    case .integer(let number): return "\(number)"
    case .bool(let flag): return flag ? "yes" : "no"
    case .none: return "none"
    case .text(let text): return Value.quoted(text)
    case .list(let values):
      let parts = values.map(\.literal)
      return parts.contains { $0 == nil } ? nil : "[" + parts.compactMap { $0 }.joined(separator: ", ") + "]"
    default: return nil
    }
  }

  /// Text in quotes that the lexer reads back unchanged; what steers a terminal is written by its number.
  package static func quoted(_ text: String) -> String {
    if !text.utf8.contains(UInt8(ascii: "'")), text.visible == text { return "'\(text)'" }
    // Character by character of the code: a mark above a quote makes no other sign of it for the lexer.
    var out = String.UnicodeScalarView()
    out.append("\"")
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" || scalar == "$" { out.append("\\") }
      out.append(scalar)
    }
    out.append("\"")
    return String(out).visible
  }

  package var double: Double? {
    switch self {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }
}

extension Stack {
  /// The number type of the exposures; of unlike ones that which holds them all in calculations.
  fileprivate var numberType: PixelType {
    let types = Set(exposures.map(\.storedType))
    if types.count == 1, let type = types.first { return type }
    return exposures.contains { $0.exactPixels != nil } ? .float64 : .float32
  }
}

extension Image {
  /// `Image 2016x1596 float32 adu, min -14.2, median 3.1, max 1 388`
  package var summary: String {
    var line = "Image \(shape) \(storedType.rawValue)" + (unit == .none ? "" : " \(unit)")
    // Nothing interrupts it: it takes some hundredths of a second for the largest images.
    if let finite = try? FiniteSummary(of: pixels, work: Work()), !hasValuesOutsideSingle,
      exactPixels == nil || max(abs(finite.minimum), abs(finite.maximum)) <= 16_777_216
    {
      line +=
        ", min \(Double(finite.minimum).short), median \(finite.median.short), max \(Double(finite.maximum).short)"
    } else if let finite = PixelStatistics(of: exactValues.pixels.filter(\.isFinite)) {
      line += ", min \(finite.minimum.short), median \(finite.median.short), max \(finite.maximum.short)"
    }
    let others = notFinite
    if others > 0 { line += ", \(others) not finite" }
    if let mask { line += ", \(mask.flagged) masked" }
    return line
  }
}
