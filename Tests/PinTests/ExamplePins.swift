import Foundation
import TestSupport
import Testing

/// What the examples of the repository report and write.
@Suite struct ExamplePins {
  /// "crs ..." with files of the folder examples; `$ crs ...` lines make the exposures.
  @Test func productsOfExamples() throws {
    var pins = try Pins("examples")
    let examples = Repository.root.appendingPathComponent("examples")
    try pins.check { entry in
      let folder = try PinFolder()
      for name in folder.scratch.names { try FileManager.default.removeItem(at: folder.url(name)) }
      for line in entry.preparation {
        let made = try folder.run(Array(words(line).dropFirst()))
        #expect(made.status == 0, "\(made.errors)")
      }
      for name in try FileManager.default.contentsOfDirectory(atPath: examples.path) where name != "plugins" {
        try FileManager.default.copyItem(at: examples.appendingPathComponent(name), to: folder.url(name))
      }
      let old = Set(folder.scratch.names)
      let ended = try folder.run(Array(words(entry.input[0]).dropFirst()))
      var lines = ended.output.components(separatedBy: "\n").dropLast() + ended.told.map { "! " + $0 }
      for name in try Products.new(in: folder.scratch.url, besides: old) {
        lines += try Products.description(of: name, in: folder.scratch.url)
      }
      return lines
    }
  }
}
