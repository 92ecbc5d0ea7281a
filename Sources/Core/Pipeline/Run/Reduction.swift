import Files
import Kernels

/// One reduction from exposures to products. Parameter files, observation files and lists of exposures all become one.
package struct Reduction: Sendable {
  package enum Masks: Sendable {
    case made(CrmasksSettings, boundary: Boundary?)
    /// nil for combinations without masks.
    case given(MaskSet?)
  }

  /// Where the products go.
  package struct Places: Sendable {
    package var results: ProductFolder
    /// Tables and figures; nil to leave them out.
    package var work: ProductFolder?
    package var masks = "crmasks.fits"
    /// nil: combined_METHOD.fits.
    package var combination: String?

    package init(results: ProductFolder, work: ProductFolder? = nil) {
      (self.results, self.work) = (results, work)
    }
  }

  package struct Outcome: Sendable {
    package var masks: MaskSet?
    /// The combination, when only one is asked for.
    package var combined: Image?
    package var seed: UInt64?
  }

  /// Draws what the masks are made from.
  package typealias Figures = (CrmasksRun, MaskingResult) throws -> [Product]

  package var masks: Masks
  package var combinations: [CombinationMethod] = []
  /// Replace by LAMEDIAN instead of the minimum.
  package var useLAMedian = false
  /// Divide the exposures by the flux factors of the masks before they are combined.
  package var appliesFluxFactors = true
  package var savesPreprocessed = false
  /// Go on where the level of an exposure is far from the others'.
  package var isForced = false
  /// Whether prescan and overscan, where the headers tell them, take no part in making masks.
  package var trims = false
  /// Pixels that are bad in every exposure and take no part in making masks either.
  package var badPixels: Mask?
  /// Whether it was said already why exposures scatter otherwise than their noise says.
  package var isScatterExplained = false
  /// Whether the groups of MEDIANCR are numbered by their height above the boundary, the highest first.
  package var sortsGroups = false
  package var compatibility: Compatibility?
  /// Lines of the call, for the HISTORY of combinations.
  package var callLines: [String] = []

  package init(masks: Masks, compatibility: Compatibility?) {
    (self.masks, self.compatibility) = (masks, compatibility)
  }

  /// - Parameters:
  ///   - planes: what kernels see of the exposures, one for each.
  ///   - places: takes the products, which the caller commits.
  ///   - figures: nil to draw none.
  /// - Throws: `CRSError`.
  package func run(
    _ group: consuming ExposureGroup, _ planes: [ExposurePlanes], into places: Places, _ talk: RunTalk,
    figures: Figures? = nil
  ) throws -> Outcome {
    var outcome = Outcome()
    var comparison: String?
    let exposures: CalibratedExposures
    switch masks {
    case .given(let masks):
      exposures = try CalibratedExposures(
        group, planes, for: .combinations(compatibility), work: talk.work)
      outcome.masks = masks
    case .made(let settings, let boundary):
      let isInUnit = compatibility != nil
      exposures = try CalibratedExposures(
        group, isInUnit ? planes : planes.inUsualUnits(), trims: trims, badPixels: badPixels,
        for: .masks(compatibility), work: talk.work)
      // Commands have told it.
      if !isInUnit, planes.first?.scale == 1 { exposures.planes.unitNote.map(talk.note) }
      var run = try CrmasksRun(
        exposures, settings: settings, boundary: boundary, compatibility: compatibility, isForced: isForced,
        work: talk.work)
      run.isScatterExplained = isScatterExplained
      outcome.seed = run.options.seed
      (outcome.masks, comparison) = try makeMasks(run, into: places, talk, figures: figures)
    }
    if savesPreprocessed, let folder = places.work {
      for (index, image) in exposures.images.enumerated() {
        let name = "preprocessed_\(index + 1).fits"
        let bias = exposures.planes[index].asRead.detector.bias
        let level = try Calibration.calibrated(image.pixels, bias: bias, work: talk.work)
        let document = try FITSDocument(
          image: compatibility == nil ? image.calibrated(level, bias: bias) : image.edited(level))
        try folder.write([Product(name, content: .pixels(document))], work: talk.work)
        talk.report("preprocessed exposure saved to \(folder.path(name))")
      }
    }
    if !combinations.isEmpty {
      outcome.combined = try combine(exposures, outcome.masks, into: places, talk)
    }
    if let comparison { talk.report(comparison) }
    return outcome
  }

  /// Makes and writes the masks with their tables and figures; everything else is given back to memory.
  ///
  /// - Returns: the masks, and what the other detector would have found.
  private func makeMasks(
    _ run: CrmasksRun, into places: Places, _ talk: RunTalk, figures: Figures?
  ) throws -> (MaskSet, comparison: String?) {
    var result = try run.masks(talk)
    if sortsGroups { result.groups = result.groupsByHeight }
    let comparison = MaskingReport.comparison(result)
    let product = Product(places.masks, content: .pixels(FITSDocument(maskSet: result.masks)))
    try places.results.write([product], work: talk.work)
    talk.report("cosmic ray masks saved to \(places.results.path(places.masks))")
    CrmasksReport.listing(result.masks).forEach(talk.report)
    guard let folder = places.work else { return (result.masks, comparison) }
    for (name, table) in [
      ("mediancr_identified.csv", result.identifiedTable),
      ("problematic_pixels.csv", result.problematicTable),
    ] {
      try folder.write([Product(name, table)], work: talk.work)
      if table.rows.isEmpty { continue }
      TableText.lines(table).forEach(talk.report)
      talk.report("table of \(table.rows.count) pixels saved to \(folder.path(name))")
    }
    if let figures {
      let products = try figures(run, result)
      try folder.write(products, work: talk.work)
      for product in products where product.isWritten {
        talk.report("figure saved to " + product.names.map(folder.path).joined(separator: ", "))
      }
    }
    return (result.masks, comparison)
  }

  /// Writes the combinations, one after the other.
  ///
  /// - Returns: the only one.
  private func combine(
    _ exposures: CalibratedExposures, _ masks: MaskSet?, into places: Places, _ talk: RunTalk
  ) throws -> Image? {
    if useLAMedian, masks?.laMedian == nil {
      throw CRSError.data(
        "the masks have no LAMEDIAN", parameter: "use_lamedian",
        expected: "masks made with lacosmic or mm_lacosmic")
    }
    if compatibility == nil {
      try masks?.checkOrder(of: exposures.images, parameter: "crmasks", note: talk.note)
    }
    let factors =
      try (appliesFluxFactors ? masks : nil)?.fluxFactors(of: exposures.count, parameter: "crmasks")
      ?? exposures.images.map { _ in 1 }
    // What detection multiplied is combined as it was read.
    let planes = exposures.planes.map(\.asRead)
    let matched =
      exposures.isTrimmed || exposures.planes.contains { $0.scale != 1 }
      ? try MatchedExposures(planes, work: talk.work) : exposures.matched
    let divisors = matched.divisors(factors)
    let combination = try MaskedCombination(
      planes, matched: matched, masks: masks, fluxFactors: divisors,
      skies: appliesFluxFactors ? masks?.skies ?? [] : [], work: talk.work)
    let isCompatible = compatibility == .numina036
    if !isCompatible {
      let stack = try Stack(exposures: exposures.images)
      if stack.exposures.contains(where: \.hasDigitsBeyondSingle) {
        talk.note(
          "the exposures have digits that float32 does not hold; these combinations are float32 (combine keeps float64)"
        )
      }
      let facts = exposures.images.map(\.knownDetector)
      CombinationCheck(stack, facts, matched: matched, factors: factors).notes.forEach(talk.note)
      if case .given = self.masks {
        // Those that were made here told it.
        let leftOut = combinations.allSatisfy(\.usesMasks) ? masks?.leftOut ?? [] : []
        try LevelCheck.notes(
          combining: stack.exposures, facts, matched: matched, leftOut: leftOut, factors: factors,
          knowsNoise: planes.allSatisfy(\.knowsNoise), work: talk.work
        ).forEach(talk.note)
      }
    }
    var only: Image?
    for (index, method) in combinations.enumerated() {
      let combined = try combination.combined(
        method, laMedian: useLAMedian ? masks?.laMedian : nil, variance: isCompatible ? .numina : .noise,
        work: talk.work)
      if !isCompatible { combined.varianceNote.map(talk.note) }
      let image =
        try isCompatible
        ? Image(combined: combined, of: exposures.images[0])
        : Stack(exposures: exposures.images).combined(
          combined, by: method, factors: factors, divisors: matched.totalDivisors(divisors))
      let document = try FITSDocument(
        image: image, pixelType: .float32, history: history(method, names: exposures.names, masks: masks))
      let name = places.combination ?? "combined_\(method.rawValue).fits"
      try places.results.write([Product(name, content: .pixels(document))], work: talk.work)
      talk.report(
        "\(method.rawValue): \(combined.replaced) masked pixels"
          + (method == .meancr ? ", \(combined.withoutData) without data replaced" : "")
          + ", saved to \(places.results.path(name))")
      if index == 0 {
        for pixel in combined.emptyBoxes {
          talk.note("pixel [\(pixel.x), \(pixel.y)] has no neighbour in its box and was left as it is")
        }
      }
      if combinations.count == 1 { only = image }
    }
    return only
  }

  private func history(_ method: CombinationMethod, names: [String], masks: MaskSet?) -> [String] {
    let rule = String(repeating: "-", count: 25)
    return [
      rule, "Date: \(Clock.spaced)", rule, "crs \(CRSVersion.text)", "combination: \(method.rawValue)",
    ]
      + callLines + ["Contents of --inputlist:"] + names.map { "- " + ($0.split(separator: "/").last ?? "") }
      + (masks.map { ["Masks UUID: \($0.uuid)"] } ?? [])
  }
}

extension ParameterFile {
  /// The file as a reduction.
  ///
  /// - Parameter masks: to apply instead of making some.
  package func reduction(boundary: Boundary?, compatibility: Compatibility?, masks: MaskSet?) -> Reduction {
    settings.reduction(boundary: boundary, compatibility: compatibility, masks: masks)
  }
}

extension CrmasksSettings {
  /// The masks of these settings and the three combinations with them.
  ///
  /// - Parameter masks: to apply instead of making some.
  package func reduction(
    boundary: Boundary?, compatibility: Compatibility?, masks: MaskSet? = nil
  ) -> Reduction {
    var reduction = Reduction(
      masks: masks.map { .given($0) } ?? .made(self, boundary: boundary), compatibility: compatibility)
    reduction.combinations = [.mediancr, .meancrt, .meancr]
    reduction.useLAMedian = useLAMedian
    return reduction
  }
}

extension ObservationFile.Masks {
  /// The task as a reduction.
  package func reduction(compatibility: Compatibility?) -> Reduction {
    var reduction = Reduction(masks: .made(settings, boundary: nil), compatibility: compatibility)
    reduction.savesPreprocessed = savesPreprocessed
    return reduction
  }
}

extension ObservationFile.Combination {
  /// The task as a reduction.
  package func reduction(masks: MaskSet?, compatibility: Compatibility?) -> Reduction {
    var reduction = Reduction(masks: .given(masks), compatibility: compatibility)
    reduction.combinations = [method]
    (reduction.useLAMedian, reduction.appliesFluxFactors) = (useLAMedian, appliesFluxFactor)
    return reduction
  }
}
