import Calling
import Files
import Kernels
import Pipeline

/// `score`: how good masks and combinations of a simulation are, since its truth is known.
struct ScoreCommand: Command {
  static let info = CommandInfo(
    "score", "Compare masks of a simulation with its truth", family: .detect,
    results: [.result("scores", .table, "contaminated, flagged, found and false pixels of each mask")],
    examples: [
      "exposures, truth = simulate nx=100 ny=80 seed=1\nmasks = crmasks exposures seed=1\nscores = score masks truth"
    ],
    discussion: [
      "A pixel is contaminated if so many exposures are hit that their median is wrong by more than 8 times the "
        + "readout noise. The residual noise is the robust scatter of a combination around the noiseless scene."
    ])

  @Parameter("masks of the simulated exposures, or a mask of their median", positional: true) var masks: Value
  @Parameter("truth: second result of simulate, or the file that prefix= wrote", positional: true) var truth:
    Value
  @Parameter("readout noise", unit: "electron", in: 0...1e6) var rnoise = 3.4
  @Parameter("directory with the combined_*.fits images to score") var directory: FileName? = nil

  func run(_ context: CommandContext) throws -> CommandResult {
    let rays = try cosmicRays(context)
    var singles: [Mask] = []
    let median: Mask
    if let set = try? context.reading.maskSet(masks) {
      (median, singles) = (set.medianCR, set.exposures)
    } else {
      median = try context.reading.mask(masks)
    }
    guard rays.allSatisfy({ $0.shape == median.shape }), singles.isEmpty || singles.count == rays.count else {
      throw CRSError.data(
        "the truth is \(rays.count) x \(rays[0].shape), the masks are \(median.shape)", parameter: "truth")
    }
    let score = TruthScore(mask: median, cosmicRays: rays, noise: rnoise)
    let injected = rays.map { $0.pixels.filter { $0 > Float(rnoise) }.count }
    context.report(
      "cosmic-ray pixels injected (above the readout noise): "
        + injected.map(String.init).joined(separator: ", "))
    context.report("contaminated medians (MEDIANCR should find): \(score.spoilt)")
    context.report(
      "  found: \(score.found), missed: \(score.spoilt - score.found), completeness "
        + score.completeness.fixed(3))
    context.report(
      "  flagged with the dilation: \(score.flagged), of them not contaminated: \(score.falseAlarms), purity "
        + score.purity.fixed(3))
    var table = Table(columns: ["mask", "injected", "flagged", "found", "missed", "false"])
    table.rows.append([
      .text("MEDIANCR"), .integer(score.spoilt), .integer(score.flagged), .integer(score.found),
      .integer(score.spoilt - score.found), .integer(score.falseAlarms),
    ])
    for (k, mask) in singles.enumerated() {
      let (mut, total, found, wrong) = tally(mask, rays[k])
      context.report(
        "CRMASK\(k + 1): \(total) pixels above 8 times the noise, found \(found), missed \(total - found), flagged \(mut), "
          + "of them clean \(wrong)")
      table.rows.append([
        .text("CRMASK\(k + 1)"), .integer(total), .integer(mut), .integer(found), .integer(total - found),
        .integer(wrong),
      ])
    }
    if let directory {
      guard case .text(let path) = truth else {
        throw CRSError.usage("directory needs the truth as a file", parameter: "directory")
      }
      let scene = try FITSReader.image(at: path, hdu: .name("SCENE"), work: context.work).pixels
      for method in ["mediancr", "meancrt", "meancr"] {
        let image = try FITSReader.image(at: directory.path + "/combined_\(method).fits", work: context.work)
          .pixels
        let rest = zip(image.pixels, scene.pixels).map { $0 - $1 }.sorted()
        let width = Double(rest[rest.count * 84134 / 100_000] - rest[rest.count * 15866 / 100_000]) / 2
        let worst = Swift.max(abs(rest[0]), abs(rest[rest.count - 1]))
        context.report(
          "combined_\(method): residual noise \(width.fixed(3)) ADU, largest deviation \(Double(worst).short) ADU"
        )
      }
    }
    return CommandResult([.table(table)])
  }

  /// Electrons that cosmic rays left in each exposure.
  private func cosmicRays(_ context: CommandContext) throws -> [Plane<Float>] {
    if case .text(let path) = truth {
      let numbers = try FITSReader.listing(of: path).filter {
        $0.name.hasPrefix("CR") && Int($0.name.dropFirst(2)) != nil
      }
      guard !numbers.isEmpty else {
        throw CRSError.file("the file holds no truth", file: path, expected: "extensions CR1, CR2, ...")
      }
      return try (1...numbers.count).map {
        try FITSReader.image(at: path, hdu: .name("CR\($0)"), work: context.work).pixels
      }
    }
    return try context.reading.stack(truth).exposures.map(\.pixels)
  }

  private func tally(_ mask: Mask, _ rays: Plane<Float>) -> (flagged: Int, total: Int, found: Int, clean: Int)
  {
    var out = (flagged: 0, total: 0, found: 0, clean: 0)
    for i in 0..<mask.plane.count {
      let isFlagged = mask.plane.pixels[i] != 0
      if isFlagged { out.flagged += 1 }
      if rays.pixels[i] > Float(8 * rnoise) {
        out.total += 1
        if isFlagged { out.found += 1 }
      } else if isFlagged, rays.pixels[i] <= Float(rnoise) {
        out.clean += 1
      }
    }
    return out
  }
}
