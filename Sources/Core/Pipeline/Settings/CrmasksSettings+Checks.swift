import Kernels

extension CrmasksSettings {
  /// Checks what was given together.
  ///
  /// - Parameter exposures: their number where it is known, for the lists with one entry an exposure.
  /// - Throws: `CRSError` (usage) naming the setting for options that exclude each other.
  package func check(exposures: Int? = nil) throws {
    try naming { try checkTogether(exposures: exposures) }
  }

  /// Makes sure that nothing was given that the others leave without an effect.
  ///
  /// - Throws: `CRSError` (usage) naming the first such setting. A seed, which records of sessions add, is none.
  package func checkEffects(in circumstances: Circumstances = Circumstances()) throws {
    for setting in Setting.all where given.contains(setting.name) && setting.name != "mm_seed" {
      guard let reason = setting.unused(self, circumstances) else { continue }
      throw CRSError.usage("has no effect " + reason, parameter: setting.name(in: dialect))
    }
  }

  /// A sentence on the settings that somebody changed and that decide nothing; nil for none.
  ///
  /// Parameter files list the settings of every method: those at their defaults are none.
  package func idleNote(in circumstances: Circumstances = Circumstances()) -> String? {
    var idle: [(reason: String, settings: [String])] = []
    for setting in Setting.all
    where given.contains(setting.name) && setting.name != "mm_seed" && !setting.isUsual(self) {
      guard let reason = setting.unused(self, circumstances) else { continue }
      let text = "\(setting.name(in: dialect)) \(setting.show(self).historyText)"
      if let place = idle.firstIndex(where: { $0.reason == reason }) {
        idle[place].settings.append(text)
      } else {
        idle.append((reason, [text]))
      }
    }
    guard !idle.isEmpty else { return nil }
    return "these settings do not change the masks: "
      + idle.map { "\($0.settings.joined(separator: ", ")) (no effect \($0.reason))" }.joined(separator: "; ")
  }

  /// Sentences on what was asked for and for the contrary: all of it cannot be had.
  package func contradictions(in circumstances: Circumstances = Circumstances()) -> [String] {
    let both = masking.flaggedPixels.filter { pixel in
      masking.ignoredPixels.contains { $0.x == pixel.x && $0.y == pixel.y }
    }
    guard let first = both.first else { return [] }
    return [
      "\(shownName("pixels_to_be_flagged_as_cr")) and \(shownName("pixels_to_be_ignored_as_cr")) both list "
        + "[\(first.x), \(first.y)]" + (both.count > 1 ? " and \(both.count - 1) more" : "")
        + (circumstances.compatibility == nil ? ": flagged in any case" : ": with compat never flagged")
    ]
  }

  /// Why nothing is drawn at random, `with crmethod=lacosmic`; nil where a seed matters.
  package func idleSeed(in circumstances: Circumstances) -> String? {
    Setting.named("mm_seed")?.unused(self, circumstances)
  }

  private func checkTogether(exposures: Int?) throws {
    if useLAMedian, !masking.method.usesLacosmic {
      throw CRSError.usage(
        "cannot be True with crmethod mmcosmic", parameter: "use_lamedian",
        expected: "crmethod lacosmic or mm_lacosmic")
    }
    if display.verifies, !display.isInteractive {
      throw CRSError.usage(
        "cannot be True without interactive", parameter: "verify_cr", expected: "interactive True")
    }
    if case .none(isExplicit: true) = flux, !fluxRegions.isEmpty {
      throw CRSError.usage(
        "is given although flux_factor is none", parameter: "flux_factor_regions",
        expected: "flux_factor auto or fit")
    }
    if case .list(let factors) = flux, let exposures, factors.count != exposures {
      throw CRSError.usage(
        "\(factors.count) number\(factors.count == 1 ? "" : "s") for \(exposures) exposures",
        parameter: "flux_factor",
        expected: "\(exposures) numbers")
    }
    if case .list(let levels) = sky, let exposures, levels.count != exposures {
      throw CRSError.usage(
        "\(levels.count) number\(levels.count == 1 ? "" : "s") for \(exposures) exposures", parameter: "sky",
        expected: "\(exposures) numbers")
    }
    guard masking.method.usesMM else { return }
    let offsets = displacement.offsets
    if let exposures, !offsets.isEmpty, offsets.count != exposures {
      throw CRSError.usage(
        "\(offsets.count) offset\(offsets.count == 1 ? "" : "s") for \(exposures) exposures",
        parameter: "mm_xy_offsets",
        expected: "\(exposures) offsets")
    }
    if !offsets.isEmpty, displacement.region != nil {
      throw CRSError.usage(
        "cannot be given together with \(shownName("mm_crosscorr_region"))", parameter: "mm_xy_offsets",
        expected: "only one of them")
    }
    if let region = displacement.region,
      region.width.multipliedReportingOverflow(by: region.height).partialValue < 100
    {
      throw CRSError.usage(
        "\(region) is too small", parameter: "mm_crosscorr_region", expected: "at least 100 pixels")
    }
    if masking.boundaryFit.kind == .piecewise, fixedPoints.count < 2 {
      throw CRSError.usage(
        "\(fixedPoints.count) point\(fixedPoints.count == 1 ? "" : "s") for a piecewise boundary",
        parameter: "mm_fixed_points_in_boundary", expected: "at least 2 points [x, y]")
    }
  }

  /// The lines `- name = value` for the HISTORY of crmasks.fits, without the groups that the method does not use.
  package var historyLines: [String] {
    // A sky that nobody asked for and that is not there tells nothing.
    Setting.all.filter { $0.group.isUsed(by: masking.method) && ($0.name != "sky" || sky != .whereClear) }.map
    {
      "- \($0.name) = \($0.show(self).historyText)"
    }
  }
}
