import Files
import Kernels

/// What a run tells about its exposures beside cosmic rays.
package enum StackReport {
  package static func lines(_ findings: StackFindings, unit: PixelUnit = .adu) -> [String] {
    var lines: [String] = []
    if let numbers = findings.numbersOfValues {
      let parts = numbers.enumerated().filter { $0.element > 0 }.map { "\($0.offset): \($0.element)" }
      lines.append("pixels by the number of their values: " + parts.joined(separator: ", "))
    }
    if findings.loneHits > 0 {
      let isOne = findings.loneHits == 1
      lines.append(
        "\(findings.loneHits) hit\(isOne ? " is" : "s are") the only value of \(isOne ? "its pixel" : "their pixels"), which "
          + (isOne ? "has" : "have") + " no good one")
    }
    if let expected = findings.expectedSpoilt, findings.foundSpoilt > 0 {
      lines.append(
        "contaminated medians found \(findings.foundSpoilt), from chance coincidences of single hits expected "
          + expected.short)
    }
    return lines + skies(range: findings.skyRange, unit: unit)
  }

  /// - Parameter range: what skies differ by [unit]; 0 where nothing was taken off.
  package static func skies(range: Double, unit: PixelUnit = .adu) -> [String] {
    guard range > 0 else { return [] }
    return [
      "the sky of the exposures differs by up to \(range.short) \(unit.name): this was taken off before hits were looked for"
    ]
  }

  /// - Parameters:
  ///   - unit: of the exposures.
  ///   - isScatterExplained: it was said already why exposures scatter otherwise than their noise says.
  package static func warnings(
    _ findings: StackFindings, unit: PixelUnit = .adu, isScatterExplained: Bool = false,
    isFluxMeasured: Bool = false
  ) -> [String] {
    apart(findings) + misplaced(findings) + difference(findings, unit) + skies(findings, unit)
      + (isScatterExplained ? [] : scatter(findings, unit)) + raised(findings, unit)
      + levels(findings, unit, isFluxMeasured: isFluxMeasured) + differences(findings, unit)
      + low(
        scattered(findings), undecided: findings.undecided,
        cause: findings.displacement == nil ? nil : "as where exposures show other places")
      + hot(findings) + alike(findings) + sources(findings) + varying(findings) + broad(findings)
      + onSources(findings) + spoilt(findings)
      + (findings.noBoundary.map { ["there is no diagram to draw: \($0)"] } ?? [])
  }

  /// Values that are too low in exposures that saw light.
  private static func scattered(_ findings: StackFindings) -> [Int] {
    findings.lowValues.enumerated().map { findings.unlit.contains($0.offset) ? 0 : $0.element }
  }

  private static func apart(_ findings: StackFindings) -> [String] {
    guard let apart = findings.apart else { return [] }
    return [
      "the exposures lie up to \(apart.short) pixels apart, more than probabilities are made for: sources may pass for hits. Move "
        + "them by whole pixels first (shift IMAGE dx dy), and give the rest as offsets"
    ]
  }

  /// Offsets that are not right.
  private static func misplaced(_ findings: StackFindings) -> [String] {
    guard let found = findings.misplaced else { return [] }
    let remedy =
      switch found.remedy {
      case .oppositeSigns: "the offsets fit with opposite signs: sources at larger x have a positive one"
      case .exchanged: "the offsets fit with x and y exchanged: x is the first number"
      case .both: "the offsets fit with x and y exchanged and opposite signs"
      case .noOffsets: "the exposures fit on each other without offsets"
      case nil: "check the offsets of all exposures"
      }
    guard let farthest = found.farthest, case .offset(let x, let y) = farthest.cause else {
      return ["the exposures do not lie where the offsets put them, and sources may pass for hits; \(remedy)"]
    }
    return [
      "exposure \(farthest.exposure) lies about (\(x.fixed(2)), \(y.fixed(2))) pixel from where the offsets put it: "
        + "\(farthest.pixels) pixels differ by more than 2 deviations for this reason and may pass for hits; \(remedy)"
    ]
  }

  /// The likely cause of false hits, with its size.
  private static func difference(_ findings: StackFindings, _ unit: PixelUnit) -> [String] {
    guard let found = findings.difference else { return [] }
    let (what, remedy) =
      switch found.cause {
      case .sky(let level):
        (
          "has \(abs(level).short) \(unit.name) \(level > 0 ? "more" : "less") sky than the others",
          "sky=auto takes it off (with flux_factor=auto where the flux differs too)"
        )
      case .flux(let factor):
        ("has \(factor.fixed(3)) times the flux of the others", "flux_factor=auto makes up for it")
      case .offset(let x, let y):
        (
          "is displaced by about (\(x.fixed(2)), \(y.fixed(2))) pixel against the others"
            + beside(found, unit),
          "give crosscorr_region=[x1:x2, y1:y2] or xy_offsets"
            + (found.otherFlux != 1 ? ", and flux_factor=auto" : found.moreSky != 0 ? ", and sky=auto" : "")
        )
      case .seeing(let width, let isSharper):
        (
          isSharper
            ? "is sharper: the others are blurred by \(width.fixed(2)) pixel more (full width, in quadrature)"
            : "is blurred by \(width.fixed(2)) pixel more than the others (full width, in quadrature)",
          "the seeing or the focus changed: make them equally sharp, leave it out, or set mismatch"
        )
      }
    let start =
      "exposure \(found.exposure) \(what): \(found.pixels) pixels differ by more than 2 deviations for this reason"
    // Offsets that are given would turn the following off, which finds more.
    if isFollowed(findings) {
      return [
        "\(start). This was followed before hits were looked for; a part may be left on the brightest sources"
      ]
    }
    let isInPart =
      switch found.cause {
      case .offset, .seeing: findings.followedPixels > 0
      case .sky, .flux: false
      }
    return [
      "\(start)\(isInPart ? ". A part of it was followed; the rest" : " and") may pass for hits; \(remedy)"
    ]
  }

  /// Another sky that was taken off for the search, where it makes levels other ones: combinations still have it.
  private static func skies(_ findings: StackFindings, _ unit: PixelUnit) -> [String] {
    let skies = findings.followedSkies
    guard findings.isOtherLevel, let k = skies.indices.max(by: { abs(skies[$0]) < abs(skies[$1]) }) else {
      return []
    }
    // Less light has less sky too.
    if case .flux? = findings.difference?.cause { return [] }
    return [
      "exposure \(k + 1) has \(abs(skies[k]).short) \(unit.name) \(skies[k] > 0 ? "more" : "less") sky than the others: this was taken "
        + "off before hits were looked for; sky=auto takes it off combinations too"
    ]
  }

  /// Whether no note tells a cause for which sources pass for hits.
  static func saysNoCause(_ findings: StackFindings) -> Bool {
    findings.displacement == nil && findings.misplaced == nil && findings.deviating.isEmpty
      && (findings.difference == nil || isFollowed(findings))
  }

  /// Whether what makes an exposure differ was taken off where it matters.
  private static func isFollowed(_ findings: StackFindings) -> Bool {
    guard let found = findings.difference, findings.followedPixels > 0 else { return false }
    switch found.cause {
    case .offset(let x, let y): return max(abs(x), abs(y)) < 0.5 && found.moreSky == 0 && found.otherFlux == 1
    case .seeing(let width, _): return width < 3
    case .sky, .flux: return false
    }
  }

  /// What a displaced exposure has beside that.
  private static func beside(_ found: ExposureDifference, _ unit: PixelUnit) -> String {
    let sky = found.moreSky
    return (found.otherFlux == 1 ? "" : " and has about \(found.otherFlux.fixed(2)) times the flux")
      + (sky == 0 ? "" : " and has about \(abs(sky).short) \(unit.name) \(sky > 0 ? "more" : "less") sky")
  }

  private static func raised(_ findings: StackFindings, _ unit: PixelUnit) -> [String] {
    guard let raised = findings.raisedNoise, raised.gain != nil || raised.measured > 1.02 * raised.assumed
    else {
      return []
    }
    return [PairReport.note(raised, unit: unit)]
  }

  private static func scatter(_ findings: StackFindings, _ unit: PixelUnit) -> [String] {
    guard let found = findings.scatter, findings.displacement == nil, !findings.isBlurred else { return [] }
    let frames = 1 / (found.ratio * found.ratio)
    let mean = frames >= 1.8 && frames < 1000 ? " (of about \(frames.rounded().plain) frames)" : ""
    return [
      "the exposures differ \(found.ratio.short) times as much as gain and readout noise say (by "
        + "\(found.measured.short) instead of \(found.expected.short) at a level of \(found.level.short)): the numbers "
        + "of false alarms do not hold; \(suiting(findings, unit))check gain, rnoise and bias, and whether the exposures are "
        + "averages\(mean), rates or scaled"
    ]
  }

  /// Numbers that would suit.
  private static func suiting(_ findings: StackFindings, _ unit: PixelUnit) -> String {
    guard let numbers = findings.numbersThatSuit else { return "" }
    let texts = [
      numbers.gain.map { "gain=\($0.short)" },
      numbers.readoutNoise.map { "rnoise=\($0.short) (\(unit.name))" },
    ]
    return texts.compactMap { $0 }.joined(separator: numbers.isEither ? " or " : " and ") + " would suit; "
  }

  private static func hot(_ findings: StackFindings) -> [String] {
    guard let hot = findings.hotPixels else { return [] }
    return [
      "\(hot.pixels) pixels are bright and alone in every exposure, as hot pixels are, and \(hot.flagged) of them look hit, "
        + "far more than of the others: they scatter more than noise says and are left out of the masks; badpixels=MASK takes "
        + "known ones out of everything"
    ]
  }

  private static func alike(_ findings: StackFindings) -> [String] {
    guard findings.alikePixels > 0 else { return [] }
    return [
      "\(findings.alikePixels) pixels stand out sharply in both exposures and are equally bright in both, as hot pixels and "
        + "sources narrower than the pixels are and cosmic rays hardly ever: they are not taken for hits; badpixels=MASK "
        + "takes known hot ones out of everything"
    ]
  }

  /// Pixels with a single value, which a detector that compares values does not test.
  ///
  /// - Parameter numbers: pixels by the number of their values, from 0; nil where every pixel has all.
  package static func untested(_ numbers: [Int]?) -> [String] {
    guard let numbers, numbers.count > 1, numbers[1] > 0 else { return [] }
    let isOne = numbers[1] == 1
    return [
      "\(numbers[1]) pixel\(isOne ? " has" : "s have") a single value, which mmpvalue does not test; crmasks tests "
        + "\(isOne ? "it" : "them") by L.A.Cosmic"
    ]
  }

  /// - Parameters:
  ///   - low: values of each exposure that are left out.
  ///   - undecided: pixels without any value that fits.
  ///   - cause: what is known to make values too low; nil for nothing.
  package static func low(_ low: [Int], undecided: Int, cause: String? = nil) -> [String] {
    var notes: [String] = []
    let total = low.reduce(0, +)
    if total > 0 {
      let each = low.enumerated().filter { $0.element > 0 }
        .map { "\($0.element) of exposure \($0.offset + 1)" }
      notes.append(
        "\(total) value\(total == 1 ? " lies" : "s lie") too low for the others and their neighbourhood "
          + "and \(total == 1 ? "is" : "are") left out: " + each.joined(separator: ", ")
          + " (\(cause ?? "drop-outs, dead pixels, negative hits"))")
    }
    if undecided > 0 {
      notes.append(
        "\(undecided) pixel\(undecided == 1 ? " has" : "s have") no value that fits the "
          + "neighbourhood and \(undecided == 1 ? "is" : "are") masked")
    }
    return notes
  }

  private static func levels(
    _ findings: StackFindings, _ unit: PixelUnit, isFluxMeasured: Bool
  ) -> [String] {
    let remedy = isFluxMeasured ? "" : ": flux_factor=auto makes up for it"
    guard let levels = findings.levels else { return [] }
    if !findings.unlit.isEmpty {
      let bright = findings.refused.filter { levels.relative[$0] == .infinity }
      let names = findings.unlit.map { "\($0 + 1)" }.joined(separator: ", ")
      return [
        levels.texts(of: bright.isEmpty ? findings.unlit : bright).joined(separator: ", ")
          + " (force=yes): all values of exposure\(findings.unlit.count == 1 ? "" : "s") \(names) are left out"
      ]
    }
    let saysMore = findings.difference.map { explainsLevels($0.cause) } ?? false
    if levels.relative.count == 2, !findings.deviating.isEmpty, !saysMore || !findings.refused.isEmpty,
      let a = levels.relative[0],
      let b = levels.relative[1], a > 0, b > 0
    {
      if let sky = findings.followedSky, findings.refused.isEmpty {
        return [
          "exposure 2 has \(abs(sky).short) \(unit.name) \(sky > 0 ? "more" : "less") sky than exposure 1, and its level is "
            + "\((b / a).short) times as high: that was followed"
        ]
      }
      return [
        "exposure 2 has \((b / a).short) times the level of exposure 1"
          + (findings.refused.isEmpty ? remedy : " (force=yes)")
      ]
    }
    // The cause that was found says more; where exposures show sources in other places or blurred, levels are no flux.
    let explained = findings.difference.map { $0.exposure - 1 }
    let isScene = findings.difference.map { changesScene($0.cause) } ?? false
    return findings.deviating.filter { findings.refused.contains($0) || ($0 != explained && !isScene) }.map {
      k in
      let level = levels.relative[k].map { "has \($0.short) times the level of the others" } ?? "differs"
      if findings.refused.contains(k) {
        return levels.texts(of: [k]).joined(separator: ", ") + " (force=yes)"
      }
      let share =
        levels.differing[k] > 0.01
        ? ", and differs from them in \((100 * levels.differing[k]).fixed(0)) % of the pixels" : ""
      return "exposure \(k + 1) \(level)\(share)\(remedy)"
    }
  }

  private static func explainsLevels(_ cause: ExposureDifference.Cause) -> Bool {
    switch cause {
    case .sky, .flux: true
    case .offset, .seeing: changesScene(cause)
    }
  }

  /// Whether an exposure shows its sources elsewhere by a third of a pixel and more, or not as sharp as the others.
  private static func changesScene(_ cause: ExposureDifference.Cause) -> Bool {
    switch cause {
    case .offset(let x, let y): max(abs(x), abs(y)) > 0.33
    case .seeing: true
    case .sky, .flux: false
    }
  }

  private static func differences(_ findings: StackFindings, _ unit: PixelUnit) -> [String] {
    guard let noise = findings.differences else { return [] }
    if let bias = findings.excessiveBias {
      return [
        "the bias of \(bias.short) \(unit.name) is too large: it leaves values far below 0, and nothing is known of their "
          + "noise. Their scatter is taken for it, \(noise.measured.short) instead of \(noise.assumed.short)"
      ]
    }
    return [
      "the exposures look like differences (A - B): values lie far below 0, and hits of what was subtracted are "
        + "negative. Their scatter is taken for the noise, \(noise.measured.short) instead of \(noise.assumed.short). "
        + "Better clean the exposures before they are subtracted, or give the noise of the differences (rnoise=)"
    ]
  }
}

extension StackFindings {
  /// Whether what makes an exposure differ from the others makes dark pixels scatter too.
  ///
  /// - Parameter readoutNoise: what it is taken for [ADU]; nil where exposures differ.
  func explainsDarkScatter(readoutNoise: Double?) -> Bool {
    if displacement != nil { return true }
    switch difference?.cause {
    case .sky(let level): return abs(level) > 0.5 * (readoutNoise ?? 0)
    case .flux(let factor): return abs(factor - 1) > 0.1
    case .offset, .seeing, nil: return false
    }
  }
}
