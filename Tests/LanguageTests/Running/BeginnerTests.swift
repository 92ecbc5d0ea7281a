import Foundation
import TestSupport
import Testing

@testable import Calling

/// What somebody meets who knows nothing but `help`.
@Suite struct BeginnerTests {
  @Test func theBeginningThatHelpShowsRuns() throws {
    let folder = try ScratchFolder()
    let run = try ScriptRun()
    try run.run("simulate nx=60 ny=50 seed=1 prefix='\(folder.path)/e'; help")
    #expect(HelpText.beginning.allSatisfy(run.lines.all.contains))
    var script = HelpText.beginning.dropFirst().joined(separator: "\n")
    for (name, file) in [
      ("a.fits", "e_1.fits"), ("b.fits", "e_2.fits"), ("c.fits", "e_3.fits"), ("clean.fits", "clean.fits"),
      ("session.crs", "session.crs"),
    ] { script = script.replacing(name, with: "'\(folder.path)/\(file)'") }
    #expect(run.error(script) == nil)
    #expect(FileManager.default.fileExists(atPath: folder.path + "/clean.fits"))
    #expect(FileManager.default.fileExists(atPath: folder.path + "/session.crs"))
  }

  @Test func stumblesTellTheWay() throws {
    let folder = try ScratchFolder()
    let run = try ScriptRun()
    try run.run("s = simulate nx=40 ny=30 seed=1; m = median s")
    #expect(run.error("c = combine s")?.hint == "crmasks makes one from the stack")
    #expect(run.error("save m m")?.description.contains("name.fits") == true)
    #expect(run.error("lacosmik m")?.description.contains("lacosmic") == true)
    #expect(run.error("info y")?.description.contains("did you mean") == false)
    try run.run("history '\(folder.path)/night'")
    #expect(FileManager.default.fileExists(atPath: folder.path + "/night.crs"))
  }
}
