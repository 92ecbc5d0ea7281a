import Foundation

/// Places in the repository that tests read from.
public enum Repository {
  public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardized

  /// What other programs made; see the README there.
  public static let goldens = root.appendingPathComponent("Tests/Goldens")
}
