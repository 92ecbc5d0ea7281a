import Foundation

/// Places in the repository that tests read from.
package enum Repository {
  package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardized

  /// The parameter file of the first example, for exposures of the prefix e.
  package static func demo() throws -> String {
    try String(contentsOf: root.appendingPathComponent("examples/demo.yaml"), encoding: .utf8)
      .replacingOccurrences(of: "OUTPUT/exposure", with: "e")
  }

  /// What other programs made; see the README there.
  package static let goldens = root.appendingPathComponent("Tests/Goldens")
}
