import Foundation
import FuzzTargets
import TestSupport
import Testing

/// Seeds of fuzzing, inputs that broke something once, and changes of both: what `scripts/fuzz` does at random, the same
/// each time.
@Suite struct CorpusTests {
  static let names = FuzzTargets.all.map { $0.name }

  private static let root = Repository.root.appending(path: "Tests/FuzzTests/Corpus")

  /// The inputs of a target, by the names of their files.
  private static func inputs(_ name: String) throws -> [(name: String, bytes: [UInt8])] {
    var folders = [root.appending(path: name)]
    if name == FITSFuzzing.name {
      folders.append(Repository.root.appending(path: "Tests/CoreTests/Fixtures/fits"))
    }
    return try folders.flatMap { folder in
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { file in
        (file, Array(try Data(contentsOf: folder.appending(path: file))))
      }
    }
  }

  /// The words of a dictionary of libFuzzer.
  private static func words(_ name: String) -> [[UInt8]] {
    let file = root.deletingLastPathComponent().appending(path: "Dictionaries/\(name).dict")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { line in
      guard line.first == "\"", line.last == "\"", line.count > 2 else { return nil }
      let word = line.dropFirst().dropLast()
      return Array(
        word.replacing("\\x0a", with: "\n").replacing("\\\"", with: "\"").replacing("\\\\", with: "\\").utf8)
    }
  }

  @Test(arguments: names) func inputsAndTheirChangesAreTakenOrRefused(_ name: String) throws {
    let type = try #require(FuzzTargets[name])
    let target = try type.init()
    let inputs = try Self.inputs(name)
    #expect(inputs.count >= 4)
    for input in inputs {
      let fault = target.fault(in: input.bytes)
      #expect(fault == nil, "\(input.name): \(fault ?? "")")
    }
    var mutation = Mutation(seed: 18, words: Self.words(name))
    // A number of tries, not a time, so that a busy machine changes nothing. A file of FITS takes longest: some children
    // unpack its tiles.
    let tries = name == FITSFuzzing.name ? 150 : 1500
    for tried in 0..<tries {
      let input = inputs[tried % inputs.count].bytes
      let other = inputs[(tried / inputs.count) % inputs.count].bytes
      let isFITS = name == FITSFuzzing.name && tried % 2 == 0
      let changed =
        isFITS ? mutation.changedFITS(input) : mutation.changed(input, other: other, longest: type.longest)
      let fault = target.fault(in: changed)
      #expect(fault == nil, "\(fault ?? ""): \(Data(changed).base64EncodedString())")
      guard fault == nil else { break }
    }
  }

  /// A target that finds nothing would be no test.
  @Test func faultsAreSeen() {
    final class Careless: FuzzTarget {
      static let name = "careless"
      static let longest = 8
      func run(_ input: [UInt8]) throws {
        guard input.first == 7 else { return }
        throw FuzzFault("seven")
      }
    }
    let target = Careless()
    #expect(target.fault(in: [1]) == nil)
    #expect(target.fault(in: [7]) == "FuzzFault: seven")
    var mutation = Mutation(seed: 1)
    var changes: Set<[UInt8]> = []
    for _ in 0..<500 { changes.insert(mutation.changed([1, 2, 3], longest: 8)) }
    #expect(changes.count > 300 && changes.allSatisfy { $0.count <= 8 })
    #expect(changes.contains { target.fault(in: $0) != nil } || !changes.contains { $0.first == 7 })
  }
}
