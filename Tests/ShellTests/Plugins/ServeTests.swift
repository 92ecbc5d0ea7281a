import Calling
import Commands
import Files
import Foundation
import Kernels
import Language
import Pipeline
import Plugins
import TestSupport
import Testing

@testable import Shell

/// `crs --serve`: the built-in commands as the commands of a plugin.
@Suite(.serialized) struct ServeTests {
  private static let session = "Session"

  /// The manifests of all commands that are not about the session.
  private static func manifests() throws -> [CommandManifest] {
    try Builtins.registry().manifests.filter { $0.family != session && $0.effect != .session }
  }

  /// The built-in commands, run by another crs.
  private static func servedRegistry(in folder: ScratchFolder) throws -> CommandRegistry {
    let json: JSONValue = [
      "protocol": 1, "name": "crs", "version": .text(CRSVersion.text), "summary": "the commands of crs",
      "run": [.text(Program.url.path), "--serve"], "keep": true,
      "commands": try JSONValue(parsing: Array(try JSONEncoder().encode(manifests()))),
    ]
    try FileManager.default.createDirectory(atPath: folder.file("crs"), withIntermediateDirectories: true)
    _ = try folder.write(json.bytes, "crs/plugin.json")
    let plugin = FoundPlugin(name: "crs", path: folder.file("crs"), isFolder: true)
    if case .refused(let error) = plugin.state { throw error }
    var registry = CommandRegistry()
    for entry in PluginEntries.entries(of: plugin) { try registry.register(entry) }
    for name in try Builtins.registry().names where registry[name] == nil {
      try Builtins.registry()[name].map { try registry.register($0) }
    }
    return registry
  }

  private static func results(_ text: String, _ registry: CommandRegistry) throws -> [Value] {
    let session = Session(registry: registry)
    let context = CommandContext(work: Work(), host: session, report: { _ in }, note: { _ in })
    return try Interpreter.results(of: text, context: context, like: session)
  }

  @Test func everyExampleGivesTheSameBits() throws {
    let folder = try ScratchFolder()
    let here = try Builtins.registry()
    let there = try Self.servedRegistry(in: folder)
    var count = 0
    for manifest in try Self.manifests() {
      for example in manifest.examples {
        // What writes files writes to the same names twice.
        let work = try (ScratchFolder(), ScratchFolder())
        let mine = try CurrentFolder.with(work.0.path) { try Self.results(example, here) }
        let theirs = try CurrentFolder.with(work.1.path) { try Self.results(example, there) }
        let difference = ValueDifference.first(mine.map(Self.timeless), theirs.map(Self.timeless))
        #expect(difference == nil, "\(manifest.name): \(difference ?? "")\n\(example)")
        #expect(work.0.names == work.1.names, "\(manifest.name)")
        count += 1
      }
    }
    PluginPrograms.shared.end()
    #expect(count > 20)
  }

  /// Without the line that says when masks were made.
  private static func timeless(_ value: Value) -> Value {
    guard case .maskSet(var masks) = value else { return value }
    masks.history.removeAll { $0.hasPrefix("at ") }
    return .maskSet(masks)
  }

  /// A file with an empty table behind an empty primary HDU.
  private static var table: [UInt8] {
    func block(_ cards: [String]) -> [UInt8] {
      let text = (cards + ["END"]).map { $0.padding(toLength: 80, withPad: " ", startingAt: 0) }.joined()
      return Array(text.padding(toLength: 2880, withPad: " ", startingAt: 0).utf8)
    }
    func card(_ name: String, _ value: String) -> String {
      name.padding(toLength: 8, withPad: " ", startingAt: 0) + "= "
        + String(repeating: " ", count: max(0, 20 - value.count)) + value
    }
    return block([card("SIMPLE", "T"), card("BITPIX", "8"), card("NAXIS", "0")])
      + block([
        "XTENSION= 'BINTABLE'", card("BITPIX", "8"), card("NAXIS", "2"), card("NAXIS1", "0"),
        card("NAXIS2", "0"), card("PCOUNT", "0"), card("GCOUNT", "1"), card("TFIELDS", "0"),
      ])
  }

  /// All that an image can carry goes there and back.
  @Test func everyPlaneCrosses() throws {
    let folder = try ScratchFolder()
    let there = try Self.servedRegistry(in: folder)
    let shape = (width: 7, height: 5)
    func plane(_ start: Float) -> Plane<Float> {
      Plane(width: shape.width, height: shape.height, pixels: (0..<35).map { start + Float($0) / 3 })
    }
    var pixels = plane(-3)
    pixels[2, 3] = .nan
    pixels[3, 3] = -.infinity
    pixels[4, 3] = -0.0
    var image = Image(
      pixels: pixels, unit: PixelUnit(parsing: "electron / s"),
      header: Header(cards: [
        "OBJECT  = 'M 31    '           / a name", "EXPTIME =  1.2E3 / odd spelling",
        "GAIN    =                  1.9",
        "COMMENT   two  blanks", "HIERARCH ESO DET RON = 3.0 / noise", "UNDEF   =",
        "ESO-LOG 00:00:00> DATE = '1992' / day", "COMPLEX = (1.0, 2.0)",
        "LONG    = 'a text that is so long that it has to go on with another card, as &'",
        "CONTINUE  'the convention says' / at last", "HISTORY what happened",
      ]), storedType: .float64,
      exactPixels: .float64((0..<35).map { Double($0) / 7 }),
      mask: Mask(plane: Plane(width: 7, height: 5, repeating: 1)),
      uncertainty: Uncertainty(
        kind: .variance, values: plane(1), exactValues: (0..<35).map { Double($0) / 9 }),
      planes: [ExtraPlane(name: "DQ", pixels: .int32(Plane(width: 7, height: 5, repeating: -70_000)))],
      detector: DetectorFacts(gain: 2.5, readoutNoise: nil, bias: -0.25))
    image.detector.saturation = Known(60000, .header(hdu: 0, card: "SATURATE", note: "text"))
    image.detector.readoutNoise = Known(.plane(plane(2)), .value)
    image.primaryHeader = Header(cards: ["TELESCOP= 'a primary card'"])
    image.inputType = .int64
    image.origin = ImageOrigin(file: "a b.fits", hdu: 1, name: "SCI")
    image.others.append(.carried(CarriedHDU(name: "TABLE", number: 4, bytes: Self.table)))
    image.othersInFront = 1
    let entry = try #require(there["copy"])
    let session = Session(registry: there)
    let context = CommandContext(work: Work(), host: session, report: { _ in }, note: { _ in })
    let parameter = try #require(entry.manifest.parameters.first)
    for value in [
      Value.image(image), .integer(9_007_199_254_740_993), .number(4), .number(-.infinity), .text("ü\"\n"),
    ] {
      let back = try entry.call([Argument(name: parameter.name, value: value)], context).values
      let difference = ValueDifference.first([value], back)
      #expect(difference == nil, "\(difference ?? "")")
    }
    PluginPrograms.shared.end()
  }

  @Test func theExampleOfTheDocumentsRuns() throws {
    let text = try String(
      contentsOf: Repository.root.appendingPathComponent("docs/plugins.md"), encoding: .utf8)
    let start = try #require(text.range(of: "```python\nimport json, subprocess"))
    let code = text[start.lowerBound...].dropFirst(10).prefix { _ in true }
    let program = try String(code[..<#require(code.firstRange(of: "\n```")).lowerBound])
    #expect(program.split(separator: "\n").count <= 40)
    let folder = try ScratchFolder()
    let file = try folder.write(program, "drive.py")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("crs"), withDestinationPath: Program.url.path)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", file]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["PATH": folder.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")]) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    let before = Self.exchangeFolders
    try process.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(said)")
    #expect(
      said.contains("'name': 'crs'") && said.contains("pixels flagged") && said.contains("(50, 60)"),
      "\(said)")
    #expect(Self.exchangeFolders.subtracting(before).isEmpty)
  }

  private static var exchangeFolders: Set<String> {
    Set(
      ((try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")) ?? []).filter {
        $0.hasPrefix("tmp")
      })
  }

  @Test func callsThatWaitAtTheEndOfInputAreAnswered() throws {
    let folder = try ScratchFolder()
    let calls = (1...4).map { "{\"call\":\($0),\"statement\":\"! sleep 0.2\"}\n" }.joined()
    let ended = try Program.run(["--serve"], in: folder.url, input: calls)
    let said = try ended.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    #expect(ended.status == 0)
    for call in 1...4 {
      let answers = said.filter { $0["call"]?.int == call && ($0["error"] != nil || $0["results"] != nil) }
      #expect(answers.count == 1, "\(call): \(said)")
    }
  }

  @Test func theEndOfInputCancels() throws {
    let folder = try ScratchFolder()
    let start = Date()
    let ended = try Program.run(
      ["--serve"], in: folder.url, input: "{\"call\":1,\"statement\":\"! sleep 0.1\"}\n")
    #expect(ended.status == 0 && Date().timeIntervalSince(start) < 10)
  }

  // MARK: - Words of the protocol

  private func serve(_ lines: String) throws -> [JSONValue] {
    // The end of input would cancel what runs.
    let folder = try ScratchFolder()
    let ended = try Program.run(
      ["--serve"], in: folder.url, input: lines, by: ["sh", "-c", "(cat; sleep 5) | \"$0\" \"$@\""])
    #expect(ended.status == 0)
    return try ended.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
  }

  @Test func errorsHaveCodesAndNothingElseIsPrinted() throws {
    let said = try serve(
      """
      {"hello":{"protocol":3}}
      {"call":1,"command":"mediam","arguments":{}}
      {"call":2,"command":"load","arguments":{"files":["nothere.fits"]}}
      {"call":3,"statement":"! echo one; cat; echo two"}
      {"call":4,"statement":"x = 3 +"}
      {"cancel":4}
      {"call":5,"statement":"y = 2 + 2"}
      no json
      {"call":6,"command":"copy","arguments":{"value":{"variable":"y"}}}

      """)
    func last(_ call: Int) -> JSONValue? { said.last { $0["call"]?.int == call } }
    #expect(said.first?["hello"]?["protocol"] == 1)
    #expect(last(1)?["error"]?["code"] == "usage")
    #expect(last(2)?["error"]?["code"] == "file")
    #expect(said.filter { $0["call"]?.int == 3 }.compactMap { $0["report"]?.string } == ["one", "two"])
    #expect(last(4)?["error"]?["code"] == "usage")
    #expect(last(5)?["results"] == [4])
    #expect(last(6)?["results"] == [4])
    #expect(said.contains { $0["error"] != nil && $0["call"] == nil })
  }
}
