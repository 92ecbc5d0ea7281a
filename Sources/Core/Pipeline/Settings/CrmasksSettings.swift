import Kernels

/// Everything that crmasks is told except the exposures and their detector: the kernels' own options, and what
/// is found out or drawn before they run.
package struct CrmasksSettings: Sendable {
  package var masking = MaskingOptions(exposures: 0)
  package var lacosmic = LACosmicSettings()
  package var flux = FluxChoice.none(isExplicit: false)
  /// The pixels that flux factors come from; empty: all.
  package var fluxRegions: [Section] = []
  package var sky = SkyChoice.whereClear
  package var displacement = DisplacementChoice()
  /// Points that the user adds to those of the diagram.
  package var fixedPoints: [FixedPoint] = []
  /// nil: another seed each time.
  package var seed: UInt64?
  /// Replace by the median cleaned with L.A.Cosmic instead of the minimum.
  package var useLAMedian = false
  package var display = DisplayChoice()
  /// Where they are written; decides defaults, and names in messages.
  package let dialect: Dialect
  /// The settings that somebody wrote, by name; some defaults depend on it.
  package internal(set) var given: Set<String> = []

  /// The defaults of parameter files or of calls.
  package init(_ dialect: Dialect) {
    self.dialect = dialect
    for setting in Setting.all { setting.reset(dialect, &self) }
  }

  /// Whether somebody wrote the setting.
  package func isGiven(_ name: String) -> Bool { given.contains(name) }

  /// What a setting is called where these are written; other names as they are.
  package func shownName(_ name: String) -> String {
    Setting.all.first { $0.name == name }?.name(in: dialect) ?? name
  }

  /// Runs what names settings as parameter files do; errors name them as they were written.
  package func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch var error as CRSError {
      error.parameter = error.parameter.map(shownName)
      throw error
    }
  }
}

/// Where the flux factors come from.
package enum FluxChoice: Sendable, Equatable {
  /// All 1; `isExplicit` when the word none was given.
  case none(isExplicit: Bool)
  /// Estimated as numina does under compatibility, otherwise fitted.
  case auto
  case fit
  /// One for all exposures.
  case number(Double)
  /// One for each exposure.
  case list([Double])
}

/// What one exposure may have more of sky than the others.
package enum SkyChoice: Sendable, Equatable {
  /// With factors that are fitted, and where it is clearly there.
  case whereClear
  case none
  case auto
  /// One for each exposure [ADU].
  case list([Double])
}

/// Where the offsets between the exposures come from.
package struct DisplacementChoice: Sendable, Equatable {
  package enum Method: String, Sendable, CaseIterable { case fit, crosscorr }

  /// One for each exposure; empty for none.
  package var offsets: [Offset] = []
  /// From which they are found instead.
  package var region: Section?
  /// nil: fit, or crosscorr where numina is reproduced.
  package var method: Method?
  /// The largest that is looked for [pixel].
  package var largest = 3.0
}

/// A point that the boundary should pass.
package struct FixedPoint: Sendable, Equatable {
  /// Of points without one.
  static let usualWeight = 10_000.0

  package var x: Double
  package var y: Double
  package var weight: Double?

  package var boundaryPoint: BoundaryPoint {
    BoundaryPoint(x: x, y: y, weight: weight ?? Self.usualWeight, isFixed: true)
  }
}

/// What is shown and asked.
package struct DisplayChoice: Sendable, Equatable {
  package enum ColorScale: String, Sendable, CaseIterable { case minmax, zscale }

  package var isInteractive = true
  package var verifies = false
  /// Half the size of the plotted windows [pixel].
  package var semiwindow = 15
  package var colorScale = ColorScale.zscale
  /// Most groups plotted; negative: all.
  package var maxplots = -1
}

extension BoundaryFit {
  /// The opposite of `mayFall`.
  var isRobust: Bool {
    get { !mayFall }
    set { mayFall = !newValue }
  }
}
