import Testing

@testable import Kernels

/// VARIANCE and MAP of exactly those pixels in which a value is flagged or left out, each kind by itself.
@Suite struct FlaggedVarianceTests {
  private enum Kind: Int, CaseIterable {
    /// One hit that is flagged; one value that a grown mask flags; both.
    case hit, grown, hitAndGrown
    /// As many hits as spoil the median; as many flags without any hit.
    case spoilt, spoiltByGrowth
    /// A low value that counts nowhere; a hit beside it.
    case leftOut, leftOutBesideHit
  }

  /// Exposures whose pixels are of all kinds in turn, and their masks.
  private func stack(_ scene: StackScene) -> (exposures: [ExposurePlanes], masks: MaskSet) {
    let n = scene.count
    let shape = Shape(width: scene.width, height: scene.height)
    let need = n % 2 == 0 ? n / 2 : n / 2 + 1
    var (flags, low) = (
      scene.detectors.map { _ in Mask(shape: shape) }, scene.detectors.map { _ in Mask(shape: shape) }
    )
    var charges = [[Float]](repeating: .init(repeating: 0, count: shape.count), count: n)
    var median = Mask(shape: shape)
    var random = SplitMix64(state: 8)
    for i in 0..<shape.count {
      guard let kind = Kind(rawValue: i % Kind.allCases.count) else { continue }
      let first = Int(random.next() % UInt64(n))
      let (hits, flagged) =
        switch kind {
        case .hit: (1, 1)
        case .grown: (0, 1)
        case .hitAndGrown: (1, 2)
        case .spoilt: (need, need)
        case .spoiltByGrowth: (0, need)
        case .leftOut: (0, 0)
        case .leftOutBesideHit: (1, 1)
        }
      for k in 0..<hits { charges[(first + k) % n][i] = Float(300 + 3000 * random.uniform()) }
      for k in 0..<flagged { flags[(first + k) % n].plane.pixels[i] = 1 }
      if kind == .leftOut || kind == .leftOutBesideHit { low[(first + n - 1) % n].plane.pixels[i] = 1 }
      let there = n - (kind == .leftOutBesideHit ? 1 : 0)
      if 2 * flagged >= there, flagged > 0, kind != .hitAndGrown { median.plane.pixels[i] = 1 }
    }
    let planes = scene.planes { k, x, y in Double(charges[k][y * scene.width + x]) }
    let masks = MaskSet(
      medianCR: median, meanCRT: flags.dropFirst().reduce(flags[0]) { $0 | $1 }, exposures: flags,
      fluxFactors: scene.detectors.map { _ in 1 }, uuid: "", leftOut: low)
    let dropped = zip(planes, low).map { plane, mask in
      var out = plane
      for i in 0..<out.count where mask.plane.pixels[i] != 0 { out.pixels[i] = -300 }
      return out
    }
    return (scene.exposures(dropped), masks)
  }

  private static let detectors: [[(gain: Double, noise: Double)]] = [
    .init(repeating: (1, 5), count: 3), .init(repeating: (1, 5), count: 4),
    .init(repeating: (1, 5), count: 5),
    .init(repeating: (1, 5), count: 6), [(1, 5), (1, 9), (1, 5), (1, 7)],
  ]

  @Test(arguments: 0..<5, [CombinationMethod.mediancr, .meancrt, .meancr])
  func scatterAgrees(number: Int, method: CombinationMethod) throws {
    var scene = StackScene(width: 140, height: 120)
    scene.detectors = Self.detectors[number]
    scene.level = { x, _ in 150 + 2 * Double(x) }
    let n = scene.count
    let (exposures, masks) = stack(scene)
    let out = try MaskedCombination(
      exposures, masks: masks, fluxFactors: masks.fluxFactors, work: Work()
    ).combined(method, work: Work())
    let truth = scene.truth()
    for kind in Kind.allCases {
      var (sum, count) = (0.0, 0)
      for i in stride(from: kind.rawValue, to: truth.count, by: Kind.allCases.count) {
        let d = Double(out.image.pixels[i] - truth.pixels[i])
        sum += d * d / Double(out.variance.pixels[i])
        count += 1
        let there = Int16(n - (kind == .leftOut || kind == .leftOutBesideHit ? 1 : 0))
        let flagged = Int16(masks.exposures.reduce(0) { $0 + Int($1.plane.pixels[i]) })
        let isReplaced = masks.medianCR.plane.pixels[i] != 0
        #expect(out.map.pixels[i] == (method == .meancr ? there - flagged : isReplaced ? 1 : there))
      }
      let ratio = (sum / Double(count)).squareRoot()
      #expect(count > 1000 && (0.9...1.1).contains(ratio), "\(kind): \(ratio)")
    }
  }
}
