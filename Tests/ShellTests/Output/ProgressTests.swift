import Foundation
import Language
import TestSupport
import Testing

@testable import Files
@testable import Kernels
@testable import Shell

/// The line about long work, and stopping it.
@Suite(.serialized) struct ProgressTests {
  @Test func beatsWithoutReportsAndTellsStages() {
    let lines = Lines()
    let line = ProgressLine(isVisible: true) { lines.add($0) }
    line.during("short") { usleep(300_000) }
    #expect(lines.all.isEmpty)
    line.during("silent") { usleep(1_300_000) }
    #expect(lines.all.contains { $0.hasSuffix("silent, 1 s") } && lines.all.last == "")
    line.during("told") {
      line.report(stage: "rows", fraction: 0.1)
      usleep(1_200_000)
      line.report(stage: "rows", fraction: 0.5)
      line.paused {
        let count = lines.all.count
        usleep(600_000)
        #expect(lines.all.count == count)
      }
      line.report(stage: "rows", fraction: 1)
      usleep(300_000)
    }
    #expect(lines.all.contains { $0.hasSuffix("rows 50 %, 1 s left") })
    #expect(lines.all.contains { $0.hasSuffix("told, 2 s") })
  }

  @Test func ctrlCStopsLacosmicOnALargeImage() throws {
    let (terminal, folder) = try PseudoTerminal.opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("set threads=1; s = simulate nx=6000 ny=6000 n=1 seed=1\r")
    #expect(terminal.shows("s: Stack 1 x 6000x6000", within: 120))
    #expect(terminal.screenText.contains("exposure 1 of 1") && terminal.screenText.contains("simulate, 1 s"))
    usleep(300_000)
    terminal.forget()
    terminal.type("clean, mask = lacosmic s[1] sepmed=no fsmode=median sigclip=1 objlim=0.5\r")
    #expect(terminal.shows("L.A.Cosmic, iteration", within: 30))
    terminal.forget()
    terminal.type("\u{03}")
    #expect(terminal.shows("interrupted", within: 1))
    #expect(terminal.shows("crs> ", within: 1))
    usleep(200_000)
    terminal.forget()
    terminal.type("vars\r")
    #expect(terminal.shows("Stack 1 x 6000x6000"))
    #expect(!terminal.screenText.contains("clean") && !terminal.screenText.contains("Mask"))
    #expect(terminal.leave())
  }

  @Test func ctrlCStopsSavesAndLoops() throws {
    let (terminal, folder) = try PseudoTerminal.opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("set threads=1; s = simulate nx=4000 ny=4000 n=1 seed=1; a = s[1]\r")
    #expect(terminal.shows("a: Image 4000x4000", within: 60))
    usleep(200_000)
    for statement in ["save a a.fits.gz\r", "for k in 1 2 3 4 5\r b = lacosmic a sepmed=no\rend\r"] {
      terminal.forget()
      terminal.type(statement)
      usleep(400_000)
      terminal.type("\u{03}")
      #expect(terminal.shows("interrupted", within: 2), "\(statement)")
      #expect(terminal.shows("crs> ", within: 1))
      usleep(200_000)
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!left.contains { $0.hasSuffix(".gz") || $0.hasSuffix(".tmp") })
    terminal.forget()
    terminal.type("vars\r")
    #expect(terminal.shows("Image 4000x4000"))
    #expect(terminal.leave())
  }

  @Test func crmasksTellsHowFarItIs() throws {
    let (terminal, folder) = try PseudoTerminal.opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("set threads=1; s = simulate nx=1600 ny=1600 seed=1\r")
    #expect(terminal.shows("s: Stack 3 x 1600x1600"))
    usleep(300_000)
    terminal.forget()
    terminal.type("m = crmasks s seed=1\r")
    #expect(terminal.shows("\r\u{1B}[K", within: 2.5))
    #expect(terminal.shows("m: MaskSet", within: 60))
    #expect(terminal.leave())
  }
}
