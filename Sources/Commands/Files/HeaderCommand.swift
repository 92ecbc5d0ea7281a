import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// `header`: the cards of an image or file, or the value of one.
struct HeaderCommand: Command {
  static let info = CommandInfo(
    "header", "Print the header of an image or file, or one value of it", family: .files,
    results: [
      .result("value", .any, "the value of the keyword; of HISTORY and COMMENT a list", optional: true)
    ],
    examples: ["s = simulate nx=40 ny=30 seed=1\nt = header s[1] EXPTIME"], isListing: true)

  @Parameter("image or FITS file", positional: true) var value: Value
  @Parameter(
    "return the value of this keyword, from whichever HDU of a file has it", positional: true)
  var keyword: VariableName? = nil
  @Parameter("extension of the file: number or name") var ext: String? = nil
  @Parameter("value to return if the header lacks the keyword; may be none") var `default` = Fallback()

  static func check(_ bound: Bound) throws {
    switch bound["value"] {
    case .number?, .integer?, .bool?, .list?, .table?, .diagram?, .boundary?, .maskSet?:
      throw bound.located(withoutHeader(bound["value"]), parameter: "value")
    case .image?, .stack?, .mask?:
      try bound.refuse(["ext"], "with a value, which has one header", expected: "a file")
    case .text?, Value.none?, nil: break
    }
    if bound["keyword"] == nil { try bound.refuse(["default"], "without a keyword") }
  }

  private static func withoutHeader(_ value: Value?) -> CRSError {
    CRSError.usage(
      "a value of kind \(value?.kindName ?? "none") has no header",
      expected: "an Image, a Mask made from one, or a file")
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    if keyword == nil { try context.call.refuseOutputs(expected: "a keyword, or --out left out") }
    if let keyword, case .stack(let stack) = value, stack.count > 1 {
      let values = try stack.exposures.enumerated().map { k, image in
        do {
          return try self.value(of: keyword.name.uppercased(), image.cards, context).values.first ?? .none
        } catch var error as CRSError {
          error.message = "exposure \(k + 1): " + error.message
          throw error
        }
      }
      return CommandResult([.list(values)])
    }
    let cards = try cards()
    guard let keyword else {
      cards.ownCards.forEach(context.report)
      return CommandResult()
    }
    let name = keyword.name.uppercased()
    if ext == nil, case .text(let path) = value, !path.hasSuffix("]"), !cards.has(name),
      let other = try Self.elsewhere(name, path)
    {
      let place = other.name.isEmpty ? other.hdu == 0 ? ", the primary header" : "" : " (\(other.name))"
      context.note("\(name) is in HDU \(other.hdu)\(place)")
      return try self.value(of: name, ExposureCards(own: other.header), context)
    }
    return try self.value(of: name, cards, context)
  }

  /// The first HDU of a file that has a card of that keyword.
  private static func elsewhere(
    _ keyword: String, _ path: String
  ) throws -> (hdu: Int, name: String, header: Header)? {
    try FITSReader.headers(at: path).first { ExposureCards(own: $0.header).has(keyword) }
  }

  private func cards() throws -> ExposureCards {
    switch value {
    case .text(let path):
      return try FITSReader.cards(
        at: path, hdu: ext.map { name in Int(name).map { .number($0) } ?? .name(name) })
    case .image(let image): return image.cards
    case .stack(let stack):
      guard let first = stack.exposures.first else { throw CRSError.data("the stack has no exposures") }
      return first.cards
    case .mask(let mask) where mask.owner is MaskHeader:
      return ExposureCards(own: (mask.owner as? MaskHeader)?.header ?? Header())
    default:
      throw Self.withoutHeader(value)
    }
  }

  private func value(
    of name: String, _ cards: ExposureCards, _ context: CommandContext
  ) throws -> CommandResult {
    let lines = cards.commentary(name)
    if !lines.isEmpty { return CommandResult([.list(lines.map { .text($0) })], lines: lines) }
    guard let found = cards.find(name) else {
      if let fallback = `default`.value { return CommandResult([fallback]) }
      throw CRSError.data(
        "the header has no \(name)", parameter: "keyword",
        hint: Self.shapeHint(name) ?? didYouMean(name, among: cards.keywords)
          ?? "default=VALUE gives a value then")
    }
    if found.isInherited { context.note("\(name) is in HDU 0, the primary header") }
    let literal = found.reading.literal
    switch found.reading.value {
    // What is printed is the value, as it can be typed.
    case .integer(let number)?: return printed(.integer(number), literal)
    case .real(let number)?:
      if Self.isRounded(literal, to: number) {
        context.note("\(name) has more digits than a number here: the value is \(number.plain)")
      }
      return printed(.number(number), literal)
    case .logical(let flag)?: return printed(.bool(flag), literal)
    case .text(let text)?: return CommandResult([.text(text)], lines: [text])
    case nil:
      if literal.isEmpty { context.note("\(name) has no value") }
      return CommandResult([literal.isEmpty ? .none : .text(literal)], lines: [literal])
    }
  }

  /// Whether a whole number lost digits.
  private static func isRounded(_ literal: String, to number: Double) -> Bool {
    let parts = literal.split(separator: ".", omittingEmptySubsequences: false)
    let whole = parts[0].drop { $0 == "+" || $0 == "-" }.drop { $0 == "0" }
    guard parts.count <= 2, whole.count > 15, whole.allSatisfy(\.isNumber),
      parts.dropFirst().allSatisfy({ $0.allSatisfy { $0 == "0" } })
    else { return false }
    return String(format: "%.0f", abs(number)) != whole
  }

  /// The shape is none of a value's cards.
  private static func shapeHint(_ name: String) -> String? {
    guard name.hasPrefix("NAXIS"), name.dropFirst(5).allSatisfy(\.isNumber) else { return nil }
    return "info VALUE nx and info VALUE ny give the shape, info VALUE exposures how many there are"
  }

  private func printed(_ value: Value, _ card: String) -> CommandResult {
    // Integers of more than 64 bits are no numbers here: all their digits are printed.
    let isLong = card.allSatisfy { $0.isNumber || $0 == "-" || $0 == "+" }
    return CommandResult([value], lines: [isLong ? card : value.literal ?? card])
  }

  /// What is given where there is no card: any value, none too; nothing where it is left out.
  struct Fallback: ParameterValue {
    var value: Value?

    static var kind: Kind { .any }
    static var allowsNone: Bool { true }
    var json: JSONValue { .null }
    static func make(from value: Value) throws -> Fallback { Fallback(value: value) }
  }
}
