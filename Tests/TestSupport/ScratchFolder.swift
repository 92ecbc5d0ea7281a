import Foundation

/// A folder of its own for a test; it goes with the last reference.
package final class ScratchFolder: Sendable {
  package let url: URL
  package var path: String { url.path }

  package init() throws { url = try Self.made() }

  /// A folder that the caller removes.
  package static func made() throws -> URL {
    let url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("crs-tests-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  package func file(_ name: String) -> String { path + "/" + name }

  /// - Returns: the path of the file.
  package func write(_ bytes: [UInt8], _ name: String) throws -> String {
    try Data(bytes).write(to: url.appendingPathComponent(name))
    return file(name)
  }

  package func write(_ text: String, _ name: String) throws -> String { try write(Array(text.utf8), name) }

  package var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}
