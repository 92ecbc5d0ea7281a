import Foundation
import Kernels
import Pipeline
import TestSupport

/// Notebooks as programs.
package final class NotebookFuzzing: FuzzTarget {
  package static let name = "notebooks"
  package static let longest = 4096

  private let folder = try? ScratchFolder()
  private let file: ReusedFile

  package init() throws {
    guard let folder else { throw FuzzFault("no folder") }
    file = try ReusedFile("n.ipynb", in: folder)
  }

  package func run(_ input: [UInt8]) throws {
    try file.write(input)
    _ = try NotebookProgram(at: file.path)
  }
}
