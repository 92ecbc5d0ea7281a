/// Sources that look like cosmic rays because they lie a little elsewhere in one exposure, or are sharper there.
struct SharedSources {
  /// Pixels that look like spoilt medians, and those that stand out of single exposures.
  let median: Mask
  let exposures: [Mask]
  let findings: StackFindings.Sources
  /// What told them from cosmic rays.
  let test: SharedFlux

  var all: Mask { exposures.reduce(median) { $0 | $1 } }
}

extension Masking {
  /// Pixels of each exposure that are looked at for a first impression.
  private static let sample = 400
  /// One of so many groups must lie on sources: of thousands of hits that meet chance puts some beside others.
  private static let least = 20

  /// nil where chance explains what looks so, as in nearly all stacks.
  ///
  /// - Parameters:
  ///   - median: pixels that look like spoilt medians.
  ///   - singles: pixels that stand out of each exposure; empty where nobody knows.
  ///   - isTypical: whether about as many pixels look spoilt as single hits make expected.
  ///   - blurred: the exposures with the light of blurred sources that was taken for sky; nil for none.
  ///   - followed: the exposures without small changes of their sources, which would hide the charge of hits in sums; nil for
  ///     none.
  func sharedSources(
    _ stack: ExaminedStack, median: Mask, singles: [Mask], isTypical: Bool, followed: [Plane<Float>]? = nil,
    blurred: [Plane<Float>]? = nil
  ) throws -> SharedSources? {
    guard !isCompatible, options.method.usesMM else { return nil }
    let exposures = followed ?? blurred ?? stack.common
    // What is left of changes that were followed is little: hits on sources outnumber it unless most groups are of that kind.
    func isEvident(_ found: SharedFlux.Finding) -> Bool {
      found.isEvident && Self.least * found.shared > found.groups
        && (followed == nil || 2 * found.shared > found.groups)
    }
    let planes =
      try followed == nil && blurred == nil
      ? stack.commonPlanes(work: work) : StackPlanes(exposures, work: work)
    // Narrow sources first; those that are blurred over many pixels only where chance does not explain what was found.
    for isWide in [false, true] {
      let test = SharedFlux(exposures, planes: planes, noise: stack.noise, isWide: isWide)
      let spoilt = test.find(in: median)
      var isFound = isEvident(spoilt)
      if !isFound {
        var impression = SharedFlux.Finding(pixels: Mask(shape: Shape(width: 0, height: 0)))
        for (k, mask) in singles.enumerated() {
          impression.join(test.impression(of: mask, exposure: k, most: Self.sample))
        }
        isFound = isEvident(impression) && 5 * impression.shared > impression.groups
      }
      if isFound { return try sources(stack, test, median, singles) }
      if isTypical { break }
    }
    return nil
  }

  /// Hits that lie on sources more often than chance puts them there.
  ///
  /// - Parameter hits: of each exposure, not dilated.
  func hitsOnSources(_ hits: [Mask], _ stack: ExaminedStack) throws -> StackFindings.OnSources? {
    HitsOnSources(
      among: hits, in: stack.common, minimum: try stack.commonPlanes(work: work).minimum,
      noise: stack.noise.typical
    ).findings
  }

  private func sources(
    _ stack: ExaminedStack, _ test: SharedFlux, _ median: Mask, _ singles: [Mask]
  ) throws -> SharedSources {
    let spoilt = test.find(in: median, byTotals: true)
    let found = singles.enumerated().map { test.find(in: $1, exposure: $0, byTotals: true) }
    return SharedSources(
      median: spoilt.pixels, exposures: found.map(\.pixels),
      findings: StackFindings.Sources(
        groups: spoilt.groups, shared: spoilt.shared, pixels: spoilt.pixels.flagged,
        singlePixels: found.reduce(0) { $0 + $1.pixels.flagged },
        cause: try cause(
          stack, spoilt.shared > 0 ? spoilt.pixels : found.reduce(spoilt.pixels) { $0 | $1.pixels })),
      test: test)
  }

  private func cause(_ stack: ExaminedStack, _ pixels: Mask) throws -> StackFindings.Cause {
    let shape = pixels.shape
    let isAligned = options.offsets.allSatisfy { $0 == .zero }
    if isAligned {
      let likeness = SourceLikeness(
        stack.common, median: stack.planes.median, at: try pixels.dilated(times: 1, work: work))
      if let seeing = likeness.seeing { return seeing }
    }
    if isAligned, min(shape.width, shape.height) >= OffsetFit.smallest {
      let whole = MatchedExposures(
        planes: stack.common, noise: stack.noise, gainRatios: stack.matched.gainRatios,
        hasMasked: stack.hasGaps)
      let fit = try? OffsetFit(whole, region: Section(whole: shape), work: work)
      try work.checkCancelled()
      let largest = fit?.offsets.map { max(abs($0.x), abs($0.y)) }.max() ?? 0
      if largest > 0.1 { return .offsets(largest) }
    }
    // At the peaks of blurred sources always the sharpest exposure is the brightest.
    var highest = [Int](repeating: 0, count: stack.common.count)
    let median = stack.planes.median
    for y in 1..<max(1, shape.height - 1) {
      for x in 1..<max(1, shape.width - 1) where pixels[x, y] {
        let own = median[x, y]
        let isPeak = (-1...1).allSatisfy { dy in
          (-1...1).allSatisfy { dx in !(median[x + dx, y + dy] > own) }
        }
        guard isPeak else { continue }
        let values = stack.common.enumerated().filter { $0.element[x, y].isFinite }
        if let best = values.max(by: { $0.element[x, y] < $1.element[x, y] }) { highest[best.offset] += 1 }
      }
    }
    let total = highest.reduce(0, +)
    if let best = highest.indices.max(by: { highest[$0] < highest[$1] }), total >= 5,
      5 * highest[best] >= 4 * total
    {
      return .seeing(best + 1, isSharper: true)
    }
    return .undersampling
  }
}
