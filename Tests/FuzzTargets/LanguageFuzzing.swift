import Calling
import Files
import Foundation
import Kernels
import Language
import Pipeline
import TestSupport

/// Text as it is typed: parser, completion at its end, and the check that does not run it.
package final class LanguageFuzzing: FuzzTarget {
  package static let name = "language"
  package static let longest = 1024

  private let folder = try? ScratchFolder()
  private let file: ReusedFile
  private let fuzzed: FuzzSession
  private let completer: Completer

  package init() throws {
    guard let folder else { throw FuzzFault("no folder") }
    file = try ReusedFile("s.crs", in: folder)
    fuzzed = FuzzSession(
      registry: try FuzzSession.registry(), values: try FuzzSession.values(), frontend: FuzzFrontend())
    completer = Completer(session: fuzzed.session)
  }

  package func run(_ input: [UInt8]) throws {
    let text = String(decoding: input, as: UTF8.self)
    _ = fuzzed.interpreter.isUnfinished(text)
    // Files are looked for in the current folder, which is not the subject.
    if input.count < 200, !text.contains("/") { _ = completer.candidates(text) }
    try file.write(Array(text.utf8))
    for error in try fuzzed.interpreter.errors(inFile: file.path) {
      guard !error.message.isEmpty, error.line != nil else {
        throw FuzzFault("an error without a place: \(error)")
      }
    }
  }
}
