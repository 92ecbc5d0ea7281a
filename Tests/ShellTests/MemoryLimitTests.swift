import Foundation
import TestSupport
import Testing

/// Where memory ends: an error that says what is needed and what there is, and a session that goes on.
@Suite(.serialized) struct MemoryLimitTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func crs(
    _ text: String, limit kilobytes: Int? = nil, environment: [String: String] = [:]
  ) throws -> Program.Ended {
    let starter = kilobytes.map { ["/bin/sh", "-c", "ulimit -v \($0); exec \"$@\"", "sh"] } ?? []
    return try Program.run(["-c", text], in: scratch.url, environment: environment, by: starter)
  }

  /// A limit that cannot be read is told, not taken for none.
  @Test func limitsThatAreNoneAreTold() throws {
    let ended = try crs("print 1", environment: ["CRS_MEMORY": "abc"])
    #expect(ended.status == 0 && ended.output == "1\n", "\(ended)")
    #expect(ended.errors.contains("warning: CRS_MEMORY is 'abc'") && ended.errors.contains("expected bytes"))
  }

  /// Down to where the system does not even load the program (127), nothing waits for ever or is broken off.
  @Test func smallLimitsAreRefused() throws {
    var refused = 0
    for megabytes in stride(from: 90, through: 240, by: 6) {
      let ended = try crs(
        "print 'here'; s = simulate nx=300 ny=240 seed=1; m = crmasks s seed=1 detector=boundary",
        limit: megabytes << 10)
      // Between the two the runtime of Swift ends before any of the program's code runs.
      let signs = ["swift_addNewDSOImage", "swift runtime: crash handler installation failed"]
      if ended.output.isEmpty, signs.contains(where: ended.errors.contains) { continue }
      #expect([0, 1, 127].contains(ended.status), "\(megabytes) MB: \(ended.status) \(ended.errors)")
      guard ended.status == 1 else { continue }
      #expect(ended.errors.contains("memory"), "\(megabytes) MB: \(ended.errors)")
      guard !ended.output.contains("here") else { continue }
      refused += 1
      #expect(
        ended.errors.hasPrefix(
          "error: ulimit -v \(megabytes << 10) leaves crs no memory to work with, expected at least "),
        "\(ended.errors)")
    }
    #expect(refused > 0)
  }

  @Test func simulationsThatDoNotFitAreRefused() throws {
    let ended = try crs("simulate nx=20000 ny=20000 n=99 seed=1")
    #expect(ended.status == 1)
    #expect(
      ended.errors.contains("99 exposures of 20000x20000 pixels and their truth need 301 GB of memory, "))
    #expect(ended.errors.contains(" are available"))
  }

  /// Each is refused or ends with an error, and the statement behind it runs.
  @Test(arguments: [
    "x = lacosmic m", "x = crmasks s seed=1", "x = median s", "x = mmpvalue s", "x = s * 2.5", "x = m + m",
    "x = cr2images s[1] s[2]", "x = dilate (m > 50) 3", "x = load 'm.fits'", "x = shift m 0.5 0.5",
    "x = label (m > 50)",
    "x = combine s method=mean", "x = sqrt(m)", "x = where(m > 5, m, m + 1)", "stats m",
    "x = mmdiagram s seed=1",
    "save m 'n.fits' compress=gzip overwrite=yes", "plot m 'm.png' overwrite=yes",
  ])
  func sessionsOutliveTheEndOfMemory(statement: String) throws {
    let make =
      "s = simulate nx=1200 ny=1000 seed=1; m = s[1]\nif \(statement.contains("m.fits") ? "yes" : "no")\nsave m 'm.fits' overwrite=yes\nend"
    // From hardly more than the exposures need to enough for all.
    for megabytes in [250, 400, 700] {
      let ended = try crs(
        "set on_error=continue threads=2\n\(make)\n\(statement)\nprint 'still here'", limit: megabytes << 10)
      #expect(
        ended.output.contains("still here") || ended.status == 1 && ended.errors.contains("memory"),
        "\(statement) with \(megabytes) MB: \(ended.status) \(ended.errors.suffix(300))")
      #expect(
        [0, 1].contains(ended.status), "\(statement) with \(megabytes) MB: \(ended.status) \(ended.errors)")
    }
  }

  /// What grows without pixels, or out of all proportion to them.
  @Test(arguments: [
    "t = 'a'; for i in 1:30; t = \"$t$t\"; end", "t = 'ab'; for i in 1:30; t = t + t; end",
    "x = pixels (s[1] * 1 + 0) where=(s[1] > -1e9)", "l = [1]; for i in 1:30; l = [l, l]; end",
  ])
  func textsListsAndTablesOutliveItToo(statement: String) throws {
    for megabytes in [250, 300, 400] {
      let ended = try crs(
        "set on_error=continue threads=2\ns = simulate nx=1200 ny=1000 seed=1\n\(statement)\nprint 'still here'",
        limit: megabytes << 10)
      #expect(
        ended.output.contains("still here"), "\(statement) with \(megabytes) MB: \(ended.errors.suffix(300))")
    }
  }

  /// Tiles are unpacked beside the pixels, so that a plain file fits where a packed one does not.
  @Test func tilesNeedTwiceTheRoom() throws {
    let made = try crs(
      "s, t = simulate nx=3000 ny=2000 n=1 seed=1; m = s[1]; save m m.fits; save m m.fits.fz")
    #expect(made.status == 0, "\(made.errors)")
    let limit = ["CRS_MEMORY": "40M"]
    #expect(try crs("x = load m.fits", environment: limit).status == 0)
    let packed = try crs("x = load m.fits.fz", environment: limit)
    #expect(packed.status == 1 && packed.errors.contains("3000x2000 pixels need 45.8 MB"), "\(packed.errors)")
  }

  @Test func limitsOfTheEnvironmentHold() throws {
    let ended = try crs(
      "set on_error=continue; s = simulate nx=1500 ny=1400 seed=1; print 'still here'",
      environment: ["CRS_MEMORY": "50M"])
    #expect(ended.output.contains("still here") && ended.status == 1)
    #expect(ended.errors.contains("need 80.1 MB of memory, 50.0 MB are available"), "\(ended.errors)")
  }
}
