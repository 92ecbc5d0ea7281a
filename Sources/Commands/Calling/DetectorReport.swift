import Files
import Kernels
import Pipeline

extension CommandContext {
  /// Reports which numbers of the detector are used and where they come from.
  package func tell(_ found: DetectorLookup) {
    found.sources.forEach(report)
    found.notes.forEach(note)
  }

  /// The same for exposures that are searched for cosmic rays; says where the noise of the first one contradicts gain
  /// and readout noise, as with a gain that is a setting of the camera.
  ///
  /// - Returns: whether a note names why the exposures scatter otherwise than they should.
  @discardableResult
  package func tell(_ found: DetectorLookup, of stack: Stack, _ trim: Trim?) throws -> Bool {
    tell(found)
    if let trim { tell(trim, of: stack.exposures) }
    tellMosaic(stack.exposures)
    return try tell(
      stack.exposures[0], found.each[0], knowsNoise: found.knowsNoise,
      gainCard: found.facts[0].gain?.source.card, trim)
  }

  /// Notes exposures whose neighbouring pixels see different colours.
  package func tellMosaic(_ exposures: [Image]) {
    guard let card = exposures.lazy.compactMap({ ColourMosaic.card(of: $0) }).first else { return }
    note(
      "the exposures are colour mosaics (\(card)): each pixel is tested by its own values; what its neighbours show of it "
        + "(L.A.Cosmic, prior=local) is of other colours, crmethod=mmcosmic and prior=flat go without")
  }

  /// Says where an exposure contradicts the gain, readout noise and bias that are taken for it.
  ///
  /// - Returns: whether a note names why exposures scatter otherwise than they should.
  package func tell(
    _ image: Image, _ detector: Detector, knowsNoise: Bool = true, gainCard: String? = nil, _ trim: Trim?
  ) throws -> Bool {
    let check = try ExposureCheck(
      image, detector, knowsNoise: knowsNoise, gainCard: gainCard, trims: trim.map { $0 == .header },
      work: work)
    for warning in check.warnings { note("\(image.label(number: 1)): \(warning)") }
    return check.explainsScatter
  }
}

extension DetectorLookup {
  /// The numbers as parameters, for the record that replays a session; none where the exposures differ.
  package var resolved: [String: Value] {
    var values: [String: Value] = [:]
    func add(_ name: String, _ path: KeyPath<Detector, DetectorValue>) {
      let numbers = each.compactMap { $0[keyPath: path].uniform }
      guard numbers.count == each.count, let first = numbers.first,
        numbers.allSatisfy({ abs($0 - first) <= 0.01 * max(abs($0), abs(first)) })
      else { return }
      // Levels of overscans that differ at all are each exposure's own.
      guard path != \.bias || numbers.allSatisfy({ $0 == first }) else { return }
      values[name] = .number(first)
    }
    add("gain", \.gain)
    add("rnoise", \.readoutNoise)
    add("bias", \.bias)
    return values
  }
}
