import Foundation
import Pipeline
import TestSupport
import Testing

/// What authors may rely on: values cross as they are, and mistakes are told.
@Suite struct AuthoredPluginTests {
  private let folder: ScratchFolder
  private var plugins: String { folder.path + "/plugins" }
  private var environment: [String: String] {
    ["CRS_PLUGIN_PATH": plugins, "XDG_CONFIG_HOME": folder.path + "/config"]
  }

  init() throws { folder = try ScratchFolder() }

  private func run(_ statements: String, by starter: [String] = []) throws -> Program.Ended {
    try Program.run(
      ["-"], in: folder.url, input: "set on_error=continue\n" + statements, environment: environment,
      by: starter)
  }

  private static let scene = "s = simulate nx=60 ny=50 n=1 seed=1\nx = s[1]\n"

  /// Prints take another way than answers, and belong to the call that made them, the last one too.
  @Test func whatIsPrintedBeforeAnAnswerIsTold() throws {
    try AuthoredPlugin(
      program: """
        count = 0

        @command
        def say(image):
            global count
            count += 1
            for k in range(300):
                print(f"call {count} line {k}")
            return image.pixels.copy()
        """,
      commands: [AuthoredPlugin.command("say")]
    ).write(into: plugins)
    let ended = try run(Self.scene + "for k in 1:20\n  y = say x\n  !echo after $k >&2\nend\n")
    let lines = ended.errors.split(separator: "\n").filter { $0.contains("call") || $0.hasPrefix("after") }
    let expected = (1...20).flatMap { call in
      (0..<300).map { "note: mine: call \(call) line \($0)" } + ["after \(call)"]
    }
    #expect(lines.map(String.init) == expected)
  }

  // MARK: - Values

  @Test func exactNumbersCrossBothWays() throws {
    try AuthoredPlugin(
      program: """
        @command
        def same(image):
            print("given", image.pixels.dtype)
            return image.pixels.copy()

        @command
        def wide(image):
            return np.full(image.shape, 1e300)

        @command
        def whole(image):
            return (2 ** 30 + 1 + np.arange(image.pixels.size)).reshape(image.shape).astype(np.int32)

        @command
        def rounded(image):
            return (image.pixels * 2).astype("f4")
        """,
      commands: ["same", "wide", "whole", "rounded"].map { AuthoredPlugin.command($0) }
    ).write(into: plugins)
    let ended = try run(
      Self.scene + """
        w = whole x
        w2 = same w
        difference = stats (w2 - w) max
        save w2 w.fits
        least = stats w2 min
        e = wide x
        e2 = same e
        r = rounded x

        """)
    #expect(ended.errors.contains("given float64"))
    #expect(ended.output.contains("w2: Image 60x50 int32"), "\(ended)")
    #expect(ended.output.contains("difference: 0"))
    #expect(ended.output.contains("least: 1073741825"), "\(ended)")
    #expect(ended.output.contains("e2: Image 60x50 float64"))
    #expect(ended.output.contains("r: Image 60x50 float32"))
    let read = try Program.run(
      ["-c", "w = load w.fits; largest = stats w max"], in: folder.url)
    #expect(read.output.contains("int32") && read.output.contains("largest: 1073744824"), "\(read)")
  }

  @Test func longTablesHoldNumbersAsShortOnesDo() throws {
    try AuthoredPlugin(
      program: """
        @command
        def kinds(table):
            report("rows %d: %s" % (len(table.rows), [type(cell).__name__ for cell in table.rows[0]]))
            return table
        """,
      commands: [
        AuthoredPlugin.command(
          "kinds", results: ["table"],
          parameters: "{ \"name\": \"table\", \"kind\": \"table\", \"positional\": true, \"help\": \"\" }")
      ]
    ).write(into: plugins)
    for rows in [10, 10_001] {
      let lines = (0..<rows).map {
        "\($0 + 1),\(Double($0) + 0.5),name \($0),\($0 == 3 ? "nan" : "1e3"),\($0 == 5 ? "A1" : "1e5"),yes,\"7\""
      }
      _ = try folder.write(
        (["n,x,word,y,id,good,text"] + lines).joined(separator: "\n") + "\n", "t\(rows).csv")
    }
    let ended = try run(
      """
      short = kinds (load t10.csv)
      long = kinds (load t10001.csv)
      save long back.csv

      """)
    let kinds = "['int', 'float', 'str', 'float', 'str', 'bool', 'str']"
    #expect(ended.output.contains("rows 10: \(kinds)"), "\(ended)")
    #expect(ended.output.contains("rows 10001: \(kinds)"), "\(ended)")
    #expect(
      try String(contentsOfFile: folder.file("back.csv"), encoding: .utf8).hasPrefix(
        "n,x,word,y,id,good,text\n1,0.5,name 0,1000.0,1e5,yes,\"7\"\n"))
  }

  // MARK: - Mistakes

  private static let mistaken = AuthoredPlugin(
    program: """
      @command
      def nothing(image):
          return None

      @command
      def anything(image):
          return None

      @command
      def gained(image):
          return Image(image.pixels, gain=-3.0)

      @command
      def loud(image):
          report("re\\x1b[2Jport")
          note("no\\x9b2Jte")
          ask("as\\x1b]0;k\\x07?", ["y", "n"])
          raise PluginError("er\\x1b[2Jror")

      @command
      def filer(file):
          pass

      @command
      def piper(file):
          import os
          os.mkfifo(file)

      @command
      def folderer(file):
          import os
          os.mkdir(file)
          open(os.path.join(file, "inside"), "w").close()
      """,
    commands: [
      AuthoredPlugin.command("nothing"), AuthoredPlugin.command("anything", results: ["any"]),
      AuthoredPlugin.command("gained"), AuthoredPlugin.command("loud"),
    ]
      + ["filer", "piper", "folderer"].map {
        AuthoredPlugin.command(
          $0, results: [],
          parameters: "{ \"name\": \"file\", \"kind\": \"file\", \"positional\": true, \"help\": \"\" }",
          more: "\"effect\": \"files\",")
      })

  /// A FIFO or a folder in place of the file is an error, at once, and nothing of it stays.
  @Test func onlyRegularFilesAreTaken() throws {
    try Self.mistaken.write(into: plugins)
    let before = folder.names
    let ended = try run("piper new.txt\nfolderer new.txt\n")
    #expect(
      ended.errors.components(separatedBy: "made something else than a regular file of").count == 3,
      "\(ended)")
    #expect(folder.names == before, "\(folder.names)")
  }

  @Test func whatIsNoResultIsTold() throws {
    try Self.mistaken.write(into: plugins)
    let ended = try run(Self.scene + "a = nothing x\nb = anything x\nc = gained x\nfiler new.txt\n")
    #expect(ended.errors.contains("nothing gave 0 results instead of 1"), "\(ended)")
    #expect(ended.output.contains("b: none"), "\(ended)")
    #expect(ended.errors.contains("gain is -3.0, expected more than 0"), "\(ended.errors)")
    #expect(
      ended.errors.contains("the plugin mine ended well and has not written "), "\(ended.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("new.txt")))
  }

  @Test func nullIsNoImage() throws {
    try AuthoredPlugin(
      program: """
        import crs_plugin
        crs_plugin._run = lambda message, results: {"results": [None]}

        @command
        def empty(image):
            return image.pixels
        """, commands: [AuthoredPlugin.command("empty")]
    ).write(into: plugins)
    let ended = try run(Self.scene + "a = empty x\n")
    #expect(ended.errors.contains("gave null as the result out0, expected an Image"), "\(ended)")
  }

  @Test func nothingMovesTheCursor() throws {
    try Self.mistaken.write(into: plugins)
    let ended = try run(Self.scene + "a = loud x\n")
    #expect(ended.output.contains("re[2Jport") && ended.errors.contains("er[2Jror"), "\(ended)")
    for text in [ended.output, ended.errors] {
      #expect(!text.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x9B || $0.value == 7 })
    }
  }

  @Test func questionsOfAServedSessionHaveTheirChoices() throws {
    try Self.mistaken.write(into: plugins)
    let calls = """
      {"hello":{"protocol":1}}
      {"call":1,"statement":"x = (simulate nx=40 ny=30 n=1 seed=1)[1]"}
      {"call":2,"statement":"y = loud x"}
      {"call":2,"answer":"y"}

      """
    let ended = try Program.run(
      ["--serve"], in: folder.url, input: calls, environment: environment,
      by: ["sh", "-c", "(cat; sleep 4) | \"$0\" \"$@\""])
    let said = try ended.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    let asked = said.first { $0["ask"] != nil }
    #expect(asked?["choices"] == ["y", "n"] && asked?["ask"] == "as]0;k?", "\(ended)")
  }

  @Test func manifestsSayTrueOrFalse() throws {
    var plugin = Self.mistaken
    plugin.more = ""
    try plugin.write(into: plugins)
    try Data(plugin.json.replacing("\"keep\": true", with: "\"keep\": \"no\"").utf8).write(
      to: URL(fileURLWithPath: plugins + "/mine/plugin.json"))
    let ended = try run("plugin list\n")
    #expect(ended.errors.contains("keep: is neither true nor false"), "\(ended)")
    #expect(ended.output.contains("(invalid)") && !ended.output.contains("(script)"), "\(ended)")
  }

  // MARK: - Its life

  @Test func idleProgramsEnd() throws {
    try AuthoredPlugin(
      program: """
        @command
        def whoami(image):
            import os
            report("process %d" % os.getpid())
            return image.pixels
        """, commands: [AuthoredPlugin.command("whoami")]
    ).write(into: plugins)
    let ended = try run(
      "set plugin_idle=0.01\n" + Self.scene
        + "a = whoami x\n! sleep 2; ps -e -o pid= > left\n")
    let process = try #require(
      ended.output.split(separator: "\n").first { $0.hasPrefix("process ") }?.split(separator: " ").last)
    let left = try String(contentsOfFile: folder.file("left"), encoding: .utf8)
    #expect(!left.split(whereSeparator: \.isWhitespace).contains(process), "\(process): \(left)")
  }

  @Test(arguments: ["TERM", "HUP"]) func signalsLeaveNoFolder(_ signal: String) throws {
    try AuthoredPlugin(
      program: """
        import time

        @command
        def slow(image):
            report("begun")
            time.sleep(60)
        """, commands: [AuthoredPlugin.command("slow")]
    ).write(into: plugins)
    try FileManager.default.createDirectory(atPath: folder.file("pf"), withIntermediateDirectories: true)
    let ended = try run(
      "set plugin_folder=pf\n" + Self.scene + "a = slow x\n", by: ["timeout", "-s", signal, "8"])
    #expect(ended.output.contains("begun"), "\(ended)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("pf")) == [])
  }

  @Test func aFolderForPixelsMayBeRelative() throws {
    try AuthoredPlugin(
      program: """
        @command
        def twice(image):
            return image.pixels * 2
        """, commands: [AuthoredPlugin.command("twice")]
    ).write(into: plugins)
    let ended = try run(
      "! mkdir pf\nset plugin_folder=pf\n" + Self.scene + "cd /\na = twice x\nset plugin_folder=nowhere\n")
    #expect(ended.output.contains("a: Image 60x50"), "\(ended)")
    #expect(ended.errors.contains("nowhere: is no folder"), "\(ended.errors)")
  }

  @Test func authorsSeeAllThatFails() throws {
    let bad = "\"examples\": [\"nothere 1\", \"simulate nx=40 ny=30 n=1 seed=1\", \"alsonot 2\"],"
    try AuthoredPlugin(
      program: "@command\ndef twice(image):\n    return image.pixels * 2",
      commands: [AuthoredPlugin.command("twice", more: bad)]
    ).write(into: plugins)
    let ended = try Program.run(["plugin", "check", "mine"], in: folder.url, environment: environment)
    #expect(ended.status == 1, "\(ended)")
    #expect(ended.errors.contains("'nothere'") && ended.errors.contains("'alsonot'"), "\(ended.errors)")
    #expect(ended.errors.contains("2 of its examples and tests failed"))
  }

  /// A user without rights has folders of his own, and nothing else is touched.
  @Test(.enabled(if: getuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")))
  func otherUsersCanUsePluginsOfRoot() throws {
    try AuthoredPlugin(
      program: "@command\ndef twice(image):\n    return image.pixels * 2",
      commands: [AuthoredPlugin.command("twice")]
    ).write(into: plugins)
    var path = folder.path
    // Scratch folders are private.
    while path != "/tmp", path.count > 1 {
      chmod(path, 0o755)
      path = (path as NSString).deletingLastPathComponent
    }
    let before = try FileManager.default.contentsOfDirectory(atPath: "/dev/shm").filter {
      $0.hasPrefix("crs-65534")
    }
    let ended = try run(
      Self.scene + "a = twice x\nplugin new own kind=script\n",
      by: ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "env", "HOME=/nonexistent"])
    #expect(ended.output.contains("a: Image 60x50"), "\(ended)")
    #expect(ended.errors.contains("no folder of the plugin path can be written"), "\(ended.errors)")
    let after = try FileManager.default.contentsOfDirectory(atPath: "/dev/shm").filter {
      $0.hasPrefix("crs-65534")
    }
    #expect(before == after)
  }
}
