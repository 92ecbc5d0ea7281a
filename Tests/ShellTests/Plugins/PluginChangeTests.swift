import Foundation
import Pipeline
import TestSupport
import Testing

/// Plugins that change while they are used, that are left out, and that a replay needs.
@Suite struct PluginChangeTests {
  private let folder: ScratchFolder
  private var environment: [String: String] {
    ["CRS_PLUGIN_PATH": folder.path + "/plugins", "XDG_CONFIG_HOME": folder.path + "/config"]
  }

  init() throws { folder = try ScratchFolder() }

  private func crs(_ arguments: String..., by starter: [String] = []) throws -> Program.Ended {
    try Program.run(arguments, in: folder.url, environment: environment, by: starter)
  }

  private func edit(_ file: String, _ old: String, _ new: String) throws {
    let url = folder.url.appendingPathComponent(file)
    let text = try String(contentsOf: url, encoding: .utf8)
    #expect(text.contains(old))
    try Data(text.replacing(old, with: new).utf8).write(to: url)
  }

  /// Statements of one session, each typed after the one before has ended.
  private func typed(_ statements: [String]) throws -> [JSONValue] {
    let calls = statements.enumerated().map { k, text in
      let json: JSONValue = ["call": .integer(k + 1), "statement": .text(text)]
      return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }
    let ended = try Program.run(
      ["--serve"], in: folder.url, input: calls.joined(), environment: environment,
      by: ["sh", "-c", "(cat; sleep 12) | \"$0\" \"$@\""])
    return try ended.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
  }

  private func isSeven(_ call: Int, _ said: [JSONValue]) -> Bool {
    let results = said.first { $0["call"]?.int == call && $0["results"] != nil }?["results"]
    return results == [.number(7)] || results == [7]
  }

  // MARK: - Words of subcommands

  @Test func subcommandsTakeNamesAsThePromptDoes() throws {
    #expect(try crs("plugin", "new", "kk", "kind=python").status == 0)
    #expect(FileManager.default.fileExists(atPath: folder.file("plugins/kk/plugin.py")))
    for (words, expected) in [
      (["list", "extra"], "'extra' is too much"), (["info", "kk", "more"], "'more' is too much"),
      (["check", "kk", "kind=c"], "takes no kind"), (["new", "a", "b"], "'b' is too much"),
      (["new", "a", "kinds=c"], "'kinds' is not a parameter of plugin"),
      (["need", "kk", "1.0", "2.0"], "too many arguments"), (["disable", "kk"], "is no library"),
    ] {
      let ended = try Program.run(["plugin"] + words, in: folder.url, environment: environment)
      #expect(ended.status != 0 && ended.errors.contains(expected), "\(words): \(ended)")
    }
    #expect(try crs("simulate", "nx=40", "ny=30", "n=1", "seed=1").output.contains("40x30"))
    // A file of such a name is a file.
    _ = try crs("simulate", "nx=40", "ny=30", "n=1", "seed=1", "--out", "n=1.fits")
    #expect(try crs("info", "n=1.fits").output.contains("40"))
  }

  // MARK: - Changes

  @Test func editedProgramsRunAnew() throws {
    #expect(try crs("plugin", "new", "demo", "kind=python").status == 0)
    let said = try typed([
      "s = simulate nx=60 ny=50 n=1 seed=1", "x = demo (s[1])", "a = stats x max",
      "! sed -i 's/(image.pixels - level) . factor/image.pixels * 0 + 7/' plugins/demo/plugin.py",
      "x = demo (s[1])", "b = stats x max",
      "! sed -i 's/\"0.1.0\"/\"0.2.0\"/' plugins/demo/plugin.json", "x = demo (s[1])", "provenance x",
    ])
    #expect(isSeven(6, said), "\(said)")
    #expect(!isSeven(3, said))
    let notes = said.compactMap { $0["note"]?.string }
    #expect(notes.contains("the plugin demo has changed and was read anew"), "\(said)")
    #expect(notes.contains("the plugin demo has changed and was read anew, version 0.2.0"), "\(said)")
    #expect(said.contains { $0["report"]?.string == "plugin need demo 0.2.0" }, "\(said)")
  }

  @Test func editedScriptsRunAnew() throws {
    #expect(try crs("plugin", "new", "demo", "kind=script").status == 0)
    let said = try typed([
      "s = simulate nx=60 ny=50 n=1 seed=1", "x = demo (s[1])",
      "! sed -i 's/out = .*/out = image * 0 + 7/' plugins/demo/demo.crs", "x = demo (s[1])",
      "b = stats x max",
      "! echo 'def broken' >> plugins/demo/demo.crs", "x = demo (s[1])",
    ])
    #expect(isSeven(5, said), "\(said)")
    #expect(said.last?["error"]?["message"]?.string?.contains("demo") == true, "\(said)")
    #expect(said.contains { $0["note"]?.string?.contains("demo.crs:") == true }, "\(said)")
  }

  @Test func rebuiltLibrariesRunOnceTheyAreEnabled() throws {
    #expect(try crs("plugin", "new", "demo", "kind=c").status == 0)
    let said = try typed([
      "s = simulate nx=60 ny=50 n=1 seed=1", "x = demo (s[1])",
      "! sed -i 's/out.i. = .*;/out[i] = 7;/' plugins/demo/demo.c && make -s -C plugins/demo",
      "x = demo (s[1])", "plugin enable demo", "x = demo (s[1])", "b = stats x max", "plugin disable demo",
      "x = demo (s[1])",
    ])
    let refused = said.first { $0["call"]?.int == 4 && $0["error"] != nil }
    #expect(
      refused?["error"]?["message"]?.string?.contains("not the one that was enabled") == true, "\(said)")
    #expect(isSeven(7, said), "\(said)")
    #expect(said.last?["error"]?["message"]?.string?.contains("was not enabled") == true, "\(said)")
  }

  // MARK: - Libraries

  private func rebuilt(_ old: String, _ new: String) throws {
    #expect(try crs("plugin", "new", "demo", "kind=c").status == 0)
    try edit("plugins/demo/demo.c", old, new)
    let made = Process()
    made.executableURL = URL(fileURLWithPath: "/usr/bin/make")
    made.arguments = ["-s", "-C", folder.file("plugins/demo")]
    try made.run()
    made.waitUntilExit()
    #expect(made.terminationStatus == 0)
    #expect(try crs("plugin", "enable", "demo").status == 0)
  }

  private static let use = "s = simulate nx=60 ny=50 n=1 seed=1\nx = demo (s[1])\n"

  @Test func resultsThatDoNotFitAreNull() throws {
    try rebuilt(
      "host->result_image(call, \"out\", width, height)", "host->result_image(call, \"out\", 100000, 100000)")
    let ended = try crs("-c", "set on_error=continue\n" + Self.use + "y = 1 + 1")
    #expect(ended.errors.contains("there is not enough memory"), "\(ended)")
    #expect(ended.output.contains("y: 2"))
  }

  @Test func librariesGiveUncertainties() throws {
    try rebuilt(
      "const float by = (float)factor;",
      "const float by = (float)factor;\n  float *sd = host->result_uncertainty(call, \"out\");\n"
        + "  if (!sd) return host->fail(call, \"no buffer\", NULL, NULL, NULL);\n"
        + "  for (size_t i = 0; i < count; i++) sd[i] = 3;")
    let ended = try crs("-c", Self.use + "save x x.fits; info x.fits")
    #expect(ended.status == 0 && ended.output.contains("UNCERT"), "\(ended)")
  }

  @Test func aLibraryThatHangsCanBeLeft() throws {
    try rebuilt(
      "const float by = (float)factor;", "for (volatile int k = 0; k < 2; k *= 1) { }\n  const float by = 1;")
    let ended = try crs(
      "-c", Self.use,
      by: [
        "bash", "-c",
        "\"$0\" \"$@\" & p=$!; sleep 4; kill -INT $p; sleep 3; kill -INT $p; sleep 0.5; wait $p; echo status $?",
      ])
    #expect(ended.errors.contains("goes on and cannot be stopped"), "\(ended)")
    #expect(ended.errors.contains("crs ends, and the library of the plugin demo with it"))
    #expect(ended.output.contains("status 130"))
    let start = Date()
    let served = try Program.run(
      ["--serve"], in: folder.url,
      input: "{\"call\":1,\"statement\":\"s = simulate nx=60 ny=50 n=1 seed=1; x = demo (s[1])\"}\n",
      environment: environment, by: ["sh", "-c", "(cat; sleep 2) | timeout 20 \"$0\" \"$@\""])
    #expect(served.status == 0 && Date().timeIntervalSince(start) < 15, "\(served)")
    #expect(served.output.contains("{\"call\":1,\"error\":{\"code\":\"interrupted\""), "\(served)")
  }

  @Test func theTemplatesAgree() throws {
    #expect(try crs("plugin", "new", "inc", "kind=c").status == 0)
    #expect(try crs("plugin", "new", "inpython", "kind=python").status == 0)
    let ended = try crs(
      "-c",
      """
      s = simulate nx=60 ny=50 n=1 seed=1
      a = inc (s[1]) factor=0.3
      b = inpython (s[1]) factor=0.3
      different = countflagged (a != b)
      """)
    #expect(ended.output.contains("different: 0"), "\(ended)")
  }

  // MARK: - Replay

  @Test func notebooksNameThePluginsThatTheyNeed() throws {
    #expect(try crs("plugin", "new", "demo", "kind=python").status == 0)
    #expect(try crs("-c", Self.use + "history s.ipynb").status == 0)
    let text = try String(contentsOfFile: folder.file("s.ipynb"), encoding: .utf8)
    #expect(text.contains("plugin need demo 0.1.0"), "\(text)")
    #expect(try crs("s.ipynb").status == 0)
    try edit("plugins/demo/plugin.json", "0.1.0", "0.2.0")
    let other = try crs("s.ipynb")
    #expect(other.errors.contains("needs the plugin demo 0.1.0") && !other.output.contains("s: "), "\(other)")
  }

  @Test func replayRefusesWhatCannotRun() throws {
    #expect(try crs("plugin", "new", "demo", "kind=c").status == 0)
    #expect(try crs("-c", Self.use + "history s.crs").status == 0)
    #expect(try crs("s.crs").status == 0)
    #expect(try crs("plugin", "disable", "demo").status == 0)
    let disabled = try crs("s.crs")
    #expect(
      disabled.errors.contains("which cannot run: the library was not enabled")
        && !disabled.output.contains("s: "), "\(disabled)")
    try Data("no library".utf8).write(to: folder.url.appendingPathComponent("plugins/demo/demo.so"))
    #expect(try crs("plugin", "enable", "demo").status == 0)
    let broken = try crs("s.crs")
    #expect(
      broken.errors.contains("is no shared library for this machine") && !broken.output.contains("s: "),
      "\(broken)")
  }

  // MARK: - Scripts

  private func script(_ text: String) throws {
    try FileManager.default.createDirectory(atPath: folder.file("plugins"), withIntermediateDirectories: true)
    _ = try folder.write(text, "plugins/habits.crs")
  }

  @Test func faultyScriptsSayWhere() throws {
    try script("def good image\n  return image\nend\n\ndef bad image\n  x = nothere image\n  return x\nend\n")
    let ended = try crs("plugin", "list")
    #expect(ended.errors.contains("habits.crs:6:"), "\(ended)")
    #expect(ended.output.contains("left out: ") && ended.output.contains("habits.crs:6:"), "\(ended)")
    try script("x = 3\n")
    #expect(try crs("plugin", "list").errors.contains("habits.crs:1:"))
  }

  @Test func onlyTheCommandThatClashesIsLeftOut() throws {
    try script(
      "def load image\n  return image\nend\ndef sqrt image\n  return image\nend\n"
        + "def habit image\n  # Twice\n  # example: a = 2 + 2; habit 4\n  return image * 2\nend\n")
    let ended = try crs("-c", "y = habit 4; plugin info habits; plugin check habits")
    #expect(ended.output.contains("y: 8") && ended.output.contains("habit IMAGE"), "\(ended)")
    #expect(ended.output.contains("all is well") && ended.output.contains("three times the same"))
    for (name, owner) in [("load", "a command of crs"), ("sqrt", "a word of the language")] {
      #expect(
        ended.errors.contains("the command \(name) of the plugin habits is left out: \(owner) has that name"),
        "\(ended)")
    }
    #expect(!ended.errors.contains("variable"))
  }

  @Test func helpShowsAliases() throws {
    let plugin = AuthoredPlugin(
      program: "@command\ndef twice(image):\n    return image.pixels * 2",
      commands: [
        AuthoredPlugin.command(
          "twice",
          parameters:
            "{ \"name\": \"image\", \"kind\": \"image\", \"help\": \"pixels\", \"aliases\": [\"picture\"] }")
      ])
    try plugin.write(into: folder.file("plugins"))
    #expect(try crs("help", "twice").output.contains("also picture="))
  }
}
