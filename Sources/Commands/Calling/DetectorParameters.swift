import Files
import Kernels
import Pipeline

/// Gain, readout noise, bias and overscan of a stack as parameters of a command; what is left out, the exposures say.
@propertyWrapper
package struct DetectorParameters: DeclaredParameter {
  private let gain: Parameter<Double?>
  private let rnoise: Parameter<Double?>
  private let bias: Parameter<BiasChoice?>
  private let trimming: Parameter<Trim>

  /// - Parameter source: behind the help of gain and readout noise: where they come from when left out.
  package init(_ source: String = "") {
    gain = Parameter(wrappedValue: nil, "gain" + source, unit: "e-/ADU", above: 0, upTo: 1e6)
    rnoise = Parameter(wrappedValue: nil, "readout noise" + source, unit: "ADU", in: 0...1e6)
    bias = Parameter(
      wrappedValue: nil, "bias level; auto: measured in the overscan of each exposure", unit: "ADU",
      in: -1e7...1e7)
    trimming = Parameter(
      wrappedValue: .header, "exclude prescan and overscan as TRIMSEC or DATASEC define them")
  }

  package var wrappedValue: DetectorParameters { self }

  private var parameters: [(name: String, parameter: any DeclaredParameter)] {
    [("gain", gain), ("rnoise", rnoise), ("bias", bias), ("trim", trimming)]
  }

  /// Whether any number was given.
  package var isGiven: Bool {
    gain.wrappedValue != nil || rnoise.wrappedValue != nil || bias.wrappedValue != nil
  }

  package var trim: Trim { trimming.wrappedValue }

  /// The detectors of a stack.
  ///
  /// - Parameters:
  ///   - need: what the command uses of it.
  ///   - allowsErrors: whether the exposures' errors may stand for gain and readout noise.
  /// - Throws: `CRSError` (usage) that says how to give what is not known.
  package func lookup(
    _ stack: Stack, need: DetectorLookup.Need = .all, allowsErrors: Bool = true
  ) throws -> DetectorLookup {
    try DetectorLookup(
      stack: stack, gain: gain.wrappedValue, readoutNoise: rnoise.wrappedValue, bias: bias.wrappedValue,
      need: need, allowsErrors: allowsErrors)
  }

  package func manifests(named name: String) -> [ParameterManifest] {
    parameters.flatMap { $0.parameter.manifests(named: $0.name) }
  }

  package func receive(_ bound: Bound, named name: String) throws {
    for (name, parameter) in parameters { try parameter.receive(bound, named: name) }
  }
}
