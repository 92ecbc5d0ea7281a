import Foundation
import TestSupport
import Testing

@testable import Kernels
@testable import Pipeline

/// The ten rules of the language.
@Suite struct LanguageTests {
  @Test(arguments: [
    ("x = 1 + 2 * 3", 7.0), ("x = (1 + 2) * 3", 9), ("x = 2 ** 3 ** 2", 512), ("x = -2 ** 2", -4),
    ("x = 7 / 2", 3.5),
    ("x = 1e3 - 1", 999), ("x = 2 * -3", -6), ("x = 10 - 2 - 3", 5), ("x = (\n1 +\n2)", 3),
    ("x = 1 + \\\n 2", 3),
    ("a = 4; x = a * a", 16), ("x = 5 # comment", 5), ("l = [3, 4, 5]; x = l[2]", 4),
  ])
  func expressions(text: String, expected: Double) throws {
    let run = try ScriptRun()
    try run.run(text)
    #expect(run.number("x") == expected)
  }

  @Test func firstWordThatIsACommandMakesACommand() throws {
    let run = try ScriptRun()
    try run.run("s, truth = simulate nx=40 ny=30 seed=1\nm = median s\nd = (max s) - (min s)")
    guard case .stack = run.session["s"]?.value, case .stack = run.session["truth"]?.value,
      case .image = run.session["m"]?.value, case .image = run.session["d"]?.value
    else {
      Issue.record("wrong kinds: \(run.lines.all)")
      return
    }
  }

  @Test func fewerNamesTakeTheFirstResultsAndMoreAreAnError() throws {
    let run = try ScriptRun()
    try run.run("s = simulate nx=40 ny=30 seed=1")
    #expect(run.error("a, b, c, d = simulate nx=40 ny=30 seed=1")?.kind == .usage)
    #expect(run.error("a, b = median s")?.kind == .usage)
  }

  @Test(arguments: [
    "yes = 1", "for = 2", "median = 3", "none = 1", "a, a = simulate nx=30 ny=30 seed=1", "auto = 1",
  ])
  func wordsOfTheLanguageCannotBeAssigned(text: String) throws {
    #expect(try ScriptRun().error(text)?.kind == .usage)
  }

  /// A marker stands before the character that the error points at.
  @Test(arguments: [
    "x = load ›'a", "x = load ›'a\nb", "x = ›lacosmik y",
    "s = simulate nx=30 ny=30 seed=1\nm = lacosmic s ›sigclipp=3",
    "x = ›nothere", "x = 1 + ›", "s = simulate nx=30 seed=1 ›seed=2", "x = simulate nx=›notanumber",
    "x = [1, 2›}", "›end", "x = simulate ny=30 ›nx=5", "x = 1\ny = x + (2 * ›z)",
    "for n in 1 2\n  x = dilate ›q\nend", "x = 1 ›2",
  ])
  func errorsMarkTheirPlace(marked: String) throws {
    let marker = try #require(marked.firstIndex(of: "›"), "a case without a mark")
    let error = try #require(try ScriptRun().error(String(marked.filter { $0 != "›" })))
    #expect(error.kind == .usage, "\(error)")
    let before = marked[..<marker].split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      error.line == before.count && error.column == (before.last?.count ?? 0) + 1,
      "\(error.line ?? 0):\(error.column ?? 0) for \(marked)")
  }

  @Test func misspeltNamesGetASuggestion() throws {
    let run = try ScriptRun()
    try run.run("exposure = 3")
    #expect(run.error("x = exposre + 1")?.hint == "did you mean 'exposure'?")
    #expect(run.error("x = lacosmik exposure")?.hint == "did you mean 'lacosmic'?")
  }

  @Test func deepNestingIsAnErrorAndNotACrash() throws {
    let run = try ScriptRun()
    #expect(run.error("x = " + String(repeating: "(", count: 100_000) + "1")?.kind == .usage)
    #expect(run.error("x = " + String(repeating: "[", count: 100_000))?.kind == .usage)
    #expect(run.error("x = " + String(repeating: "-", count: 100_000) + "1")?.kind == .usage)
    #expect(run.error(String(repeating: "if yes\n", count: 5000))?.kind == .usage)
    try run.run("x = 1" + String(repeating: " + 1", count: 20_000))
    #expect(run.number("x") == 20_001)
  }

  @Test func sectionsAndPixelsAreFITSPixels() throws {
    let run = try ScriptRun()
    try run.run("s = simulate nx=40 ny=30 seed=1\nm = median s\nc = m[3:9, 2:5]\np = m[4, 3]\nq = c[2, 2]")
    guard case .image(let cut)? = run.session["c"]?.value else {
      Issue.record("no image")
      return
    }
    #expect(cut.shape == Shape(width: 7, height: 4))
    #expect(run.number("p") == run.number("q"))
    #expect(run.error("x = m[0:5, 1:5]") != nil)
    #expect(run.error("x = m[1:50, 1:5]")?.kind == .data)
  }

  @Test func comparisonsGiveMasks() throws {
    let run = try ScriptRun()
    try run.run(
      "s = simulate nx=40 ny=30 seed=1\nm = median s\nhigh = m > 10\nlow = !high\nboth = high & low\nall = high | low"
    )
    func count(_ name: String) -> Int {
      if case .mask(let mask)? = run.session[name]?.value { return mask.flagged }
      return -1
    }
    #expect(count("both") == 0)
    #expect(count("all") == 1200)
    #expect(count("high") > 0)
  }

  @Test func loopsConditionsAndUndo() throws {
    let run = try ScriptRun()
    try run.run("n = 0\nfor k in 1 2 3\n  n = n + k\n  last = k\nend")
    #expect(run.session.names.contains("last"))
    try run.run("if (2 > 1)\n x = 1\nelse\n x = 2\nend")
    #expect(run.number("x") == 1)
    try run.run("x = 5; undo")
    #expect(run.number("x") == 1)
    try run.run("redo")
    #expect(run.number("x") == 5)
    try run.run("drop x")
    #expect(run.session["x"] == nil)
    try run.run("undo")
    #expect(run.number("x") == 5)
  }

  @Test func timePrintsOneLine() throws {
    let run = try ScriptRun()
    try run.run("time x = 1")
    #expect(run.lines.all.filter { $0.hasPrefix("time: ") && $0.hasSuffix(" s") }.count == 1)
  }

  /// Random sessions replay to the same values.
  @Test(arguments: 1...8)
  func recordedSessionsReplay(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    var script = ["s = simulate nx=40 ny=30 seed=\(seed)", "i1 = median s", "m1 = i1 > 9", "n1 = 3"]
    var (images, masks) = (["i1"], ["m1"])
    for k in 2...14 {
      let image = images.randomElement(using: &random) ?? "i1"
      let other = images.randomElement(using: &random) ?? "i1"
      let mask = masks.randomElement(using: &random) ?? "m1"
      switch Int.random(in: 0..<9, using: &random) {
      case 0: script.append("i\(k) = \(image) + \(other) * 2"); images.append("i\(k)")
      case 1: script.append("i\(k) = mean s"); images.append("i\(k)")
      case 2: script.append("m\(k) = dilate \(mask) 1"); masks.append("m\(k)")
      case 3: script.append("m\(k) = (\(image) > 12) | \(mask)"); masks.append("m\(k)")
      case 4: script.append("i\(k), m\(k) = lacosmic \(image) rnoise=3.4 gain=1"); images.append("i\(k)")
      case 5: script.append("i1 = \(image) - 1")
      case 6: script.append("n\(k) = \(image)[5, 6] * 2")
      case 7: script.append("t\(k) = 1\nundo")
      default: script.append("r\(k) = simulate nx=30 ny=20")
      }
    }
    let first = try ScriptRun()
    try first.run(script.joined(separator: "\n"))
    let second = try ScriptRun()
    try second.run(first.session.script.joined(separator: "\n"))
    #expect(first.session.names == second.session.names)
    for name in first.session.names {
      let (a, b) = (first.session[name]?.value, second.session[name]?.value)
      #expect(ValueEquality.areEqual(a, b), "\(name) in\n\(first.session.script.joined(separator: "\n"))")
      let alone = try ScriptRun()
      try alone.run(try first.session.provenance(of: name).joined(separator: "\n"))
      #expect(ValueEquality.areEqual(a, alone.session[name]?.value), "provenance of \(name)")
    }
  }
}

/// Compares values to the last bit.
enum ValueEquality {
  static func areEqual(_ a: Value?, _ b: Value?) -> Bool {
    switch (a, b) {
    case (.image(let a)?, .image(let b)?): a.pixels == b.pixels && a.unit == b.unit
    case (.stack(let a)?, .stack(let b)?): zip(a.exposures, b.exposures).allSatisfy { $0.pixels == $1.pixels }
    case (.mask(let a)?, .mask(let b)?): a == b
    case (.table(let a)?, .table(let b)?): a == b
    case (let a?, let b?): a.literal != nil && a.literal == b.literal
    default: false
    }
  }
}

/// Errors of scripts that other scripts run.
@Suite struct TraceTests {
  @Test func namesTheScriptsThatRanIt() throws {
    let scratch = try ScratchFolder()
    let inner = try scratch.write("y = 2\nz = medain y\n", "b.crs")
    let outer = try scratch.write("x = 1\nsource '\(inner)'\n", "a.crs")
    let script = try ScriptRun()
    let error = #expect(throws: CRSError.self) { try script.interpreter.run(file: outer) }
    #expect(error?.script == inner && error?.line == 2)
    #expect(error?.trace == ["\(outer):2"])
  }
}
