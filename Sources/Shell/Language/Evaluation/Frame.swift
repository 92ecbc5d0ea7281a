import Kernels
import Pipeline

/// The names of a definition's body while it runs.
final class Frame {
  let definition: String
  var variables: [String: Value]
  /// What `return` gave.
  var results: [Value] = []
  /// Gives each command that draws numbers in the body a seed of its own.
  private var seeds: SeedSequence?

  init(definition: String, variables: [String: Value], seed: Int?) {
    (self.definition, self.variables) = (definition, variables)
    seeds = seed.map(SeedSequence.init)
  }

  /// Changes the value of a variable where it is; an error leaves it as it was.
  ///
  /// - Returns: the changed value, which nobody else holds.
  func change(_ name: String, _ body: (inout Value) throws -> Void) throws -> Value {
    var value = variables[name] ?? .none
    // The last result may be the same value.
    variables[name] = Value.none
    variables["_"] = Value.none
    do { try body(&value) } catch {
      (variables[name], variables["_"]) = (value, value)
      throw error
    }
    return value
  }

  /// nil where the definition draws nothing.
  func nextSeed() -> Int? { seeds?.next() }
}

/// Whole numbers that follow from one.
private struct SeedSequence {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

  mutating func next() -> Int {
    // SplitMix64: neighbouring seeds give unrelated sequences.
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) >> 33)
  }
}
