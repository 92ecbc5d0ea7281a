import Files
import Kernels

/// Variables of the environment that crs reads and cannot use as they are.
package enum EnvironmentCheck {
  /// A sentence on each; empty ones count as not set.
  package static func complaints(_ environment: [String: String]) -> [String] {
    variables.compactMap { name, isUsable, expected in
      guard let text = environment[name], !text.isEmpty, !isUsable(text) else { return nil }
      return "\(name) is '\(text.prefix(80))' and counts as not set, expected \(expected)"
    }
  }

  private static let variables: [(name: String, isUsable: @Sendable (String) -> Bool, expected: String)] = [
    ("CRS_MEMORY", { Memory.bytes($0) != nil }, "bytes, such as 800M, 2.5G or 1048576"),
    ("CRS_THREADS", { (Int($0) ?? 0) >= 1 }, "a number of threads from 1"),
    ("SOURCE_DATE_EPOCH", { Clock.seconds($0) != nil }, "seconds since 1970, up to the year 9999"),
  ]
}
