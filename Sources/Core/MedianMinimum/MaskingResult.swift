/// The second detector beside the median-minimum diagram: a cleaned image in the unit of its input, a mask,
/// and the detections of each iteration.
///
/// Its second argument says whether the cleaned image is wanted.
public typealias AuxiliaryDetector = @Sendable (Plane<Float>, Bool) throws -> AuxiliaryDetection

/// What an auxiliary detector found in one image.
public struct AuxiliaryDetection: Sendable {
  public var clean: Plane<Float>
  public var mask: Mask
  public var perIteration: [Int]
  public var iterationLimit: Int

  public init(clean: Plane<Float>, mask: Mask, perIteration: [Int], iterationLimit: Int) {
    self.clean = clean
    self.mask = mask
    self.perIteration = perIteration
    self.iterationLimit = iterationLimit
  }
}

/// What was found in one target: the median, the mean, or one exposure.
public struct TargetDetection: Sendable {
  public enum Target: Sendable, Equatable {
    case median, mean
    case exposure(Int)
  }
  public var target: Target
  /// The image that was searched [ADU].
  public var image: Plane<Float>
  /// The flags below, one bit each: a quarter of a float plane for all of them.
  private var bits: Plane<UInt8>
  /// Detections of L.A.Cosmic in each iteration, and how many iterations were allowed.
  public var perIteration: [Int]
  public var iterationLimit: Int

  init(target: Target, image: Plane<Float>, perIteration: [Int], iterationLimit: Int) {
    (self.target, self.image) = (target, image)
    (self.perIteration, self.iterationLimit) = (perIteration, iterationLimit)
    bits = Plane(width: image.width, height: image.height, repeating: 0)
  }

  /// Flags of L.A.Cosmic before dilation; empty when it did not run.
  public var lacosmic: Mask {
    get { mask(1) }
    set { set(newValue, 1) }
  }

  /// Flags of the median-minimum diagram before dilation.
  public var mmcosmic: Mask {
    get { mask(2) }
    set { set(newValue, 2) }
  }

  /// Flags after dilation.
  public var dilated: Mask {
    get { mask(4) }
    set { set(newValue, 4) }
  }

  /// Numbers of flagged pixels.
  public struct Counts: Sendable, Equatable {
    public var lacosmic = 0
    public var mmcosmic = 0
    /// By both detectors, and by any of them.
    public var both = 0
    public var either = 0
    public var dilated = 0
  }

  /// The numbers of all flags.
  public var counts: Counts {
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
  public var flags: Mask { mask(3) }

  /// The same with what found each: 0 none, 1 L.A.Cosmic, 2 the diagram or probabilities, 3 both.
  ///
  /// - Parameters:
  ///   - lacosmic: whether detections of L.A.Cosmic count.
  ///   - mm: whether the others do.
  public func finders(lacosmic: Bool, mm: Bool) -> Plane<UInt8> {
    let counted: UInt8 = (lacosmic ? 1 : 0) | (mm ? 2 : 0)
    return bits.map { $0 & counted }
  }

  private func mask(_ bit: UInt8) -> Mask { Mask(plane: bits.map { $0 & bit != 0 ? 1 : 0 }) }

  private mutating func set(_ mask: Mask, _ bit: UInt8) {
    mask.plane.pixels.withUnsafeBufferPointer { flags in
      bits.pixels.withUnsafeMutableBufferPointer { bits in
        for i in 0..<bits.count { bits[i] = (bits[i] & ~bit) | (flags[i] != 0 ? bit : 0) }
      }
    }
  }
}

/// Masks together with everything that reports and figures show of how they came about.
public struct MaskingResult: Sendable {
  public var masks: MaskSet
  /// Exposures with bias subtracted, divided by the flux factors where those apply to them [ADU].
  public var exposures: [Plane<Float>]
  public var planes: StackPlanes
  /// nil when no diagram was simulated.
  public var diagram: Diagram?
  public var boundary: Boundary?
  public var threshold: Double
  /// Median, mean, and each exposure.
  public var detections: [TargetDetection]
  /// 0 none, 1 dilation, 2 diagram, 3 L.A.Cosmic, 4 both: the pixels of MEDIANCR.
  public var codes: Plane<UInt8>
  /// Connected groups of MEDIANCR.
  public var groups: ConnectedRuns
  /// Pixels hit in every exposure, and their groups.
  public var problematic: Mask
  public var problematicGroups: ConnectedRuns
  /// Pixels of `localMedians` that were to be cleaned too.
  public var overlappingLocalMedians: Int
  /// What the detector by probabilities says; nil under compatibility and when it cannot say anything.
  public var pvalue: PValueDetector.Summary?
  /// Whether that detector made the masks.
  public var isByProbability: Bool

  /// A row for each pixel of the groups of MEDIANCR: number, x, y, code.
  public var identifiedTable: Table { GroupTable.table(groups, width: codes.width) { codes.pixels[$0] } }

  /// The same for problematic pixels; the code is 2 where the last exposure was flagged, 1 where its mask
  /// was dilated.
  public var problematicTable: Table {
    let last = detections.last?.flags
    return GroupTable.table(problematicGroups, width: codes.width) { last?.plane.pixels[$0] == 1 ? 2 : 1 }
  }
}

/// Lists the pixels of connected groups.
enum GroupTable {
  /// Ordered by group, then y, then x.
  static func table(_ groups: ConnectedRuns, width: Int, code: (Int) -> UInt8) -> Table {
    var table = Table(columns: ["CR_number", "X_pixel", "Y_pixel", "Mask_value"])
    let order = groups.runs.indices.sorted {
      (groups.groups[$0], groups.runs[$0].row, groups.runs[$0].start)
        < (groups.groups[$1], groups.runs[$1].row, groups.runs[$1].start)
    }
    for k in order {
      let run = groups.runs[k]
      for x in Int(run.start)..<Int(run.end) {
        table.rows.append([
          .integer(Int(groups.groups[k]) + 1), .integer(x + 1), .integer(Int(run.row) + 1),
          .integer(Int(code(Int(run.row) * width + x))),
        ])
      }
    }
    return table
  }
}
