import Files
import Kernels
import Pipeline

extension CommandContext {
  /// Reports which numbers of the detector are used and where they come from.
  package func tell(_ found: DetectorLookup) {
    found.sources.forEach(report)
    found.notes.forEach(note)
  }

  /// The same for exposures that are searched for cosmic rays or measured; says where the noise of the first one contradicts
  /// gain and readout noise, as with a gain that is a setting of the camera, and where a bias is left in.
  ///
  /// - Parameter leftIn: what a bias that is left in does; nil for commands that search for cosmic rays.
  /// - Returns: whether a note names why the exposures scatter otherwise than they should.
  @discardableResult
  package func tell(_ found: DetectorLookup, of stack: Stack, _ trim: Trim?, leftIn: String? = nil) throws
    -> Bool
  {
    tell(found)
    if let trim { tell(trim, of: stack.exposures) }
    if leftIn == nil { tellMosaic(stack.exposures) }
    let check = try ExposureCheck(
      stack.exposures[0], found.each[0], knowsNoise: found.knowsNoise, facts: found.facts[0],
      gainCard: found.facts[0].gain?.source.card, trims: trim.map { $0 == .header }, work: work)
    for (k, warning) in check.warnings.enumerated() {
      note(
        stack.exposures[0].label(number: 1) + ": " + warning + (k == 0 && check.namesBias ? leftIn ?? "" : "")
      )
    }
    if !check.namesBias { tellBias(stack.exposures, found.each, found.facts, from: 1, leftIn ?? "") }
    return check.explainsScatter
  }

  /// Says where a bias is left in exposures that are combined, which their noise or their flux factors take for light.
  ///
  /// - Parameters:
  ///   - isDivided: whether flux factors divide the exposures.
  ///   - usesNoise: whether gain and readout noise, where they are known, make VARIANCE.
  ///   - hint: behind the sentence.
  package func tellBias(
    ofCombined exposures: [Image], _ found: DetectorLookup, isDivided: Bool, usesNoise: Bool = true,
    hint: String = ""
  ) throws {
    let makesVariance =
      usesNoise && exposures.allSatisfy { $0.uncertainty == nil }
      && found.facts.allSatisfy { $0.gain != nil && $0.readoutNoise != nil }
    guard makesVariance || isDivided else { return }
    let leftIn =
      "; as it is, "
      + [makesVariance ? "VARIANCE takes it for light" : nil, isDivided ? "flux factors divide it" : nil]
      .compactMap { $0 }.joined(separator: " and ") + hint
    let first = try ExposureCheck(
      exposures[0], found.each[0], knowsNoise: found.knowsNoise, facts: found.facts[0], trims: nil, work: work
    )
    guard first.namesBias, let line = first.warnings.first else {
      return tellBias(exposures, found.each, found.facts, from: 1, leftIn)
    }
    note("\(exposures[0].label(number: 1)): \(line)\(leftIn)")
  }

  /// Names the first of the exposures from one on whose overscan tells that a bias is left in.
  private func tellBias(
    _ exposures: [Image], _ detectors: [Detector], _ facts: [DetectorFacts], from first: Int, _ leftIn: String
  ) {
    for k in exposures.indices.dropFirst(first) {
      let check = OverscanCheck(
        exposures[k], detectors[k], knowsGain: facts[k].gain != nil, trims: nil)
      guard check.namesBias, let line = check.warnings.first else { continue }
      return note("\(exposures[k].label(number: k + 1)): \(line)\(leftIn)")
    }
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
