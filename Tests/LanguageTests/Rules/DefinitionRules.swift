import Kernels
import Pipeline
import TestSupport
import Testing

@testable import Calling

/// Rule 19: commands of one's own.
@Suite struct DefinitionRules {
  private static let double = """
    def twice v times=2
      # Multiply a value
      # v (number, ADU): what is multiplied
      # times (integer, 1...9): how often
      # returns: product Number the product
      # Longer text.
      w = v * times
      return w
    end

    """

  @Test(arguments: [
    ("x = twice 4", "8"), ("x = twice 4 times=3", "12"), ("x = twice 4 3", "12"),
    ("x = twice times=3 v=4", "12"), ("x = twice(4) + 1", "9"),
    ("x = 1 + (twice 4)", "9"), ("w = 5; y = twice 1; x = w", "5"), ("x = len([twice(1), (twice 2)])", "2"),
    ("y = 4; x = y | twice", "8"),
    ("def g a\n  if a > 1\n    return 'big'\n  end\n  return 'small'\nend\nx = g 5", "'big'"),
    ("def g a\n  for i in 1:9\n    if i == a; return i * 10; end\n  end\nend\nx = g 3", "30"),
    ("def g a; return a, a + 1; end; y, x = g 4", "5"),
    ("def g a; return a; end; def h b; return g(b) + 1; end; x = h 3", "4"),
    ("def g; return 7; end; x = g", "7"), ("def g; return 7; end; x = g()", "7"),
    ("def g a b=[1, 2] c='t' d=none e=-3; return len(b); end; x = g 1", "2"),
    ("def g i; return median(i); end; y = g s; x = y[2, 2] == m[2, 2]", "yes"),
    ("def g i; p = i; p[1, 1] = 0; return p; end; y = g m; x = y[1, 1]", "0"),
    ("def g a; return lacosmic a gain=1 rnoise=3.4; end; c, q = g m; x = any(q)", "yes"),
    ("def g a; return a; end; y = g 1; def g a; return a + 1; end; x = g y", "2"),
  ]) func allows(script: String, x: String) throws { try RuleRun.expect(Self.double + script, x: x) }

  @Test(
    arguments: [
      ("def g a; return a + l; end", "def g l"),
      ("def g a; return a + $1; end", "not given inside a definition"),
      ("def g a; return \"$q\"; end", "def g q"), ("def median a; return a; end", "is a command"),
      ("def sqrt a; return a; end", "is a function"), ("def g a; return g(a); end", "calls itself"),
      ("def g a b=1 c; return a; end", "without a default"), ("def g a a; return a; end", "stands twice"),
      ("def g a=m; return a; end; x = g()", ""), ("def g a=(1 + 2); return a; end", "no literal"),
      ("if yes; def g a; return a; end; end", "stands outside"), ("return 3", "without a def"),
      ("def g a; undo; end", "works on the session"), ("x = twice", "v is missing"),
      ("x = twice 1 20", "1...9"), ("x = twice 1 2 3", "too many arguments"),
      ("x = twice 1 by=3", "not a parameter"),
      ("def g a; y = lacosmik a; end", "lacosmic"), ("def 3", "needs a name"),
      ("def g a; b = dilate c; end", "def g c"),
    ].filter { !$0.1.isEmpty }) func refuses(script: String, part: String) throws
  {
    try RuleRun.refuse(Self.double + script, part)
  }

  @Test func helpAndManifestAreLikeThoseOfCommands() throws {
    let run = try ScriptRun()
    try run.run(Self.double + "help twice")
    let manifest = try #require(run.session.registry["twice"]?.manifest)
    #expect(manifest.summary == "Multiply a value" && manifest.discussion == ["Longer text."])
    #expect(manifest.parameters.map(\.name) == ["v", "times"] && manifest.parameters[0].kind == .number)
    #expect(manifest.parameters[0].unit == "ADU" && manifest.parameters[1].limits == Limits(1...9))
    #expect(manifest.results.map(\.name) == ["product"])
    #expect(run.lines.all.contains { $0.contains("twice V [TIMES]") })
  }

  /// The body's names, settings and folder end with the call; inside nothing is told of assignments.
  @Test func callsLeaveNothingBehind() throws {
    let folder = try ScratchFolder()
    let run = try ScriptRun()
    try run.run(
      "def g a\n  inner = a\n  set threads=1\n  cd '\(folder.path)'\n  5\n  return inner\nend\n3\nset threads=2\nx = g 4\ny = _"
    )
    #expect(run.session["inner"] == nil && run.session.settings.threads == 2)
    #expect(run.lines.all.contains { $0.hasPrefix("inner") } == false)
    #expect(run.number("y") == 4)
  }

  /// Numbers that are drawn inside come from one seed, which is recorded with the call.
  @Test func drawnSeedsAreRecorded() throws {
    let run = try ScriptRun()
    try run.run(
      "def g n\n  a = simulate nx=20 ny=20\n  b = simulate nx=20 ny=20\n  return a, b\nend\nx, y = g 1")
    let call = try #require(run.session.script.last)
    #expect(call.hasPrefix("x, y = g 1 seed="))
    let again = try ScriptRun()
    try again.run(run.session.script.joined(separator: "\n"))
    #expect(ValueEquality.areEqual(run.session["x"]?.value, again.session["x"]?.value))
    #expect(!ValueEquality.areEqual(run.session["x"]?.value, run.session["y"]?.value))
    try run.run("p = g 1 seed=5; q = g 1 seed=5")
    #expect(ValueEquality.areEqual(run.session["p"]?.value, run.session["q"]?.value))
  }

  /// Provenance holds the definitions that a value needs, in the version that made it.
  @Test func provenanceHoldsDefinitions() throws {
    let run = try ScriptRun()
    try run.run(
      "def f a; return a + 1; end\ndef h a; return f(a) * 2; end\nx = h 3\ndef f a; return a; end\ny = f 5")
    #expect(
      try run.session.provenance(of: "x") == [
        "def f a; return a + 1; end", "def h a; return f(a) * 2; end", "x = h 3",
      ])
    #expect(try run.session.provenance(of: "y") == ["def f a; return a; end", "y = f 5"])
    for name in ["x", "y"] {
      let again = try ScriptRun()
      try again.run(try run.session.provenance(of: name).joined(separator: "\n"))
      #expect(run.number(name) == again.number(name))
    }
  }

  /// An error names the line of the body and the call, and changes nothing.
  @Test func errorsNameBodyAndCall() throws {
    let folder = try ScratchFolder()
    let script = try folder.write(
      "x = 1\ndef g a\n  y = a + 1\n  return y + 'text'\nend\n\nz = g 3\n", "t.crs")
    let run = try ScriptRun()
    let error = #expect(throws: CRSError.self) { try run.interpreter.run(file: script) }
    #expect(error?.script == script && error?.line == 4 && error?.sourceLine == "  return y + 'text'")
    #expect(error?.trace == ["g 3", "\(script):7"])
    #expect(run.session.names == ["x"])
    let own = try #require(run.error("g 5"))
    #expect(own.trace == ["g 5"] && own.line == 4)
  }

  @Test func undoTakesDefinitionsBack() throws {
    let run = try ScriptRun()
    try run.run("def g a; return a; end")
    try run.run("undo")
    #expect(run.session.registry["g"] == nil && run.error("x = g 1") != nil)
    try run.run("redo")
    try run.run("x = g 1")
    #expect(run.number("x") == 1)
    try run.run("def g a; return a + 1; end")
    try run.run("undo")
    try run.run("x = g 1")
    #expect(run.number("x") == 1)
    try run.run("drop g")
    #expect(run.session.registry["g"] == nil)
  }

  /// A comment that describes a parameter that is none is told.
  @Test func commentsOfStrangersAreTold() throws {
    let run = try ScriptRun()
    func notes(_ comment: String) throws -> [String] {
      let before = run.lines.all.count
      try run.run("def f x sigma=3\n# a summary\n# \(comment)\nreturn x * sigma\nend")
      return run.lines.all.dropFirst(before).filter { $0.contains("has no parameter") }
    }
    for comment in ["sgima: the threshold", "limit (Number, sigma, 0...9): text", "mode (a|b): text"] {
      #expect(try notes(comment).count == 1, "\(comment)")
    }
    for comment in [
      "sigma: the threshold", "Attention (for once): text", "returns: y Number text", "example: f 3",
    ] {
      #expect(try notes(comment) == [], "\(comment)")
    }
  }
}
