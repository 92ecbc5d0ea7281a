import Foundation

/// Random numbers that are the same everywhere (splitmix64), whatever the program draws.
package struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// 0 up to 1, without 1.
  package mutating func uniform() -> Double { Double(next() >> 11) / 0x1p53 }
  package mutating func below(_ limit: Int) -> Int { Int(uniform() * Double(limit)) }
  package mutating func normal() -> Double {
    (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
  }
}
