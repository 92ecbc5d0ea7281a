import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// `load`: one file becomes an Image, several a Stack.
struct LoadCommand: Command {
  static let info = CommandInfo(
    "load", "Read FITS files: one as an Image, several as a Stack", family: .files,
    results: [
      .result("value", .any, "Image, Stack, Mask, MaskSet, list, Boundary or Table: what the files contain")
    ],
    discussion: [
      "load reads any BITPIX, scaled integers, extensions, gzip and tile-compressed files. Masks, quality planes "
        + "and errors that belong to the image are read with it, and every other HDU is preserved (docs/exposures.md). "
        + "A crmasks.fits becomes a MaskSet, a .yaml file a Boundary, a .csv file a Table.",
      "ext=all returns a list of the images of a file; save writes them back in the same layout. planes=yes "
        + "returns the planes of a cube as a stack, unless its third axis is a wavelength, a colour or similar.",
    ])

  enum Converted: String, WordParameter { case electron }
  enum Weights: String, WordParameter { case ivar }

  @Parameter("files to read, or images that become a stack", positional: true, rest: true) var files: [Loaded]
  @Parameter("extension: its number (0 is the primary HDU) or name; all: a list of every image")
  var ext: String? = nil
  @Parameter("gain", unit: "e-/ADU", above: 0, upTo: 1e6) var gain: Double? = nil
  @Parameter("readout noise", unit: "ADU", in: 0...1e6) var rnoise: Double? = nil
  @Parameter("bias level; auto: measured in the overscan of each exposure", unit: "ADU", in: -1e7...1e7)
  var bias: BiasChoice? = nil
  @Parameter("electron: convert the pixels by the gain") var unit: Converted? = nil
  @Parameter("apply masks and quality planes (MASK, DQ, ...)") var dq = true
  @Parameter("bits of quality planes to ignore, such as 16+64") var dqIgnore: BitList? = nil
  @Parameter("only bits of quality planes to apply, such as 1+2") var dqBad: BitList? = nil
  @Parameter("ivar: weights (WHT) are inverse variances") var uncertainty: Weights? = nil
  @Parameter("read the planes of a cube as exposures of a stack") var planes = false
  @Parameter("accept planes that do not look like equivalent exposures") var force = false
  @Parameter("stop if DATASUM or CHECKSUM does not match, instead of a warning") var strict = false

  static func check(_ bound: Bound) throws {
    if bound["planes"] == nil { try bound.refuse(["force"], "without planes=yes") }
    if case .bool(false)? = bound["dq"] { try bound.refuse(["dq_ignore", "dq_bad"], "with dq=no") }
    guard case .list(let files)? = bound["files"], files.count == 1, case .text(let path) = files[0] else {
      return
    }
    if isTable(path) || isBoundary(path) { try bound.refuse(["planes", "force"], "on a table or boundary") }
    if isBoundary(path) { try bound.refuse(ofPixels, "on a boundary") }
    if isTable(path) { try bound.refuse(ofPixels, "on a table") }
  }

  private static func isBoundary(_ path: String) -> Bool {
    path.lowercased().hasSuffix(".yaml") || path.lowercased().hasSuffix(".yml")
  }

  private static func isTable(_ path: String) -> Bool { path.lowercased().hasSuffix(".csv") }

  func run(_ context: CommandContext) throws -> CommandResult {
    context.work.told?.forget()
    let bound = context.call.bound
    if let images = images() {
      try bound.refuse(
        Self.ofPixels + ["planes", "force"], "on images that are loaded already", expected: "files")
      return CommandResult([images.count == 1 ? .image(images[0]) : .stack(try stack(images, context))])
    }
    if names.count < files.count {
      throw CRSError.usage(
        "images and names of files do not go together", parameter: "files", expected: "all of one kind",
        hint: "[x, (load y.fits)] is a list of images")
    }
    if !planes { try bound.refuse(["force"], "without planes=yes") }
    if !dq { try bound.refuse(["dq_ignore", "dq_bad"], "with dq=no") }
    if planes || ext?.lowercased() == "all" { return try severalOfOne(context) }
    if names.count == 1, let file = names.first {
      return CommandResult([try one(file.path, context)])
    }
    var images: [Image] = []
    for file in names {
      let image = try image(file.path, context)
      if let first = images.first, first.shape != image.shape {
        throw CRSError(
          .data, "the image is \(image.shape), the first one \(first.shape)", file: file.path,
          expected: "equal shapes")
      }
      images.append(try finished(image, context))
    }
    return CommandResult([.stack(try stack(images, context))])
  }

  /// The files; fewer than the arguments where images are among them.
  private var names: [FileName] {
    files.compactMap { if case .file(let name) = $0 { name } else { nil } }
  }

  /// The images, where nothing else was given.
  private func images() -> [Image]? {
    let found = files.flatMap { item -> [Image] in
      if case .images(let images) = item { images } else { [] }
    }
    return names.isEmpty && !found.isEmpty ? found : nil
  }

  /// A file, or what is loaded already.
  enum Loaded: ParameterValue, Sendable {
    case file(FileName)
    case images([Image])

    static var kind: Kind { .file }
    static var otherKinds: [Kind] { [.image, .stack] }
    var json: JSONValue { if case .file(let name) = self { name.json } else { .null } }
    static func make(from value: Value) throws -> Loaded {
      switch value {
      case .image(let image): .images([image])
      case .stack(let stack): .images(stack.exposures)
      default: .file(try FileName.make(from: value))
      }
    }
  }

  /// Parameters that only exposures have a use for, and those that only pixels have one for.
  private static let ofExposures = [
    "gain", "rnoise", "bias", "unit", "dq", "dq_ignore", "dq_bad", "uncertainty",
  ]
  private static let ofPixels = ofExposures + ["ext", "strict"]

  /// Endings of tables that other programs write.
  private static let ofTables = [".tsv", ".tab", ".txt", ".dat", ".ecsv", ".ascii", ".tbl"]

  private var selector: HDUSelector? {
    ext.map { name in Int(name).map { .number($0) } ?? .name(name) }
  }

  private var options: PlaneOptions {
    var options = PlaneOptions()
    options.usesQuality = dq
    options.ignoredBits = dqIgnore?.bits ?? 0
    options.badBits = dqBad?.bits
    options.takesWeights = uncertainty == .ivar
    options.gain = gain
    return options
  }

  private func image(_ path: String, _ context: CommandContext) throws -> Image {
    let name = names.count > 1 ? "\(path): " : ""
    return try context.reading.image(at: path, hdu: selector, options: options, strict: strict) {
      context.report(name + $0)
    }
  }

  /// The image with what was given for it, in the unit that was asked for.
  private func finished(_ image: Image, _ context: CommandContext) throws -> Image {
    var image = image
    image.detector = DetectorFacts(gain: gain, readoutNoise: rnoise, bias: nil)
    switch bias {
    case .level(let level): image.detector.bias = Known(.constant(level), .value)
    case .measured:
      let known = image.knownDetector
      context.tellSections(of: [image], Overscan.stems)
      let found = try image.measuredBias(
        gain: known.gain?.value, readoutNoise: known.readoutNoise?.value, work: context.work)
      image.detector.bias = found
      context.report(
        "\(image.label(number: 1)): bias \(found.value.listed) \(image.unit.name) (\(found.source))")
    case nil: break
    }
    guard unit == .electron, image.unit != .electron else { return image }
    let found = try DetectorLookup(image: image, gain: nil, readoutNoise: nil, need: .gain)
    image.convertToElectrons(gain: found.detector.gain)
    context.report(
      image.label(number: 1) + ": to electrons, " + (found.sources.first { $0.hasPrefix("gain") } ?? ""))
    return image
  }

  /// A stack, with a note where an exposure is there twice.
  private func stack(_ images: [Image], _ context: CommandContext) throws -> Stack {
    let stack = try Stack(exposures: images)
    for (k, image) in images.enumerated() where image.mask == nil {
      let count = image.notFinite
      if count > 0 { context.report("\(image.label(number: k + 1)): \(count) pixels are not finite") }
    }
    stack.equalityNotes.forEach(context.note)
    images.unlikenessNotes.forEach(context.note)
    return stack
  }

  /// The images of one file as a list, or the planes of a cube as a stack.
  private func severalOfOne(_ context: CommandContext) throws -> CommandResult {
    guard names.count == 1, let file = names.first else {
      throw CRSError.usage(
        "\(names.count) files", parameter: planes ? "planes" : "ext", expected: "one file",
        hint: "a loop over the files takes one after the other")
    }
    func told(_ report: ReadingReport) {
      report.notes.forEach { context.note("\(file.path): \($0)") }
      if let line = report.planes { context.report(line) }
    }
    if planes {
      let images = try FITSReader.planes(
        at: file.path, hdu: selector, options: options, strict: strict, force: force, work: context.work,
        report: told)
      return CommandResult([.stack(try stack(images.map { try finished($0, context) }, context))])
    }
    let images = try FITSReader.images(
      at: file.path, options: options, strict: strict, work: context.work, report: told)
    return CommandResult([.list(try images.map { .image(try finished($0, context)) })])
  }

  /// What a single file holds.
  private func one(_ path: String, _ context: CommandContext) throws -> Value {
    if Self.isBoundary(path) { return .boundary(try Boundary.read(path)) }
    if Self.isTable(path) { return .table(try table(path, context)) }
    let content: FITSContent
    do {
      content = try FITSReader.content(
        at: path, hdu: selector, options: options, strict: strict, work: context.work
      ) { told in
        told.notes.forEach { context.note("\(path): \($0)") }
        if let line = told.planes { context.report(line) }
      }
    } catch var error as CRSError {
      if Self.ofTables.contains(where: path.lowercased().hasSuffix) {
        error.hint = error.hint ?? "a table is read from a file NAME.csv with commas"
      }
      throw error
    }
    switch content {
    case .maskSet, .masks: try context.call.bound.refuse(Self.ofExposures, "on masks")
    case .image, .stack: break
    }
    return switch content {
    case .stack(let stack): .stack(try Stack(exposures: stack.exposures.map { try finished($0, context) }))
    case .maskSet(let masks): .maskSet(masks)
    case .masks(let masks): masks.count == 1 ? .mask(masks[0]) : .list(masks.map { .mask($0) })
    case .image(let image): .image(try finished(image, context))
    }
  }

  private func table(_ path: String, _ context: CommandContext) throws -> Table {
    let file = try DiskName.find(path)
    guard file?.isRegular ?? true else {
      throw CRSError.file(
        "is not a regular file", file: path, expected: "a file with comma-separated values",
        hint: "what a pipe gives can be written to a file first")
    }
    guard let data = file?.contents() else {
      throw CRSError.file("cannot be read", file: path, expected: "a file with comma-separated values")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw CRSError(
        .data, "line \(TextBytes.lineBeyondUTF8(data) ?? 1) is not UTF-8 text", file: path,
        expected: "comma-separated values")
    }
    if let line = TextBytes.lineWithReplacement(text) {
      context.note(
        "\(path): line \(line) has U+FFFD, which stands for bytes that were no UTF-8: a name with it may be that of "
          + "several files")
    }
    let table = try Table(csv: text, name: path) { context.note("\(path): \($0)") }
    let empty = Self.emptyLines(text, rows: table.rows.count)
    if table.columns.count == 1, empty > 0 {
      context.note("\(path): \(empty) line\(empty == 1 ? "" : "s") without anything left out")
    }
    return table
  }

  /// Empty lines before the last row, where each row is a line.
  private static func emptyLines(_ text: String, rows: Int) -> Int {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let last = lines.lastIndex { !$0.isEmpty } ?? 0
    let empty = lines[...last].count(where: \.isEmpty)
    return last + 1 - empty == rows + 1 ? empty : 0
  }
}
