import Foundation
import Testing

/// docs/architecture.md and the files that it names.
@Suite struct DocumentTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test func architectureNamesFilesThatAreThere() throws {
    let text = try String(
      contentsOf: Self.root.appending(path: "docs/architecture.md"), encoding: .utf8)
    let below = try FileManager.default.subpathsOfDirectory(
      atPath: Self.root.appending(path: "Sources").path)
    let names = text.matches(of: /`([A-Za-z0-9+\/-]+(?:\/|\.)[A-Za-z0-9+\/.-]+)`/).map { String($0.1) }
    #expect(names.count > 30)
    for name in names {
      let isThere =
        FileManager.default.fileExists(atPath: Self.root.appending(path: name).path)
        || below.contains { $0 == name || $0.hasSuffix("/" + name) }
      #expect(isThere, "\(name)")
    }
    // Two pages.
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 110)
  }
}
