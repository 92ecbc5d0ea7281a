/// A median-minimum diagram: simulated and real counts over min2d (x) and median2d - min2d (y).
///
/// Spec: crmasks.md sections 6 and 7. Values are in ADU after bias subtraction.
public struct Diagram: Sendable, Equatable {
  /// Bins along each axis, 100 in the reference.
  public static let bins = 100

  /// `bins + 1` edges along x.
  public var xEdges: [Double]
  /// `bins + 1` edges along y.
  public var yEdges: [Double]
  /// Counts summed over the simulations, row (y bin) after row, `bins * bins` numbers. Whole numbers for
  /// simulations; expectations for the exact diagram (then `simulations` is 1).
  public var simulated: [Double]
  /// Counts of the real pixels in the same bins.
  public var original: [Double]
  /// Simulated sets of exposures; 0 for the exact diagram.
  public var simulations: Int
  /// Seed of the simulations.
  public var seed: UInt64
  /// One point for each x bin that has counts.
  public var points: [BoundaryPoint]
  /// Flux factor of each exposure that the simulation used.
  public var fluxFactors: [Double]
  /// Offset (x, y) of each exposure in pixels that the simulation used.
  public var offsets: [Offset]
  /// Gain [electron/ADU] and readout noise [ADU] of the simulation (medians of planes).
  public var gain: Double
  public var readoutNoise: Double

  public init(
    xEdges: [Double], yEdges: [Double], simulated: [Double], original: [Double], simulations: Int,
    seed: UInt64,
    points: [BoundaryPoint] = [], fluxFactors: [Double] = [], offsets: [Offset] = [], gain: Double = 1,
    readoutNoise: Double = 0
  ) {
    self.xEdges = xEdges
    self.yEdges = yEdges
    self.simulated = simulated
    self.original = original
    self.simulations = simulations
    self.seed = seed
    self.points = points
    self.fluxFactors = fluxFactors
    self.offsets = offsets
    self.gain = gain
    self.readoutNoise = readoutNoise
  }

  /// Whether the counts are expectations rather than simulations.
  public var isExact: Bool { simulations == 0 }

  /// Centre of x bin `k`, counted from 0.
  public func xCentre(_ k: Int) -> Double { 0.5 * (xEdges[k] + xEdges[k + 1]) }
  /// Centre of y bin `k`, counted from 0.
  public func yCentre(_ k: Int) -> Double { 0.5 * (yEdges[k] + yEdges[k + 1]) }
}

/// A point of the boundary between noise and coincident cosmic rays.
public struct BoundaryPoint: Sendable, Equatable {
  /// min2d [ADU].
  public var x: Double
  /// median2d - min2d [ADU].
  public var y: Double
  public var weight: Double
  /// A point that the user fixed rather than one found in the diagram.
  public var isFixed: Bool

  public init(x: Double, y: Double, weight: Double = 1, isFixed: Bool = false) {
    self.x = x
    self.y = y
    self.weight = weight
    self.isFixed = isFixed
  }
}

/// A displacement in pixels; positive: features lie at larger x, y than in the reference frame.
public struct Offset: Sendable, Equatable {
  public var x: Double
  public var y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  public static let zero = Offset(x: 0, y: 0)
}
