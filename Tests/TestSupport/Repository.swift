import Foundation

/// Places in the repository that tests read from.
package enum Repository {
  package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardized

  /// What other programs made; see the README there.
  package static let goldens = root.appendingPathComponent("Tests/Goldens")
}
