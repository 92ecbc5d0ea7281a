import Files
import Kernels
import Pipeline

/// Gain, readout noise and bias of a stack as parameters of a command; what is left out, the exposures say.
@propertyWrapper
package struct DetectorParameters: DeclaredParameter {
  private let gain: Parameter<Double?>
  private let rnoise: Parameter<Double?>
  private let bias: Parameter<Double?>

  /// - Parameter source: behind the help of gain and readout noise: where they come from when left out.
  package init(_ source: String = "") {
    gain = Parameter(wrappedValue: nil, "gain" + source, unit: "e-/ADU", above: 0, upTo: 1e6)
    rnoise = Parameter(wrappedValue: nil, "readout noise" + source, unit: "ADU", in: 0...1e6)
    bias = Parameter(wrappedValue: nil, "bias level", unit: "ADU", in: -1e7...1e7)
  }

  package var wrappedValue: DetectorParameters { self }

  private var parameters: [(name: String, parameter: Parameter<Double?>)] {
    [("gain", gain), ("rnoise", rnoise), ("bias", bias)]
  }

  /// Whether any was given.
  package var isGiven: Bool { parameters.contains { $0.parameter.wrappedValue != nil } }

  /// The detectors of a stack.
  ///
  /// - Parameter allowsErrors: whether the exposures' errors may stand in for gain and readout noise.
  /// - Throws: `CRSError` (data) where neither a parameter nor an exposure says a number that is needed.
  package func lookup(_ stack: Stack, allowsErrors: Bool = true) throws -> DetectorLookup {
    try DetectorLookup(
      stack: stack, gain: gain.wrappedValue, readoutNoise: rnoise.wrappedValue, bias: bias.wrappedValue,
      allowsErrors: allowsErrors)
  }

  package func manifests(named name: String) -> [ParameterManifest] {
    parameters.flatMap { $0.parameter.manifests(named: $0.name) }
  }

  package func receive(_ bound: Bound, named name: String) throws {
    for (name, parameter) in parameters { try parameter.receive(bound, named: name) }
  }
}
