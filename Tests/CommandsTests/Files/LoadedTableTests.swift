import Commands
import Foundation
import Kernels
import TestSupport
import Testing

/// Tables that other programs wrote.
@Suite struct LoadedTableTests {
  private func load(_ text: String, _ name: String = "t.csv") throws -> (
    error: CRSError?, notes: [String], run: ScriptRun
  ) {
    let folder = try ScratchFolder()
    let path = try folder.write(text, name)
    let run = try ScriptRun()
    let error = run.error("t = load '\(path)'; n = len(t)")
    return (error, run.lines.all.filter { $0.hasPrefix("note:") }, run)
  }

  @Test func emptyLinesOfOneColumnAreTold() throws {
    let (error, notes, run) = try load("a\n1\n\n3\n\n\n")
    #expect(error == nil && run.number("n") == 2)
    #expect(notes.count == 1 && notes[0].contains("1 line without anything left out"), "\(notes)")
    #expect(try load("a\n1\n3\n\n\n").notes.isEmpty)
    #expect(try load("a,b\n1,2\n\n3,4\n").notes.isEmpty)
    #expect(try load("a\n\"x\n\ny\"\n").notes.isEmpty)
    #expect(try load("a\n1\n\"\"\n3\n").run.number("n") == 3)
  }

  @Test func otherSeparatorsAreNamed() throws {
    #expect(try load("a;b\n1;2\n").error?.description.contains("semicolons") == true)
    #expect(try load("a\tb\n1\t2\n").error?.description.contains("tabs") == true)
    let error = try load("a\tb\n1\t2\n", "t.tsv").error
    #expect(error?.description.contains("NAME.csv with commas") == true, "\(error?.description ?? "")")
  }

  /// A column of numbers that something makes texts is told, with the line; codes and columns of texts are not.
  @Test(arguments: [
    ("a\n1\ntwo\n3\n", "the column 'a' is text, its numbers too: 'two' in line 3 is no number"),
    ("a,b\n1,3\n2,18446744073709551615\n", "'18446744073709551615' in line 3 is beyond 64 bits"),
    ("a\n007\n12\n", "'007' in line 2 begins with 0"), ("a\n1\n1e400\n", "is beyond all numbers"),
    ("a\n1.5\n\"x\"\n-\n", "'-' in line 4 is no number"), ("a,a\n1,2\n", "'a' stands there twice"),
    ("a\n1\n0x10\n", "'0x10' in line 3"),
  ]) func columnsThatAreNoNumbersAreTold(text: String, part: String) throws {
    let (error, notes, _) = try load(text)
    #expect(error == nil && notes.count == 1 && notes[0].contains(part), "\(notes)")
  }

  @Test(arguments: [
    "a\n001\n002\n100\n", "a\nx\ny\n", "a\n1\nnan\n\n", "a,b\n1,x\n2,y\n", "a\n1\n\"two\"\n", "a\nyes\nno\n",
    "\"a\"\n\"1\"\n\"2\"\n", "a,b\n,1\n,2\n", "a\n2026-11-26\n2026-11-27\n",
  ]) func otherColumnsAreNotTold(text: String) throws {
    let notes = try load(text).notes
    #expect(notes.allSatisfy { !$0.contains("is text") }, "\(notes)")
  }

  /// Names with bytes that are no UTF-8, of the file and inside it.
  @Test func namesThatAreNoUTF8AreFoundOrTold() throws {
    let scratch = try ScratchFolder()
    func made(_ name: [UInt8], _ content: String) {
      let path = (Array(scratch.file("").utf8) + name + [0]).map { CChar(bitPattern: $0) }
      guard let file = fopen(path, "wb") else { return }
      fputs(content, file)
      fclose(file)
    }
    made(Array("q".utf8) + [0xFF] + Array(".csv".utf8), "a\n3\n")
    made(Array("q".utf8) + [0xFF] + Array(".yaml".utf8), "kind: piecewise\npoints: [[0, 1, 1], [5, 2, 1]]\n")
    let run = try ScriptRun()
    try run.run(
      "t = load '\(scratch.file("q\u{FFFD}.csv"))'; n = t[1, a]; b = load '\(scratch.file("q\u{FFFD}.yaml"))'"
    )
    #expect(run.number("n") == 3)
    made(Array("q".utf8) + [0xFE] + Array(".csv".utf8), "a\n4\n")
    let two = try #require(run.error("t = load '\(scratch.file("q\u{FFFD}.csv"))'"))
    #expect(two.kind == .file && two.message.contains("two files"), "\(two)")

    let (_, notes, _) = try load("file\nx.fits\ny\u{FFFD}.fits\n")
    #expect(notes.count == 1 && notes[0].contains("line 3 has U+FFFD"), "\(notes)")
    try Data(Array("file\nx.fits\ny".utf8) + [0xFF, 10]).write(
      to: scratch.url.appendingPathComponent("r.csv"))
    let bytes = try #require(run.error("t = load '\(scratch.file("r.csv"))'"))
    #expect(bytes.message.contains("line 3 is not UTF-8"), "\(bytes)")
    try Data(Array("kind: piecewise\n# y".utf8) + [0xFF, 10]).write(
      to: scratch.url.appendingPathComponent("r.yaml"))
    #expect(run.error("t = load '\(scratch.file("r.yaml"))'")?.description.contains("r.yaml:2") == true)
  }

  /// Flags among numbers, missing ones and texts come back as what they were.
  @Test func flagsComeBack() throws {
    let scratch = try ScratchFolder()
    let run = try ScriptRun()
    try run.run(
      """
      t = newtable a b
      t = addrow t yes 1; t = addrow t nan 'yes'; t = addrow t no yes; t = addrow t yes 'no'
      save t '\(scratch.file("t.csv"))'; u = load '\(scratch.file("t.csv"))'; x = t[a]; y = u[a]; v = t[b]; w = u[b]
      """)
    #expect(run.session["y"]?.value.literal == "[yes, nan, no, yes]")
    #expect(run.session["w"]?.value.literal == "[1, 'yes', yes, 'no']")
    #expect(run.session["x"]?.value.literal == run.session["y"]?.value.literal)
    #expect(run.session["v"]?.value.literal == run.session["w"]?.value.literal)
  }
}
