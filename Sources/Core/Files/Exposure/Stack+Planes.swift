import Kernels

extension Stack {
  /// The exposures as the kernels see them: values, masks, errors, and each one's own detector.
  ///
  /// Where `found` says that errors stand for gain and readout noise, the smallest variance of each pixel is its noise.
  /// - Parameters:
  ///   - found: what is known of the detectors.
  ///   - scalesNoise: whether values far smaller or larger than counts may be multiplied by a power of two where gain and
  ///     readout noise are known; those with errors always are.
  ///   - trims: whether prescan and overscan, where the headers tell them, count as masked.
  ///   - leavesSaturated: whether saturated values count although another exposure has a good one.
  ///   - keepsDigits: whether the caller takes the exact values too; what single precision rounds is told otherwise.
  /// - Throws: `CRSError`: data for errors that tell no noise, and for one gain of rates of unlike exposure times;
  ///   interrupted.
  package func planes(
    _ found: DetectorLookup, scalesNoise: Bool = false, trims: Bool = false, leavesSaturated: Bool = false,
    keepsDigits: Bool = false, work: Work
  ) throws -> [ExposurePlanes] {
    var all = try planes(found, leavesSaturated, work)
    if found.knowsNoise, let times = try ratesOfTimes(found) {
      for k in all.indices { all[k].level = times[k] / times[0] }
    }
    if scalesNoise, found.knowsNoise {
      all = all.inUsualUnits()
      all.unitNote.map(work.tellOnce)
    }
    if !keepsDigits { tellRounding(found, work) }
    for (k, exposure) in exposures.enumerated() { all[k].combined = exposure.numberOfExposures }
    return trims ? all.trimmed(as: exposures) : all
  }

  /// Says where the algorithms, which work in single precision, see values rounded by more than noise hides.
  private func tellRounding(_ found: DetectorLookup, _ work: Work) {
    for (k, image) in exposures.enumerated() {
      image.roundingNote(number: k + 1, noise: found.facts[k].readoutNoise?.value.typical).map {
        work.tellOnce($0)
      }
    }
  }

  /// The exposure times of rates that differ in them, each with the gain of its own time; nil otherwise.
  ///
  /// Such a gain is that of the counts times the seconds: matched by it, rates become counts of one time.
  private func ratesOfTimes(_ found: DetectorLookup) throws -> [Double]? {
    let times = found.facts.compactMap { $0.exposureTime?.value }
    let gains = found.facts.compactMap { $0.gain?.value.typical }
    guard exposures.allSatisfy(\.unit.isRate), times.count == exposures.count, gains.count == exposures.count,
      found.facts.allSatisfy({ $0.readoutNoise != nil }), let least = times.min(), let most = times.max(),
      least > 0, most / least > 1.001
    else { return nil }
    guard let low = gains.min(), let high = gains.max(), high / low > 1.001 else {
      throw CRSError.data(
        "one gain for rates of different exposure times: \(times.map(\.short).joined(separator: ", ")) s",
        parameter: "gain", expected: "the headers' gain, which is multiplied by each exposure's own time",
        hint: "load FILES unit=electron makes counts of rates; flux_factor=auto then matches their times")
    }
    return times
  }

  private func planes(
    _ found: DetectorLookup, _ leavesSaturated: Bool, _ work: Work
  ) throws -> [ExposurePlanes] {
    let masks = exposures.masks(work)
    var planes = exposures.indices.map { k -> ExposurePlanes in
      let image = exposures[k]
      let facts = found.facts[k]
      let deviation = image.uncertainty?.deviationOrZero
      guard facts.gain != nil, facts.readoutNoise != nil else {
        return ExposurePlanes(
          pixels: image.pixels, mask: masks[k], deviation: deviation, bias: found.each[k].bias)
      }
      return ExposurePlanes(
        pixels: image.pixels, mask: masks[k], deviation: deviation, detector: found.each[k])
    }
    if !leavesSaturated { planes = try planes.withoutSaturated(exposures, found.facts, work) }
    return found.knowsNoise ? planes : try planes.withNoiseOfErrors(work: work)
  }
}

extension Image {
  /// How much single precision changes float64 values and large whole numbers, at most; 0 for other types.
  package var rounding: Double {
    func largest<Number>(_ exact: [Number], _ double: (Number) -> Double) -> Double {
      guard exact.count == pixels.count else { return 0 }
      return zip(exact, pixels.pixels).reduce(0) { largest, values in
        values.1.isFinite ? max(largest, Swift.abs(double(values.0) - Double(values.1))) : largest
      }
    }
    return switch exactPixels {
    case .float64(let exact): largest(exact) { $0 }
    case .int64(let exact): largest(exact) { Double($0) }
    case .uint64(let exact): largest(exact) { Double($0) }
    case nil: 0
    }
  }

  /// A sentence where single precision rounds the values by more than the readout noise hides; nil otherwise.
  ///
  /// - Parameters:
  ///   - number: of the exposure, from 1.
  ///   - noise: [ADU]; nil where it is not known.
  package func roundingNote(number: Int, noise: Double?) -> String? {
    guard let noise, noise > 0, case let largest = rounding, largest > 0.2 * noise else { return nil }
    return
      "\(label(number: number)): its \(storedType) values are rounded to float32, by up to \(largest.short), where the "
      + "readout noise is \(noise.short); subtract their level first (IMAGE - NUMBER)"
  }
}

extension [Image] {
  /// What of each exposure does not count: its mask, strips at its borders that hold nothing but 0 or another number, or
  /// noise about 0, and blocks that hold one number, where other exposures have values; these are told.
  ///
  /// - Parameter keepsBlocks: whether blocks only are told: the caller looks for values that are too low itself.
  package func masks(_ work: Work, keepsBlocks: Bool = false) -> [Mask?] {
    var planes = map { ExposurePlanes(pixels: $0.pixels, mask: $0.mask, bias: .constant(0)) }
    for (k, strips) in UncoveredStrip.found(in: planes).enumerated() {
      for strip in strips {
        let what =
          strip.noise.map {
            "noise about 0 (\(Double(strip.value).short) +- \(Double($0.scatter).short)) in \(strip.section), where "
              + "another exposure has \(Double($0.level).short)"
          } ?? "\(Double(strip.value).short) in \(strip.section), where other exposures have values"
        work.tellOnce(
          "\(self[k].label(number: k + 1)) holds nothing but \(what): the strip counts as not covered")
        planes[k].leaveOut { mask in
          for y in strip.section.rows {
            for x in strip.section.columns { mask[x, y] = true }
          }
        }
      }
    }
    for (k, blocks) in LostBlock.found(in: planes).enumerated() where !blocks.isEmpty {
      let largest = blocks.sorted { $0.count > $1.count }
      let named = largest.prefix(Self.namedBlocks).map {
        "\(Double($0.value).short) in \($0.count) pixels of \($0.section)"
      }
      let rest = largest.dropFirst(Self.namedBlocks)
      work.tellOnce(
        "\(self[k].label(number: k + 1)) holds one and the same number where other exposures have values: "
          + named.joined(separator: ", ")
          + (rest.isEmpty ? "" : " and \(rest.reduce(0) { $0 + $1.count }) more in \(rest.count) blocks")
          + (keepsBlocks ? ": nothing can be repaired from there" : ": they count as lost"))
      guard !keepsBlocks else { continue }
      planes[k].leaveOut { mask in for block in blocks { block.mark(in: &mask) } }
    }
    return planes.map(\.mask)
  }

  /// Blocks of an exposure that are told one by one.
  private static var namedBlocks: Int { 3 }
}

extension ExposurePlanes {
  fileprivate mutating func leaveOut(_ mark: (inout Mask) -> Void) {
    var out = mask ?? Mask(shape: shape)
    mark(&out)
    mask = out
  }
}

extension [ExposurePlanes] {
  /// The same with prescan and overscan masked where the header of an exposure tells them.
  package func trimmed(as images: [Image]) -> [ExposurePlanes] {
    zip(self, images).map { planes, image in
      guard let outside = ImagingArea(image)?.outside else { return planes }
      var planes = planes
      planes.mask = planes.mask.map { $0 | outside } ?? outside
      return planes
    }
  }
}

extension [ExposurePlanes] {
  /// A sentence on values that are compared in another unit; nil where they are not.
  package var unitNote: String? {
    guard let scale = first?.scale, scale != 1 else { return nil }
    return
      "the values are far \(scale > 1 ? "smaller" : "larger") than counts: they are multiplied by \(scale.short) while they "
      + "are compared; notes tell levels and noise in that unit"
  }
}
