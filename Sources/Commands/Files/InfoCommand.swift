import Calling
import Files
import Kernels
import Pipeline

/// `info`: what a value or a file holds.
struct InfoCommand: Command {
  static let info = CommandInfo(
    "info", "Summarise a value, or list the HDUs of files", family: .files,
    results: [
      .result(
        "value", .any,
        "with a word: the number or text; of a stack a list of the exposures' (equal gains, noises and biases are one number)",
        optional: true)
    ],
    examples: ["s = simulate nx=40 ny=30 seed=1\ninfo s\nn = info s exposures"], isListing: true)

  enum Word: String, WordParameter { case nx, ny, exposures, gain, rnoise, bias, unit, exptime, file }

  @Parameter("value or FITS file", positional: true) var value: Value
  @Parameter("return this only; or the next file to list", positional: true)
  var word: WordOrFile? = nil
  @Parameter("further files to list", positional: true, rest: true) var more: [FileName] = []

  static func check(_ bound: Bound) throws {
    guard case .text(let word)? = bound["word"] else { return }
    switch bound["value"] {
    case .number?, .integer?, .bool?, .list?, .table?, .diagram?, .boundary?:
      throw bound.located(without(word, bound["value"]), parameter: "value")
    case .image?, .stack?, .mask?, .maskSet?:
      guard Word(rawValue: word.lowercased()) == nil else { break }
      throw bound.located(notAWord(word, bound["value"]), parameter: "word")
    case .text?, Value.none?, nil: break
    }
    if Word(rawValue: word.lowercased()) != nil {
      try bound.refuse(["more"], "with a word", expected: "one value or file")
    }
  }

  /// Only behind files there are further ones.
  private static func notAWord(_ word: String, _ value: Value?) -> CRSError {
    CRSError.usage(
      "\(word): files are listed behind a file, not behind a value of kind \(value?.kindName ?? "none")",
      expected: Word.choices.joined(separator: ", "), hint: didYouMean(word, among: Word.choices))
  }

  private static func without(_ word: String, _ value: Value?) -> CRSError {
    CRSError.usage(
      "a value of kind \(value?.kindName ?? "none") has no \(word)", expected: "an Image, Stack or FITS file")
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    var files = more.map(\.path)
    switch word {
    case .word(let word)?:
      try context.call.bound.refuse(["more"], "with a word", expected: "one value or file")
      return CommandResult([try fact(word, context)])
    case .file(let path)?: files.insert(path, at: 0)
    case nil: break
    }
    try context.call.refuseOutputs(expected: "it left out")
    switch value {
    case .text(let path):
      for file in [path] + files { context.show(page(file, try FITSReader.listing(of: file))) }
      return CommandResult()
    case _ where !files.isEmpty:
      throw context.call.bound.located(Self.notAWord(files[0], value), parameter: "word")
    case .stack(let stack):
      let rows = stack.exposures.enumerated().map { k, image in
        ["\(k + 1)", (image.place.map { "\($0): " } ?? "") + image.summary]
      }
      context.show(
        Page(
          [value.summary] + rows.map { "  \($0[0]): \($0[1])" },
          parts: [.paragraph(value.summary), .table(columns: ["exposure", "image"], rows: rows)]))
    case .maskSet(let masks):
      context.show(Page([value.summary] + CrmasksReport.listing(masks)))
    case .image(let image):
      let facts = self.facts(image)
      context.show(
        Page(
          [value.summary] + facts.map { "  \($0)" }, parts: [.paragraph(value.summary), .lines(facts)]))
    case .table(let table):
      context.show(
        Page(
          [value.summary] + TableText.lines(table, most: .max, width: context.columns),
          parts: [.paragraph(value.summary), .table(table)]))
    default: context.report(value.summary)
    }
    return CommandResult()
  }

  /// What is wanted of a value, or a further file. Programs that hand over words must not take them for paths.
  enum WordOrFile: ParameterValue {
    case word(Word)
    case file(String)

    static var kind: Kind { .text }
    static var choices: [String] { Word.choices }
    var json: JSONValue {
      switch self {
      case .word(let word): word.json
      case .file(let path): .text(path)
      }
    }

    static func make(from value: Value) throws -> WordOrFile {
      let text = try String.make(from: value)
      return Word(rawValue: text).map { .word($0) } ?? .file(text)
    }
  }

  private func page(_ path: String, _ listing: [HDUSummary]) -> Page {
    let columns = ["No.", "Name", "Ver", "Type", "Cards", "Dimensions", "Format"]
    let rows = listing.map { hdu in
      [
        "\(hdu.number)", hdu.name, "\(hdu.version)", hdu.kind.rawValue, "\(hdu.cards)",
        "(" + hdu.dimensions.map { "\($0)" }.joined(separator: ", ") + ")", hdu.format,
      ]
    }
    let lines = rows.map { row in
      let head = row[0].leftPadded(to: 3) + "  " + row[1].rightPadded(to: 14)
      let middle = " " + row[2].leftPadded(to: 3) + "  " + row[3].rightPadded(to: 14)
      return head + middle + "  " + row[4].leftPadded(to: 5) + "  " + row[5].rightPadded(to: 14) + " "
        + row[6]
    }
    return Page(
      ["Filename: \(path.visible)", "No.  Name           Ver  Type            Cards  Dimensions     Format"]
        + lines,
      parts: [.paragraph("Filename: \(path.visible)"), .table(columns: columns, rows: rows)])
  }

  /// What is known of an image beside its pixels.
  private func facts(_ image: Image) -> [String] {
    var facts: [String] = []
    if let place = image.place { facts.append("from \(place)") }
    if let uncertainty = image.uncertainty {
      facts.append("\(uncertainty.name): \(uncertainty.kind.rawValue)")
    }
    for plane in image.planes where plane.uncertainty == nil {
      facts.append("plane \(plane.name)" + (plane.mask.map { ", masks \($0.flagged)" } ?? ""))
    }
    for hdu in image.carried {
      facts.append("passed on: \(hdu.name.isEmpty ? "HDU without a name" : hdu.name)")
    }
    return facts.map(\.visibleLine) + ["\(image.header.cards.count) header cards"]
  }

  // MARK: - Single facts

  private func fact(_ word: Word, _ context: CommandContext) throws -> Value {
    let (shape, images, isStack): (Shape, [Image], Bool)
    switch value {
    case .mask(let mask): (shape, images, isStack) = (mask.shape, [], false)
    case .maskSet(let masks): (shape, images, isStack) = (masks.shape, [], false)
    case .stack(let stack): (shape, images, isStack) = (stack.shape, stack.exposures, true)
    case .image(let image): (shape, images, isStack) = (image.shape, [image], false)
    case .text(let path) where [.gain, .rnoise, .bias].contains(word):
      // The pixels tell which way round a gain is.
      let image = try context.reading.image(at: path)
      (shape, images, isStack) = (image.shape, [image], false)
    case .text(let path):
      let frame = try FITSReader.frame(at: path) { context.note("\(path): \($0)") }
      (shape, images, isStack) = (frame.shape, [frame.image], false)
    default:
      throw Self.without(word.rawValue, value)
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
    case .file:
      let files = images.compactMap { $0.origin?.file }
      guard let first = files.first, files.count == images.count else {
        throw CRSError.data("the value does not come from a file", parameter: "word")
      }
      return isStack ? .list(files.map { .text($0) }) : .text(first)
    case .gain, .rnoise, .bias:
      let known = images.map(\.knownDetector).compactMap { facts in
        switch word {
        case .gain: facts.gain?.value.typical
        case .rnoise: facts.readoutNoise?.value.typical
        default: facts.bias?.value.typical
        }
      }
      guard let first = known.first, known.count == images.count else {
        throw unknown(word, lost: images.lazy.compactMap(\.knownDetector.lost).first)
      }
      return Set(known).count == 1 ? .number(first) : .list(known.map { .number($0) })
    }
  }

  private func time(of image: Image, _ number: Int) throws -> Value {
    if let time = image.knownDetector.exposureTime?.value {
      return Int(exactly: time).map { .integer($0) } ?? .number(time)
    }
    throw CRSError.data(
      "exposure \(number): " + (image.refusedTime ?? "the header has no EXPTIME"), parameter: "word")
  }

  /// - Parameter lost: the calculation behind which numbers of the detector no longer hold.
  private func unknown(_ word: Word, lost: String? = nil) -> CRSError {
    if let lost {
      return CRSError.data(
        "\(word.rawValue): not known: it does not hold for \(lost)", parameter: "word",
        hint: "commands that need it take gain=, rnoise= and bias=")
    }
    return CRSError.data(
      "\(word.rawValue): not known", parameter: "word", hint: "load takes gain=, rnoise= and bias=")
  }
}
