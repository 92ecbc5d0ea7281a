import Foundation
import TestSupport
import Testing

/// Signals that end the program while it writes: it leaves the old file and nothing else.
@Suite(.serialized) struct SignalTests {
  /// A run that is hit by `number` while a temporary file is there; nil when it was always too fast.
  private func struck(
    _ arguments: [String], by number: Int32, in scratch: ScratchFolder, times: Int = 12
  ) throws -> Process? {
    for _ in 0..<times {
      let process = Process()
      process.executableURL = Program.url
      process.currentDirectoryURL = scratch.url
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      process.arguments = arguments
      // As users run it.
      process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "SWIFT_BACKTRACE" }
      try process.run()
      var isThere = false
      while process.isRunning, !isThere {
        isThere = hasTemporary(scratch)
        if !isThere { usleep(100) }
      }
      // Stopped, so that it cannot finish between the look and the signal.
      kill(process.processIdentifier, SIGSTOP)
      usleep(2000)
      isThere = hasTemporary(scratch)
      kill(process.processIdentifier, number)
      kill(process.processIdentifier, SIGCONT)
      process.waitUntilExit()
      if isThere { return process }
    }
    return nil
  }

  private func hasTemporary(_ scratch: ScratchFolder) -> Bool {
    scratch.names.contains { $0.hasPrefix(".crs-") && $0.hasSuffix(".tmp") }
  }

  private func content(_ scratch: ScratchFolder, _ name: String) -> Data? {
    try? Data(contentsOf: scratch.url.appendingPathComponent(name))
  }

  @Test(arguments: WrittenFormat.all) func terminationLeavesTheOldFile(format: WrittenFormat) throws {
    // A signal that comes while the file gets its name lets that end: then the new file is there, whole, and another try
    // has to come earlier.
    var left: Data?
    for _ in 1...4 where left != Data("old".utf8) {
      let scratch = try ScratchFolder()
      _ = try scratch.write("old", format.name)
      // Larger than the others' examples, so that writing takes its time.
      let statement = format.statement(overwrite: true)
        .replacingOccurrences(of: "nx=400 ny=300", with: "nx=1500 ny=1000")
      let process = try #require(try struck(["-c", statement], by: SIGTERM, in: scratch, times: 40))
      #expect(scratch.names == [format.name])
      #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGTERM)
      left = content(scratch, format.name)
    }
    #expect(left == Data("old".utf8))
  }

  @Test(arguments: [SIGHUP, SIGUSR1, SIGXCPU, SIGALRM, SIGQUIT]) func othersToo(
    number: Int32
  ) throws {
    let scratch = try ScratchFolder()
    let process = try #require(
      try struck(
        ["-c", "s, c = simulate nx=2000 ny=1500 n=1 seed=1; x = s[1]; save x f.fits"], by: number, in: scratch
      ))
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == number)
    #expect(scratch.names.filter { !$0.hasPrefix("core") } == [])
  }

  /// Faults end it too, at once. Once, on a busy machine, a temporary file was left: the next writer in the folder removes
  /// such files.
  @Test(arguments: [SIGSEGV, SIGABRT]) func faultsEndIt(number: Int32) throws {
    let scratch = try ScratchFolder()
    let process = try #require(
      try struck(
        ["-c", "s, c = simulate nx=2000 ny=1500 n=1 seed=1; x = s[1]; save x f.fits"], by: number, in: scratch
      ))
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == number)
    let next = try Program.run(
      ["-c", "x = (simulate nx=30 ny=30 n=2 seed=1)[1]; save x g.fits"], in: scratch.url)
    #expect(next.status == 0)
    #expect(scratch.names.filter { $0.hasSuffix(".tmp") } == [])
  }

  @Test func aRunLeavesNoProduct() throws {
    let scratch = try ScratchFolder()
    let made = try Program.run(
      ["simulate", "--nx", "300", "--ny", "200", "--seed", "1", "--prefix", "e"], in: scratch.url)
    #expect(made.status == 0)
    _ = try scratch.write(Repository.demo(), "p.yaml")
    _ = try scratch.write("old", "crmasks.fits")
    let names = scratch.names
    let process = try #require(
      try struck(["crmasks", "p.yaml", "--output_dir", "."], by: SIGTERM, in: scratch))
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(scratch.names == names && content(scratch, "crmasks.fits") == Data("old".utf8))
  }

  /// SIGKILL leaves the temporary file; whoever writes next into the folder removes it.
  @Test func theNextWriterCleansUpAfterAKilledOne() throws {
    let scratch = try ScratchFolder()
    let statement = "s, c = simulate nx=2000 ny=1500 n=1 seed=1; x = s[1]; save x f.fits"
    _ = try #require(try struck(["-c", statement], by: SIGKILL, in: scratch))
    #expect(scratch.names.count == 1 && hasTemporary(scratch))
    let next = try Program.run(["-c", "t = newtable k; save t t.csv"], in: scratch.url)
    #expect(next.status == 0 && scratch.names == ["t.csv"], "\(next)")
  }
}
