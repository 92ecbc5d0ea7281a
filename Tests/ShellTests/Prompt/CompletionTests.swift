import Foundation
import Language
import TestSupport
import Testing

@testable import Shell

/// Completion in every place where the parser is.
@Suite struct CompletionTests {
  private static let values = """
    s = simulate nx=30 ny=30 n=3 seed=1
    image = median s
    mask = image > 50
    masks = crmasks s seed=1 log_level=ERROR
    table = stats s
    number = 3
    word = 'abc'
    list = [3, 4]
    def own a sigma=5; return a + sigma; end

    """

  private func texts(_ line: String, _ run: ScriptRun) -> [String] {
    Completer(session: run.session).candidates(line).candidates.map(\.text)
  }

  /// Each open bracket doubled the time before.
  @Test(.timeLimit(.minutes(1))) func manyOpenBrackets() throws {
    let run = try ScriptRun()
    try run.run(Self.values)
    for line in ["edo[[a", "x = ", "print (list", "x = list[1, "] {
      _ = texts(line + String(repeating: "[", count: 40), run)
    }
  }

  @Test func offersWhatFitsThePlace() throws {
    let run = try ScriptRun()
    try run.run(Self.values)
    for (line, offered, refused) in [
      ("x = (ima", ["image"], []), ("x = (med", ["median"], []), ("x = image + ima", ["image"], []),
      ("x = image + sq", ["sqrt("], []),
      ("x = 1 + coun", ["countflagged("], []), ("time lac", ["lacosmic"], []),
      ("if any(ma", ["mask"], ["masks"]), ("if nu", ["number"], []),
      ("s | med", ["median"], ["s"]), ("median s | lac", ["lacosmic"], []),
      ("x = s | median | sh", ["show", "shift"], []),
      ("header image EXP", ["EXPTIME"], []), ("header s exp", ["EXPTIME"], []),
      ("x = masks[CR", ["masks[CRMASK1]", "masks[CRMASK3]"], ["masks[MEDIANCR]"]),
      ("x = table[med", ["table[median]"], ["table[mean]"]),
      ("x = table[1, me", ["table[1, mean]", "table[1, median]"], []), ("set pag", ["pager="], []),
      ("set editor=", ["vi", "emacs"], []), ("crmasks s ", ["boundary=", "detector="], ["word", "number"]),
      ("crmasks ", ["s"], ["word", "number", "mask"]),
      ("fo", ["for"], []), ("de", ["def"], []), ("el", ["else"], []), ("x = \"$wo", ["$word"], []),
      ("load $wo", ["$word"], ["$image"]),
      ("help lang", ["language"], []), ("help sq", ["sqrt"], []), ("drop ima", ["image"], []),
      ("plot table y=med", ["median"], []),
      ("lacosmic image fsmode=", ["median", "convolve"], []), ("x = clip(ima", ["image"], []),
      ("x = lacosmic(image, sigc", ["sigclip="], []),
      ("x = any(", ["mask"], ["number", "image", "table", "masks"]),
      ("x = sqrt(", ["image", "s", "number"], ["word", "table", "masks", "mask"]),
      ("x = image + ", ["image", "number", "mask"], ["table", "masks"]),
      ("x = image > ", ["image"], ["table", "masks"]),
      (
        "masks[CRMASK1] | ", ["dilate", "label", "countflagged"],
        ["cd", "history", "plugin", "apropos", "kernel"]
      ),
      ("s | ", ["median", "stats"], ["cd", "history", "plugin", "apropos", "kernel", "dilate"]),
      ("a = ", ["median", "image"], ["for", "if", "else", "end", "def", "return", "cd", "drop", "undo"]),
      ("image[3, 3] = ", ["image", "number"], ["for", "if", "cd"]),
      ("s[2][", ["s[2][1:30,1:30]"], []), ("print \"${nu", ["\"${number}"], []),
      ("print \"${nu", [], ["\"${word}"]),
      ("pixels s at=[", ["number"], ["list", "image", "word"]), ("else ", ["if"], ["image"]),
      ("if yes\nx = 1\nelse ", ["if"], ["image"]), ("set plot.map ", [], ["threads=", "plot.map="]),
      ("own image si", ["sigma="], []), ("dilate ", ["mask"], ["image", "s"]),
      ("countflagged ", ["mask", "masks"], ["table"]),
      ("plugin in", ["info"], []), ("plugin info ", [], ["image", "kind=", "number"]),
      ("plugin enable ", [], ["image", "kind="]), ("plugin new x ki", ["kind="], []),
      ("time ", ["median"], []),
      ("image[1:", ["image[1:30"], []), ("image[1:30, 2:", ["image[1:30, 2:30"], []),
      ("s[2:", ["s[2:3", "s[2:30"], []),
      ("list[1:", ["list[1:2"], []), ("print $", ["$number", "$word"], ["$image"]),
      ("print $nu", ["$number"], []),
      ("x = word + ", ["word"], ["image", "number"]), ("x = image + wo", [], ["word"]),
      ("x = image + la", [], ["label("]),
      ("x = any(me", [], ["median("]), ("if yes\nx = 1\nelse if image > ", ["number"], ["table"]),
      ("for e in ", ["s", "table", "list"], ["image", "number", "mask"]),
      ("for e in ta", ["table"], []), ("dilate ma", ["mask"], ["image"]), ("x = s[num", ["s[number"], []),
      ("mask | ma", ["mask", "maskof"], ["masks"]), ("image > 5 | ma", ["mask"], []),
      ("header s[2] GA", ["GAIN"], []), ("header image[1:9, 1:9] GA", ["GAIN"], []),
      ("if ", ["number", "word"], ["s", "masks", "table"]), ("if im", ["image"], []),
      ("mask & ", ["mask", "list"], ["image", "number"]),
      ("print (", ["median", "image"], ["cd", "for", "undo"]),
      ("x = where(", ["mask"], ["image", "word"]),
    ] {
      let found = texts(line, run)
      for text in offered { #expect(found.contains(text), "\(line): \(text) among \(found)") }
      for text in refused { #expect(!found.contains(text), "\(line): \(text) among \(found)") }
    }
    #expect(texts("undo ", run).isEmpty && texts("redo ", run).isEmpty)
  }

  /// Where only values fit, files and commands are not offered before a letter of them is typed.
  @Test func onlyValuesWhereOnlyValuesFit() throws {
    let run = try ScriptRun()
    try run.run(Self.values)
    let names = Set(run.session.names)
    for line in [
      "x = image + ", "x = any(", "x = [image, ", "def f a\nreturn ", "x = (", "if ", "x = image[1, ",
      "x = sqrt(",
    ] {
      let found = texts(line, run)
      let commands = Set(run.session.registry.names)
      #expect(
        line == "x = (" || found.allSatisfy { names.contains($0) || $0.hasPrefix("image[") },
        "\(line): \(found)")
      #expect(
        line == "x = (" || !found.contains { commands.contains($0) && !names.contains($0) },
        "\(line): \(found)")
      #expect(!found.contains { $0.contains(".") || $0.hasSuffix("/") }, "\(line): \(found)")
    }
  }

  @Test func foldersScriptsAndQuotedFiles() throws {
    let run = try ScriptRun()
    let folder = try ScratchFolder()
    try FileManager.default.createDirectory(atPath: folder.file("sub"), withIntermediateDirectories: true)
    _ = try folder.write("x = 1\n", "script.crs")
    _ = try folder.write("x = 1\n", "my notes.txt")
    let path = folder.path + "/"
    #expect(texts("cd \(path)", run) == [path + "sub/"])
    #expect(Set(texts("source \(path)", run)) == [path + "sub/", path + "script.crs"])
    #expect(
      texts("load '\(path)my", run) == [path + "my notes.txt'"]
        || texts("load '\(path)my", run) == ["'" + path + "my notes.txt'"])
    #expect(texts("!cat \(path)scr", run) == [path + "script.crs"])
  }

  /// With 10,000 variables a candidate is found before anybody notices.
  @Test func isQuickWithManyVariables() throws {
    let run = try ScriptRun()
    for number in 0..<10_000 {
      run.session.bind(
        ["variable\(number)"], [.integer(number)], statement: "variable\(number) = \(number)", uses: [])
    }
    for line in ["vari", "x = (1 + variable99", "shift variable1 v", "lac", "time ", "x = "] {
      let time = ContinuousClock().measure { _ = Completer(session: run.session).candidates(line) }
      let best =
        (0..<20).map { _ in ContinuousClock().measure { _ = Completer(session: run.session).candidates(line) }
        }.min() ?? time
      #expect(best < .milliseconds(20), "\(line): \(best)")
    }
  }

  /// At the prompt itself, by Tab.
  @Test(arguments: KeyTests.terminals) func tabCompletesAtThePrompt(name: String) throws {
    let (terminal, folder) = try PseudoTerminal.opened(environment: ["TERM": name])
    defer { try? FileManager.default.removeItem(at: folder) }
    for (keys, shown) in [
      ("alpha = 16\n", "alpha: 16"), ("x = sq\talp\t)\n", "x: 4"), ("x = (1 + alp\t)\n", "x: 17"),
      ("time y = alp\t\n", "y: 16"),
      ("s = simulate nx=20 ny=20 se\t5\n", "s: Stack 3 x 20x20"), ("z = s | medi\t\n", "z: Image 20x20"),
      ("x = header s EXPT\t\n", "x: [1200, 1200, 1200]"),
      ("table = stats s\n", "table: Table 3 rows"), ("x = len(table[medi\t)\n", "x: 3"),
      ("print \"$alp\t\"\n", "16"), ("print \"${alp\t\"\n", "16"), ("set pag\toff\n", ""),
      ("q = s[1] > 1e9\n", "q: Mask 20x20"), ("x = any(q\t)\n", "x: no"),
      ("x = len(s[2][1:2, 1:2] | stat\t)\n", "x: 1"),
      ("plugin li\t\n", ""), ("def own a sigma=5; return a + sigma; end\n", ""),
      ("x = own 2 sigm\t7\n", "x: 9"),
      ("if any(s[1] > 1e9)\nx = 1\nel\t\nx = 2\nend\n", "x: 2"),
    ] {
      terminal.forget()
      terminal.type(keys)
      #expect(
        terminal.shows("2004l" + shown, within: 10),
        "\(keys.debugDescription): \(terminal.screenText.debugDescription)")
    }
    #expect(terminal.leave())
  }
}
