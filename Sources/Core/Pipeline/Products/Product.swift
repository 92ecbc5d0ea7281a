import Files
import Kernels

/// A file that a run leaves, or several that are made in one go.
package struct Product: Sendable {
  package enum Content: Sendable {
    case pixels(FITSDocument)
    case text(String)
    /// Makes the files, one for each name.
    case drawing(@Sendable ([AtomicFile]) throws -> Void)
    /// What an earlier run left goes, so that it is not taken for this one's.
    case nothing
  }

  package let names: [String]
  package let content: Content

  /// Whether it leaves files at all.
  package var isWritten: Bool { if case .nothing = content { false } else { true } }

  package init(_ names: String..., content: Content) { (self.names, self.content) = (names, content) }

  /// A table, nothing without rows.
  package init(_ name: String, _ table: Table) {
    self.init(name, content: table.rows.isEmpty ? .nothing : .text(table.csv))
  }

  /// Lines of text.
  package init(_ name: String, _ lines: [String]) {
    self.init(name, content: .text(lines.joined(separator: "\n") + "\n"))
  }
}
