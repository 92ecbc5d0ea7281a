import Commands
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
}
