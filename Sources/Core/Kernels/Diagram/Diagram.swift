/// A median-minimum diagram: simulated and real counts over min2d (x) and median2d - min2d (y).
///
/// Values are in ADU after bias subtraction.
package struct Diagram: Sendable, Equatable {
  /// Bins along each axis, 100 in the reference.
  package static let bins = 100

  /// `bins + 1` edges along x.
  package var xEdges: [Double]
  /// `bins + 1` edges along y.
  package var yEdges: [Double]
  /// Counts summed over the simulations, row (y bin) after row, `bins * bins` numbers. Whole numbers for
  /// simulations; expectations for the exact diagram (then `simulations` is 1).
  package var simulated: [Double]
  /// Counts of the real pixels in the same bins.
  package var original: [Double]
  /// Simulated sets of exposures; 0 for the exact diagram.
  package var simulations: Int
  /// Seed of the simulations.
  package var seed: UInt64
  /// One point for each x bin that has counts.
  package var points: [BoundaryPoint]
  /// Flux factor of each exposure that the simulation used.
  package var fluxFactors: [Double]
  /// Offset (x, y) of each exposure in pixels that the simulation used.
  package var offsets: [Offset]
  /// Gain [electron/ADU] and readout noise [ADU] of the simulation (medians of planes).
  package var gain: Double
  package var readoutNoise: Double
  /// How many values the pixels of the diagram have; 0 where nobody said.
  package var values = 0

  package init(
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
  package var isExact: Bool { simulations == 0 }

  /// Centre of x bin `k`, counted from 0.
  package func xCentre(_ k: Int) -> Double { 0.5 * (xEdges[k] + xEdges[k + 1]) }
  /// Centre of y bin `k`, counted from 0.
  package func yCentre(_ k: Int) -> Double { 0.5 * (yEdges[k] + yEdges[k + 1]) }
}
