import Calling
import Files
import Glibc
import Kernels
import Pipeline
import Plot

/// `cr2images`: pairs of exposures and single ones, on variables or files.
struct CR2ImagesCommand: Command {
  static let info = CommandInfo(
    "cr2images", "Clean a pair by its difference, or one image by a median filter",
    family: .detect, effect: .files,
    results: [
      .result("clean1", .image, "the first image, cleaned, in its own pixel type"),
      .result("clean2", .image, "the second image, cleaned; for a single image, the median-filtered image"),
      .result("mask1", .mask, "replaced pixels of the first image"),
      .result("mask2", .mask, "replaced pixels of the second image"),
      .result(
        "coincidences", .table,
        "coincident hits: replaced pixels that seem to be hit in both exposures"),
    ],
    examples: ["s = simulate nx=80 ny=60 n=2 seed=1\nclean1, clean2, mask1, mask2 = cr2images s[1] s[2]"],
    discussion: [
      "In the shell, cr2images writes cNAME next to the input, or the files of outfile1= and outfile2=, or of "
        + "--out: all of them or none. apply_cr2images_ccddata is another name of this command. Regions do not limit "
        + "the cleaned pixels: a cosmic ray with a peak inside image_region, or outside the skipped regions, is "
        + "cleaned as a whole.",
      "One noise value is used for the whole frame. Sky lines, objects and traces that changed a little are therefore "
        + "flagged, up to whole rows, and faint cosmic rays on dark sky are missed; notes report both. crmasks [a, b] "
        + "tests each pixel against the gain and readout noise of both exposures and fits smooth changes between them "
        + "first.",
      "Masked and NaN pixels of either image are neither flagged nor used; fill=yes "
        + "fills them from the other image, except next to its cosmic rays. If the exposure times differ, image2 is "
        + "divided by the ratio of the fluxes first (not for rates); its own result keeps its flux. The masks contain "
        + "cosmic rays; the MASK of a cleaned image also contains what was masked or filled.",
    ], memory: MemoryNeed(perPixel: 20))

  @Parameter("first image", positional: true, aliases: ["data1", "infile1"]) var image1: Image
  @Parameter(
    "second image of the same shape; none: clean a single image", positional: true,
    aliases: ["data2", "infile2"])
  var image2: Image? = nil
  @Parameter("file for the first cleaned image") var outfile1: FileName? = nil
  @Parameter("file for the second cleaned image; none for a single image") var outfile2: FileName? = nil
  @Parameter(
    "shift of image2 onto image1 along x; auto: measured", unit: "pixel", in: -999_999...999_999)
  var ioffx: ValueOrWord<Int, Auto> = .value(0)
  @Parameter("shift of image2 onto image1 along y; auto: measured", unit: "pixel", in: -999_999...999_999)
  var ioffy: ValueOrWord<Int, Auto> = .value(0)
  @Parameter("threshold for the peak of a hit", unit: "sigma", in: 0...1e9) var tsigmaPeak = 10.0
  @Parameter("threshold for the pixels around a peak", unit: "sigma", in: 0...1e9) var tsigmaTail = 3.0
  @Parameter("maximum size of a hit; larger ones are not cleaned", unit: "pixel", in: 1...1e12) var maxsize:
    Int? = nil
  @Parameter("rectangles of image1 to leave as they are", aliases: ["list_skipped_regions"])
  var skippedRegions: SectionList? = nil
  @Parameter("the only rectangle of image1 to clean") var imageRegion: Section? = nil
  @Parameter(
    "[rows, columns] of the median filter, or one number for both; for a single image", unit: "pixel")
  var medianSize: [Int]? = nil
  @Parameter(
    "flux of image2 relative to image1; auto: measured; times: auto where the exposure times differ; none: 1",
    above: 0, upTo: 1e6)
  var scale: ValueOrWord<Double, Scale> = .word(.times)
  @Parameter("fill masked and NaN pixels of each image from the other") var fill = false
  @Parameter("clean image1 only") var singleMode = false
  @Parameter("0: coincident pixels only; 1: report and figures; 2: also the figures of each step", in: 0...9)
  var debugLevel =
    0
  @Parameter("part of the image that the figures show", aliases: ["zoom_region_imshow"]) var zoomRegion:
    Section? = nil
  @Parameter("aspect ratio of the figures") var aspect = Aspect.equal
  @Parameter("for compatibility; masks are always results") var returnMasks = true
  @Parameter(
    "PDF of the figures; none: with debug_level 1 or 2 in the terminal, or in a PDF named after the first image"
  )
  var figures: FileName? = nil
  @Parameter("replace existing files") var overwrite = false

  enum Aspect: String, WordParameter { case equal, auto }
  enum Auto: String, WordParameter { case auto }
  enum Scale: String, WordParameter { case times, auto, none }

  static func check(_ bound: Bound) throws {
    // A second image of which nothing is known yet may be none.
    guard ["image2", "figures"].allSatisfy({ bound[$0] == nil || bound.isKnown($0) }) else { return }
    try written(bound)?.refuseIdle(bound)
  }

  /// Refuses what the others leave without an effect, whatever the images are.
  private func refuseIdle(_ bound: Bound) throws {
    if !bound.isKnown("image2") {
      try bound.refuse(["ioffx", "ioffy", "scale", "fill"], "on a single image")
    } else {
      try bound.refuse(["median_size"], "on a pair", expected: "a single image")
    }
    if debugLevel == 0, !bound.isKnown("figures") {
      try bound.refuse(
        ["zoom_region", "aspect"], "without figures", expected: "figures= or debug_level= beside it")
    }
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    if image2 == nil, let card = ColourMosaic.card(of: image1) {
      throw CRSError.data(
        "the image is a colour mosaic (\(card)): a median filter would mix its colours", parameter: "image1",
        expected: "an image of one colour, or a pair")
    }
    try refuseIdle(context.call.bound)
    if outfile1 == nil, outfile2 == nil, figures == nil, debugLevel == 0, !context.call.isSubcommand {
      try context.call.bound.refuse(
        ["overwrite"], "without a file: nothing is written", expected: "outfile1= beside it")
    }
    // What cannot be written is said before the work.
    for file in [outfile1, outfile2, figures].compactMap({ $0 }) {
      _ = try AtomicFile(file.path, existing: .init(overwrite: overwrite))
    }
    for file in [outfile1, outfile2].compactMap({ $0 }) { try OutputName.check(file.path, for: .pixels) }
    if let figures { try OutputName.check(figures.path, for: .figure) }
    if let image2,
      let told = try LevelCheck.darkness(ofPair: [image1.pixels, image2.pixels], work: context.work)
    {
      throw CRSError.data(
        told, parameter: "image2",
        expected: "two images of one scene",
        hint: "lacosmic, or cr2images IMAGE median_size=(9, 3), cleans one image")
    }
    if let image2, ioffx.value == 0, ioffy.value == 0 { [image1, image2].placeNote.map(context.note) }
    if let image2 { [image1, image2].kindNote.map(context.note) }
    if tsigmaTail > tsigmaPeak {
      context.note(
        "tsigma_tail=\(tsigmaTail.plain) lies above tsigma_peak=\(tsigmaPeak.plain): nothing around the peaks is added"
      )
    }
    var parameters = CR2ImagesParameters(
      ioffx: ioffx.value, ioffy: ioffy.value, tsigmaPeak: tsigmaPeak, tsigmaTail: tsigmaTail,
      maxsize: maxsize,
      skippedRegions: skippedRegions?.sections, imageRegion: imageRegion, singleMode: singleMode,
      keepsPlanes: debugLevel >= 2, scale: pairScale, fill: fill)
    if let medianSize {
      guard medianSize.count == 1 || medianSize.count == 2 else {
        throw CRSError.usage(
          "\(medianSize.count) numbers", parameter: "median_size", expected: "[rows, columns] or one number")
      }
      parameters.medianSize = try MedianWindow(rows: medianSize[0], columns: medianSize[medianSize.count - 1])
    }
    let result = try CR2Images.run(first: image1, second: image2, parameters: parameters, work: context.work)
    if debugLevel > 0 { result.report.forEach(context.report) }
    result.lines.forEach(context.report)
    for warning in result.warnings { context.note(warning) }
    let coincidences = result.found.coincidences.table
    if !coincidences.rows.isEmpty { TableText.lines(coincidences, most: 20).forEach(context.report) }
    let files = AtomicFiles()
    let targets = try targets(context)
    let drawn = try draw(result, image1, image2, beside: targets.first, files, context)
    let values: [Value] = [
      .image(result.clean1), .image(result.clean2), .mask(image1.owning(result.mask1)),
      .mask((image2 ?? image1).owning(result.mask2)),
      .table(coincidences),
    ]
    try write(result, targets, files, context)
    try files.commit()
    if let drawn { context.report("wrote \(drawn.visible)") }
    for target in targets { context.report("Output file name: \(target)") }
    return CommandResult(values, hasWritten: !targets.isEmpty && context.call.isSubcommand)
  }

  /// The files of the cleaned images: those of `outfile1=` and `outfile2=`; of a subcommand with files those of --out, or
  /// cNAME beside the input. None at the prompt without names.
  private func targets(_ context: CommandContext) throws -> [String] {
    let isPair = image2 != nil && !singleMode
    if !isPair, let outfile2 {
      context.note("outfile2: \(outfile2.path) is not written; only the first image is cleaned")
    }
    let (call, outputs) = (context.call, context.call.outputs)
    func named(_ given: FileName?, _ number: Int) -> String? {
      if let given { return given.path }
      guard call.isSubcommand, let file = call.bound.file(of: "image\(number)") else { return nil }
      return outputs.count >= number ? outputs[number - 1] : Self.cleanName(file)
    }
    let names = [named(outfile1, 1)] + (isPair ? [named(outfile2, 2)] : [])
    let known = names.compactMap { $0 }
    guard known.isEmpty || known.count == names.count else {
      throw CRSError.usage(
        "missing", parameter: names[0] == nil ? "outfile1" : "outfile2",
        expected: "a file for each cleaned image", hint: "single_mode=yes cleans the first one only")
    }
    return known
  }

  /// nil leaves the choice to the exposure times.
  private var pairScale: PairScale? {
    switch scale {
    case .word(.times): nil
    case .word(.auto): .auto
    case .word(.none): .off
    case .value(let factor): .factor(factor)
    }
  }

  /// The figures of the documents: in the terminal at the prompt, otherwise as one PDF.
  ///
  /// - Parameter target: the first cleaned file, whose name the PDF takes.
  /// - Returns: the PDF.
  private func draw(
    _ result: CR2ImagesResult, _ first: Image, _ second: Image?, beside target: String?, _ files: AtomicFiles,
    _ context: CommandContext
  ) throws -> String? {
    guard figures != nil || debugLevel > 0 else { return nil }
    let terminal = debugLevel > 0 && !context.call.isSubcommand ? context.pictureTerminal() : nil
    let pages = try PairFigures(
      result.found, parameters: result.parameters, first: first.pixels, second: second?.pixels,
      clean1: result.clean1.pixels, clean2: result.clean2.pixels, zoom: zoomRegion, unit: image1.unit.name,
      aspect: aspect == .equal ? .equal : .free, style: context.figures.plotStyle
    ).figures(level: max(1, min(2, debugLevel)))
    if let terminal {
      for page in pages { try TerminalPicture(terminal: terminal, report: context.report).show(page.figure) }
      if figures == nil { return nil }
    }
    let existing = AtomicFile.Existing(overwrite: overwrite)
    let file =
      try figures.map { try files.file($0.path, existing: existing) }
      ?? freeFile(target.map(Self.figureName) ?? "cr2images.pdf", files)
    try MultiPage.write(pages: pages.map(\.figure), pdf: file)
    return file.path
  }

  /// The file of a name, with a number behind it where there is one already: nobody asked for this file by name.
  private func freeFile(_ name: String, _ files: AtomicFiles) throws -> AtomicFile {
    let stem = name.dropLast(4)
    for number in 1..<1000 {
      let path = number == 1 ? name : "\(stem)_\(number).pdf"
      if overwrite || access(path, F_OK) != 0 {
        return try files.file(path, existing: .init(overwrite: overwrite))
      }
    }
    throw CRSError(
      .file, "999 files of that name exist", file: name, parameter: "figures", expected: "figures=FILE.pdf")
  }

  /// Writes the cleaned files; of a subcommand also the masks and the table that `--out` asks for.
  private func write(
    _ result: CR2ImagesResult, _ targets: [String], _ files: AtomicFiles, _ context: CommandContext
  ) throws {
    guard !targets.isEmpty else { return }
    let others: [Value] = [.mask(result.mask1), .mask(result.mask2), .table(result.found.coincidences.table)]
    // All names are looked at before the first is written.
    let outputs = try (targets + context.call.outputs.dropFirst(2)).map {
      try files.file($0, existing: .init(overwrite: overwrite))
    }
    let bound = context.call.bound
    let history = result.history(
      infile1: bound.file(of: "image1") ?? image1.origin?.file ?? "image1",
      infile2: image2.map { bound.file(of: "image2") ?? $0.origin?.file ?? "image2" })
    for (output, image) in zip(outputs.prefix(targets.count), [result.clean1, result.clean2]) {
      var image = image
      image.header.record(filename: output.path, history: history)
      try FITSWriter.write(FITSDocument(image: image), to: output, work: context.work)
    }
    for (output, value) in zip(outputs.dropFirst(targets.count), others) {
      try ValueWriter.write(value, to: output, work: context.work)
    }
  }

  /// `folder/NAME.pdf` for the cleaned file `folder/NAME.fits`.
  private static func figureName(_ target: String) -> String {
    let cut = target.lastIndex(of: "/").map { target.index(after: $0) } ?? target.startIndex
    return target[..<cut] + target[cut...].prefix { $0 != "." } + ".pdf"
  }

  /// `folder/cNAME`
  static func cleanName(_ path: String) -> String {
    let plain = String(path.prefix { $0 != "[" })
    let cut = plain.lastIndex(of: "/").map { plain.index(after: $0) } ?? plain.startIndex
    var name = String(plain[cut...])
    if name.hasSuffix(".gz") { name.removeLast(3) }
    return plain[..<cut] + "c" + name
  }
}
