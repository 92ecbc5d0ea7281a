import Calling
import Files
import Kernels
import Pipeline

/// `info`: what a value or a file holds.
struct InfoCommand: Command {
  static let info = CommandInfo(
    "info", "Tell what a value or a file holds", family: .files,
    results: [.result("value", .any, "with a word: the number or text; of the exposures of a stack a list")],
    examples: ["s = simulate nx=40 ny=30 seed=1\ninfo s\nn = info s exposures"], isListing: true)

  enum Word: String, WordParameter { case nx, ny, exposures, gain, rnoise, bias, unit, exptime }

  @Parameter("value or FITS file", positional: true) var value: Value
  @Parameter("give only this", positional: true) var word: Word? = nil

  func run(_ context: CommandContext) throws -> CommandResult {
    if let word { return CommandResult([try fact(word, context)]) }
    switch value {
    case .text(let path):
      context.report("Filename: \(path)")
      context.report("No.  Name           Ver  Type            Cards  Dimensions     Format")
      for hdu in try FITSReader.listing(of: path) {
        let head = "\(hdu.number)".leftPadded(to: 3) + "  " + hdu.name.rightPadded(to: 14)
        let middle = " " + "\(hdu.version)".leftPadded(to: 3) + "  " + hdu.kind.rawValue.rightPadded(to: 14)
        let tail =
          "  " + "\(hdu.cards)".leftPadded(to: 5) + "  "
          + ("(" + hdu.dimensions.map { "\($0)" }.joined(separator: ", ") + ")").rightPadded(to: 14)
        context.report(head + middle + tail + " " + hdu.format)
      }
    case .stack(let stack):
      context.report(value.summary)
      for (k, image) in stack.exposures.enumerated() {
        context.report("  \(k + 1): " + (image.place.map { "\($0): " } ?? "") + image.summary)
      }
    case .maskSet(let masks):
      context.report(value.summary)
      CrmasksReport.listing(masks).forEach(context.report)
    case .image(let image):
      context.report(value.summary)
      if let place = image.place { context.report("  from \(place)") }
      if let uncertainty = image.uncertainty {
        context.report("  \(uncertainty.name): \(uncertainty.kind.rawValue)")
      }
      for plane in image.planes where plane.uncertainty == nil {
        context.report("  plane \(plane.name)" + (plane.mask.map { ", masks \($0.flagged)" } ?? ""))
      }
      for hdu in image.carried {
        context.report("  passed on: \(hdu.name.isEmpty ? "HDU without a name" : hdu.name)")
      }
      context.report("  \(image.header.cards.count) header cards")
    case .table(let table):
      context.report(value.summary)
      TableText.lines(table, most: .max).forEach(context.report)
    default: context.report(value.summary)
    }
    return CommandResult()
  }

  // MARK: - Single facts

  private func fact(_ word: Word, _ context: CommandContext) throws -> Value {
    let (shape, images, isStack): (Shape, [Image], Bool)
    switch value {
    case .mask(let mask): (shape, images, isStack) = (mask.shape, [], false)
    case .maskSet(let masks): (shape, images, isStack) = (masks.shape, [], false)
    case .stack(let stack): (shape, images, isStack) = (stack.shape, stack.exposures, true)
    case .image(let image): (shape, images, isStack) = (image.shape, [image], false)
    case .text:
      let image = try context.reading.image(value)
      (shape, images, isStack) = (image.shape, [image], false)
    default:
      throw CRSError.usage(
        "a value of kind \(value.kindName) has no \(word.rawValue)", expected: "an Image, Stack or FITS file")
    }
    switch word {
    case .nx: return .integer(shape.width)
    case .ny: return .integer(shape.height)
    case .exposures:
      if case .maskSet(let masks) = value { return .integer(masks.exposures.count) }
      return .integer(max(1, images.count))
    case .unit: return .text(images.first?.unit.description ?? "")
    case .exptime:
      let times = try images.enumerated().map { try time(of: $1, $0 + 1) }
      guard let first = times.first else { throw unknown(word) }
      return isStack ? .list(times) : first
    case .gain, .rnoise, .bias:
      let known = images.map(\.knownDetector).compactMap { facts in
        switch word {
        case .gain: facts.gain?.value.typical
        case .rnoise: facts.readoutNoise?.value.typical
        default: facts.bias?.value.typical
        }
      }
      guard let first = known.first, known.count == images.count else { throw unknown(word) }
      return Set(known).count == 1 ? .number(first) : .list(known.map { .number($0) })
    }
  }

  private func time(of image: Image, _ number: Int) throws -> Value {
    if let time = image.knownDetector.exposureTime?.value {
      return Int(exactly: time).map { .integer($0) } ?? .number(time)
    }
    throw CRSError.data("exposure \(number): the header has no EXPTIME", parameter: "word")
  }

  private func unknown(_ word: Word) -> CRSError {
    CRSError.data(
      "\(word.rawValue): not known", parameter: "word", hint: "load takes gain=, rnoise= and bias=")
  }
}
