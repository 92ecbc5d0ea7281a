/// The second detector beside the median-minimum diagram: a cleaned image in the unit of its input, a mask,
/// and the detections of each iteration.
///
/// Beside the image it gets the readout noise to expect [ADU], nil for the one it knows, and whether the cleaned image
/// is wanted. NaN pixels take no part.
package typealias AuxiliaryDetector =
  @Sendable (
    _ image: Plane<Float>, _ readoutNoise: Double?, _ keepsClean: Bool
  ) throws -> AuxiliaryDetection

/// What an auxiliary detector found in one image.
package struct AuxiliaryDetection: Sendable {
  package var clean: Plane<Float>
  package var mask: Mask
  package var perIteration: [Int]
  package var iterationLimit: Int

  package init(clean: Plane<Float>, mask: Mask, perIteration: [Int], iterationLimit: Int) {
    self.clean = clean
    self.mask = mask
    self.perIteration = perIteration
    self.iterationLimit = iterationLimit
  }
}

/// What was found in one target: the median, the mean, or one exposure.
package struct TargetDetection: Sendable {
  package enum Target: Sendable, Equatable {
    case median, mean
    case exposure(Int)
  }
  package var target: Target
  /// The image that was searched [ADU].
  package var image: Plane<Float>
  /// The flags below, one bit each: a quarter of a float plane for all of them.
  private var bits: Plane<UInt8>
  /// Detections of L.A.Cosmic in each iteration, and how many iterations were allowed.
  package var perIteration: [Int]
  package var iterationLimit: Int

  init(target: Target, image: Plane<Float>, perIteration: [Int], iterationLimit: Int) {
    (self.target, self.image) = (target, image)
    (self.perIteration, self.iterationLimit) = (perIteration, iterationLimit)
    bits = Plane(width: image.width, height: image.height, repeating: 0)
  }

  /// Flags of L.A.Cosmic before dilation; empty when it did not run.
  package var lacosmic: Mask {
    get { mask(1) }
    set { set(newValue, 1) }
  }

  /// Flags of the median-minimum diagram before dilation.
  package var mmcosmic: Mask {
    get { mask(2) }
    set { set(newValue, 2) }
  }

  /// Flags after dilation.
  package var dilated: Mask {
    get { mask(4) }
    set { set(newValue, 4) }
  }

  /// Numbers of flagged pixels.
  package struct Counts: Sendable, Equatable {
    package var lacosmic = 0
    package var mmcosmic = 0
    /// By both detectors, and by any of them.
    package var both = 0
    package var either = 0
    package var dilated = 0
  }

  /// The numbers of all flags.
  package var counts: Counts {
    var kinds = [Int](repeating: 0, count: 8)
    bits.pixels.withUnsafeBufferPointer { for flags in $0 { kinds[Int(flags)] += 1 } }
    func sum(_ isCounted: (Int) -> Bool) -> Int {
      kinds.indices.reduce(0) { $0 + (isCounted($1) ? kinds[$1] : 0) }
    }
    return Counts(
      lacosmic: sum { $0 & 1 != 0 }, mmcosmic: sum { $0 & 2 != 0 }, both: sum { $0 & 3 == 3 },
      either: sum { $0 & 3 != 0 }, dilated: sum { $0 & 4 != 0 })
  }

  /// Pixels flagged by either detector before dilation.
  package var flags: Mask { mask(3) }

  /// The same with what found each: 0 none, 1 L.A.Cosmic, 2 the diagram or probabilities, 3 both.
  ///
  /// - Parameters:
  ///   - lacosmic: whether detections of L.A.Cosmic count.
  ///   - mm: whether the others do.
  package func finders(lacosmic: Bool, mm: Bool) -> Plane<UInt8> {
    let counted: UInt8 = (lacosmic ? 1 : 0) | (mm ? 2 : 0)
    return bits.map { $0 & counted }
  }

  private func mask(_ bit: UInt8) -> Mask { Mask(plane: bits.map { $0 & bit != 0 ? 1 : 0 }) }

  /// Keeps flags of both detectors only where a mask flags (`isInside`), or only where it does not.
  mutating func keep(where mask: Mask, isInside: Bool = true) {
    let flipped: UInt8 = isInside ? 0 : 1
    mask.plane.pixels.withUnsafeBufferPointer { flags in
      bits.pixels.withUnsafeMutableBufferPointer { bits in
        // 0 keeps nothing but dilated flags.
        for i in 0..<bits.count { bits[i] &= 4 | (0 &- ((flags[i] != 0 ? 1 : 0) ^ flipped)) }
      }
    }
  }

  private mutating func set(_ mask: Mask, _ bit: UInt8) {
    mask.plane.pixels.withUnsafeBufferPointer { flags in
      bits.pixels.withUnsafeMutableBufferPointer { bits in
        for i in 0..<bits.count { bits[i] = (bits[i] & ~bit) | (flags[i] != 0 ? bit : 0) }
      }
    }
  }
}

/// Masks together with everything that reports and figures show of how they came about.
package struct MaskingResult: Sendable {
  package var masks: MaskSet
  /// Exposures with bias subtracted, divided by the flux factors where those apply to them [ADU].
  package var exposures: [Plane<Float>]
  package var planes: StackPlanes
  /// nil when no diagram was simulated.
  package var diagram: Diagram?
  package var boundary: Boundary?
  package var threshold: Double
  /// Median, mean, and each exposure.
  package var detections: [TargetDetection]
  /// 0 none, 1 dilation, 2 diagram, 3 L.A.Cosmic, 4 both: the pixels of MEDIANCR.
  package var codes: Plane<UInt8>
  /// Connected groups of MEDIANCR.
  package var groups: ConnectedRuns
  /// Pixels hit in every exposure, and their groups.
  package var problematic: Mask
  package var problematicGroups: ConnectedRuns
  /// Pixels of `localMedians` that were to be cleaned too.
  package var overlappingLocalMedians: Int
  /// What the detector by probabilities says; nil under compatibility and when it cannot say anything.
  package var pvalue: PValueDetector.Summary?
  /// What was asked and measured of two exposures; nil for more.
  package var pair: PValueDetector.PairSummary?
  /// Whether that detector made the masks.
  package var isByProbability: Bool
  /// What the run found out beside cosmic rays.
  package var findings = StackFindings()
}
