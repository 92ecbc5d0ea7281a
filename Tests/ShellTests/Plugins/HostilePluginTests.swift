import Foundation
import TestSupport
import Testing

/// Whatever a plugin does, the call ends with a clear error, the session goes on, and nothing is left behind.
@Suite struct HostilePluginTests {
  private let folder: ScratchFolder
  private var plugins: String { folder.path + "/plugins" }
  private var exchange: String { folder.path + "/exchange" }

  init() throws {
    folder = try ScratchFolder()
    try HostilePlugin.write(into: folder.path + "/plugins")
    try FileManager.default.createDirectory(
      atPath: folder.path + "/exchange", withIntermediateDirectories: true)
  }

  private func run(_ statements: String, by starter: [String] = []) throws -> Program.Ended {
    try Program.run(
      ["-"], in: folder.url,
      input:
        "set plugin_folder='\(exchange)' on_error=continue\ns = simulate nx=60 ny=50 n=1 seed=1\nx = s[1]\n"
        + statements, environment: ["CRS_PLUGIN_PATH": plugins, "XDG_CONFIG_HOME": folder.path], by: starter)
  }

  private var leftOver: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: exchange)) ?? []).filter { $0.hasPrefix("crs-") }
  }

  @Test(arguments: [
    ("kind", "the result out of the plugin hostile: "), ("shape", "mask is 3x3"),
    ("half", "sent no message of JSON: {\"call\":1,\"resu"),
    ("exits", "ended with status 3; its last lines:\n  the detector is on fire"),
    ("killed", "was killed by signal 9"), ("cut", "is cut: 120 bytes of the 1200000"),
    ("fifo", "is no regular file"),
    ("link", "is a link"), ("above", "is not in the folder of the call"), ("huge", "claims 1099511627776 x"),
    ("pickled", "elements of type '|O'"), ("unknown", "sent no message of this call"),
    ("few", "gave 0 results, expected 1: out"), ("lines", "sent a line of more than 16 MiB"),
    ("binary", "sent no message of JSON"), ("shrinks", "out"),
  ])
  func breachesEndTheCallAlone(_ command: String, _ expected: String) throws {
    let ended = try run("y = \(command) x\nz = well x\n")
    if command != "shrinks" || ended.errors.contains("error:") {
      #expect(ended.errors.contains("error: "), "\(ended)")
      #expect(ended.errors.contains(expected), "\(ended.errors)")
    }
    #expect(ended.output.contains("z: Image 6x5"), "\(ended)")
    #expect(leftOver == [])
  }

  @Test func whatIsAllowedWorks() throws {
    let ended = try run("a = deletes x\nb = same x\nc = stats (b - x) max\n")
    #expect(ended.output.contains("a: Image 6x5"), "\(ended)")
    #expect(ended.output.contains("b: Image 60x50"))
    #expect(leftOver == [])
  }

  @Test func resultsAreOutOfReachOnceTheyAreThere() throws {
    let ended = try run(
      "a = keeps x\nb = keeps x\nc = keeps x\np = stats a max\nq = stats b max\nboth = p + q\n")
    #expect(ended.output.contains("both: 2"), "\(ended)")
    #expect(leftOver == [])
  }

  /// The program reads nothing and fills its output, while crs has more to send than a pipe holds.
  @Test func bothPipesMayBeFull() throws {
    let long = " list=[" + (1...90_000).map { "\($0)" }.joined(separator: ", ") + "]"
    let start = Date()
    let ended = try run("y = stuffs x\nz = well x\(long)\n", by: ["timeout", "-s", "INT", "6"])
    #expect(Date().timeIntervalSince(start) < 25)
    #expect(ended.output.contains("y: Image 6x5"), "\(ended.errors.suffix(300))")
    #expect(ended.errors.contains("interrupted"), "\(ended.errors.suffix(300))")
    #expect(leftOver == [])
  }

  @Test func floodsAreThinned() throws {
    let ended = try run("y = flood x\nz = well x\n")
    #expect(ended.output.contains("y: Image 6x5") && ended.output.contains("z: Image 6x5"))
    #expect(ended.errors.utf8.count < 30_000_000)
  }

  @Test(arguments: ["hang", "late", "deaf"]) func interruptsHold(_ command: String) throws {
    let long = command == "deaf" ? " list=[" + (1...90_000).map { "\($0)" }.joined(separator: ", ") + "]" : ""
    let start = Date()
    let ended = try run("y = \(command) x\(long)\n", by: ["timeout", "-s", "INT", "2"])
    #expect(Date().timeIntervalSince(start) < 15)
    #expect(ended.errors.contains("interrupted"), "\(ended.errors.suffix(300))")
    #expect(!ended.output.contains("y: "))
    #expect(leftOver == [])
  }

  @Test func theProgramDiesWithCrs() throws {
    let ended = try run("y = sleepy x\n", by: ["timeout", "-s", "KILL", "2"])
    let words = ended.errors.split(whereSeparator: \.isWhitespace)
    let place = try #require(words.firstIndex(of: "begun"))
    let process = try #require(Int32(words[place + 1]))
    for _ in 0..<50 where kill(process, 0) == 0 { usleep(100_000) }
    #expect(kill(process, 0) != 0)
    // The folder goes with the next session that uses a plugin.
    #expect(leftOver.count == 1)
    _ = try run("z = well x\n")
    #expect(leftOver == [])
  }

  @Test func protocolsAndNamesAreCompared() throws {
    let program = URL(fileURLWithPath: plugins + "/hostile/plugin.py")
    for (old, new, expected) in [
      ("\"protocol\": 1", "\"protocol\": 9", "speaks protocol 9, crs"),
      (
        "\"name\": \"hostile\"", "\"name\": \"other\"",
        "says that it is other 1.0.0, plugin.json that it is hostile"
      ),
    ] {
      try Data(HostilePlugin.program.replacing(old, with: new).utf8).write(to: program)
      let ended = try run("z = well x\n")
      #expect(ended.errors.contains(expected), "\(ended.errors)")
    }
  }

  // MARK: - Manifests and trust

  private func listed(_ json: String) throws -> Program.Ended {
    try Data(json.utf8).write(to: URL(fileURLWithPath: plugins + "/hostile/plugin.json"))
    return try run("plugin list\nvars\n")
  }

  @Test func invalidManifestsSayWhere() throws {
    for (json, expected) in [
      (
        HostilePlugin.description(alias: "[\"image\"]"),
        "commands, well, parameters, list: 'image' is a name of the parameter image too"
      ),
      (HostilePlugin.description(more: "\"library\": \"x.so\","), "library: stands beside run"),
      (HostilePlugin.description(name: "other"), "name: 'other' is not the name of the folder"),
      (
        HostilePlugin.description().replacing("\"protocol\": 1", with: "\"protocol\": 2"),
        "protocol: the plugin speaks protocol 2"
      ),
      (
        HostilePlugin.description().replacing("\"kind\": \"list\"", with: "\"kind\": \"lists\""),
        "is no kind: image, stack"
      ),
      ("{ \"protocol\": 1,", "plugin.json: no JSON"),
    ] {
      let ended = try listed(json)
      #expect(ended.errors.contains("warning: the plugin hostile is left out: "), "\(ended)")
      #expect(ended.errors.contains(expected), "\(expected): \(ended.errors)")
      #expect(ended.output.contains("x"))
    }
  }

  @Test func takenNamesAreLeftOut() throws {
    let ended = try listed(HostilePlugin.description(commands: ["well", "median", "sqrt", "end"]))
    for name in ["median", "end"] {
      #expect(
        ended.errors.contains("the command \(name) of the plugin hostile is left out"), "\(ended.errors)")
    }
    #expect(ended.output.contains("hostile 1.0.0 (process): well"))
  }

  @Test(arguments: ["plugins/hostile", "plugins", "plugins/hostile/plugin.json"])
  func whatOthersCanWriteIsNotTrusted(_ path: String) throws {
    let file = folder.path + "/" + path
    let mode = path.hasSuffix(".json") ? 0o666 : 0o777
    #expect(chmod(file, mode_t(mode)) == 0)
    let ended = try run("plugin list\nz = well x\n")
    #expect(ended.errors.contains("is not trusted: everybody can write \(file)"), "\(ended.errors)")
    #expect(!ended.output.contains("z: "))
  }

  @Test func theFirstOfANameIsTaken() throws {
    let second = try ScratchFolder()
    try HostilePlugin.write(into: second.path)
    let ended = try Program.run(
      ["-c", "plugin list"], in: folder.url, environment: ["CRS_PLUGIN_PATH": plugins + ":" + second.path])
    #expect(ended.errors.contains("comes first"))
    #expect(ended.output.contains(plugins + "/hostile"))
  }
}
