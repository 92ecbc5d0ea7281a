import Foundation
import Language
import TestSupport
import Testing

@testable import Kernels
@testable import Shell

/// `set plot.` and the same words of `plot`.
@Suite struct FigureStyleTests {
  /// Width and height of a PNG.
  private func size(_ path: String) throws -> [Int] {
    let head = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)).prefix(24))
    return [16, 20].map { at in head[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
  }

  @Test func settingsHoldForAllFiguresAndWordsForOne() throws {
    let folder = try ScratchFolder.made().path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = try ScriptRun()
    try run.run("s = simulate nx=60 ny=40 seed=1; m = median s")
    try run.run(
      "set plot.width=3.5 plot.dpi=100 plot.map=gray plot.font=serif plot.fontsize=6 plot.linewidth=.5")
    #expect(run.session.settings.figures.plotStyle.colorMap == .gray)
    try run.run("plot m '\(folder)/a.png'")
    #expect(try size(folder + "/a.png")[0] == 350)
    try run.run("plot m '\(folder)/b.png' width=7 map=cividis dpi=50")
    #expect(try size(folder + "/b.png")[0] == 350)
    try run.run("plot m '\(folder)/c.png' width=none cmap=viridis")
    #expect(try size(folder + "/c.png")[0] == 700)
    // The words of one figure do not stay.
    #expect(run.session.settings.figures.width == 3.5 && run.session.settings.figures.map == .gray)
    try run.run("set plot.width=none; set")
    #expect(run.lines.all.contains { $0.hasPrefix("plot.width = none") })
    #expect(run.lines.all.contains { $0.hasPrefix("plot.dpi = 100") })
    #expect(run.session.script.contains { $0.hasPrefix("set plot.width=3.5") })
  }

  @Test(arguments: [
    ("set plot.width=0.1", "plot.width"), ("set plot.map=jet", "plot.map"),
    ("set plot.font='No such font'", "plot.font"), ("set plot.fontsize='big'", "plot.fontsize"),
    ("set plot.dpi=1e9", "plot.dpi"), ("set plot.linewidth=-1", "plot.linewidth"),
    ("plot (median (simulate nx=20 ny=20 seed=1)) a.png fontsize=1000", "fontsize"),
  ])
  func wrongValuesNameTheirParameter(text: String, parameter: String) throws {
    let error = try #require(try ScriptRun().error(text))
    #expect(error.kind == .usage && error.parameter == parameter)
  }

  @Test func unknownSettingsAreErrors() throws {
    #expect(try ScriptRun().error("set plot.colour=red")?.message.contains("plot.colour") ?? false)
    #expect(try ScriptRun().error("set plot.=red")?.kind == .usage)
  }

  @Test func completionKnowsDottedNames() throws {
    let completer = Completer(session: try ScriptRun().session)
    #expect(completer.candidates("set plot.w").candidates.map(\.text) == ["plot.width="])
    #expect(completer.candidates("set plot.map=").candidates.map(\.text) == ["viridis", "cividis", "gray"])
    #expect(completer.candidates("plot m a.png ma").candidates.map(\.text).contains("map="))
  }
}

/// `plot` of tables, and what it refuses.
@Suite struct PlotCommandTests {
  private func run(_ text: String) throws -> CRSError? {
    let path = NSTemporaryDirectory() + "crs-plot-\(UUID().uuidString).png"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let run = try ScriptRun()
    try run.run("s = simulate nx=60 ny=40 seed=1; m = median s; t = label (m > 20)")
    let error = run.error(text.replacingOccurrences(of: "FILE", with: "'\(path)'"))
    #expect(FileManager.default.fileExists(atPath: path) == (error == nil))
    return error
  }

  @Test(arguments: [
    "plot t FILE", "plot t FILE x=group y=pixels ylog=yes", "plot t FILE x=x1 y=[y1, y2] xlog=yes",
    "plot m FILE histogram=yes", "plot (m > 1e9) FILE", "plot m FILE mask=(m > 1e9)",
    "plot (m * 0 + 3) FILE norm=log", "plot (m * 0 / 0) FILE", "plot s FILE region=[1:1, 1:1]",
  ])
  func draws(text: String) throws { #expect(try run(text) == nil) }

  @Test(arguments: [
    ("plot t FILE x=nothing", "nothing"), ("plot t FILE histogram=yes", "histogram"),
    ("plot s FILE histogram=yes", "histogram"), ("plot (m * 0 - 1) FILE norm=log", "logarithmic"),
    ("plot (m * 0 / 0) FILE histogram=yes", "no finite pixel"), ("plot m FILE vmin=2 vmax=1", "vmin"),
    ("plot (label (m > 1e9)) FILE", "no column of numbers"), ("plot m FILE region=[1:100, 1:2]", "leaves"),
  ])
  func refuses(text: String, reason: String) throws {
    let error = try #require(try run(text))
    #expect(error.message.contains(reason), "\(error.message)")
  }
}
