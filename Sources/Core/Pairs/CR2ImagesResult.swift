/// What `CR2Images` made of a pair or of a single exposure.
public struct CR2ImagesResult: Sendable {
  /// What was found in one exposure.
  public struct Counts: Sendable, Equatable {
    /// Groups beyond the peak threshold in the whole overlap.
    public let peaks: Int
    /// Groups beyond the tail threshold in the whole overlap.
    public let tails: Int
    /// Pixels repaired.
    public let replaced: Int
  }

  /// The first exposure with its cosmic rays replaced, in its own pixel type. Its mask holds the replaced
  /// pixels beside those that it had.
  public let clean1: Image
  /// The second exposure; as it was in single mode, and the median-filtered first one when there is none.
  public let clean2: Image
  /// The pixels replaced in `clean1`, and only these.
  public let mask1: Mask
  /// The pixels replaced in `clean2`, in its own frame; empty in single mode.
  public let mask2: Mask
  /// The rectangles compared, and the offset given or found.
  public let overlap: PairOverlap
  /// Median of the difference in the overlap [ADU].
  public let median: Double
  /// Robust standard deviation of the difference [ADU].
  public let robustStandardDeviation: Double
  public let counts1: Counts
  /// Nil in single mode.
  public let counts2: Counts?
  /// Pixels of the overlap that are not finite in one exposure or the other: neither flagged nor used.
  public let notFinite: Int
  /// Replaced pixels that seem to be hit in both exposures.
  public let coincidences: [PairCoincidence]
  /// What a user must know beside the report, a sentence each.
  public let warnings: [String]
  /// The lines of the reference's report (cr2images.md section 8).
  public let report: [String]
  /// For figures; nil unless asked for.
  public let planes: CR2ImagesPlanes?
  /// The settings as used, offsets found included.
  public let parameters: CR2ImagesParameters
}

/// The steps of a detection as planes in the overlap's frame (cr2images.md section 9).
public struct CR2ImagesPlanes: Sendable {
  /// Labels of one side, numbered from 1 in raster order, 0 elsewhere.
  public struct Labels: Sendable {
    public let peak: Plane<Int32>
    public let tail: Plane<Int32>
    /// The tail's number at peak pixels that count, 0 elsewhere.
    public let tailInPeak: Plane<Int32>
  }

  /// First minus second exposure [ADU].
  public let difference: Plane<Float>
  /// Extremes of the finite differences [ADU].
  public let range: ClosedRange<Double>
  /// Cosmic rays of the first exposure.
  public let positive: Labels
  /// Cosmic rays of the second exposure; nil in single mode.
  public let negative: Labels?
}

extension CR2ImagesPlanes.Labels {
  init(_ detection: PairDetection, overlap: PairOverlap, parameters: CR2ImagesParameters) {
    let shape = overlap.shape
    peak = Labelling(detection.peaks, shape: shape).labels
    tail = Labelling(detection.tails, shape: shape).labels
    var both = Plane<Int32>(width: shape.width, height: shape.height, repeating: 0)
    for run in detection.peaks.runs {
      let y = Int(run.row)
      for x in run.columns
      where parameters.uses(x: x + overlap.columns.lowerBound, y: y + overlap.rows.lowerBound) {
        both[x, y] = tail[x, y]
      }
    }
    tailInPeak = both
  }
}
