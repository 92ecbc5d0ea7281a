import Calling
import Kernels
import Pipeline
import TestSupport
import Testing

@testable import Language

/// What is printed is read back as the same tree.
@Suite struct ReplayPrinterTests {
  /// A statement's right side as it was evaluated.
  private func tree(_ text: String, _ run: ScriptRun) throws -> Resolved {
    let runner = CommandRunner(session: run.session, frontend: TestFrontend())
    var parser = Parser(
      "x = " + text,
      vocabulary: Parser.Vocabulary(
        isCommand: { run.session.registry[$0] != nil }, isVariable: { run.session[$0] != nil }))
    let statements = try parser.parse()
    guard case .run(_, let call, _)? = statements.first else { throw CRSError.usage("no statement") }
    return try Evaluator(runner).call(call).tree
  }

  @Test(arguments: [
    ("(a) + (b)", "a + b"), ("(a + b) + c", "a + b + c"), ("a + (b + c)", "a + (b + c)"),
    ("a - (b - c)", "a - (b - c)"), ("(a * b) + c", "a * b + c"), ("a * (b + c)", "a * (b + c)"),
    ("a / (b / c)", "a / (b / c)"), ("-a ** 2", "-a ** 2"), ("(-a) ** 2", "(-a) ** 2"),
    ("a ** -b", "a ** -b"), ("(a ** b) ** c", "(a ** b) ** c"), ("a ** b ** c", "a ** b ** c"),
    ("a ** (b * c)", "a ** (b * c)"), ("(-2) ** 2", "(-2) ** 2"), ("-(a + b)", "-(a + b)"), ("- -a", "--a"),
    ("a - -3", "a - -3"), ("(a > b) == (c > b)", "(a > b) == (c > b)"),
    ("!(i > 5) & (i < 9) | (i == 0)", "(!(i > 5) & (i < 9)) | (i == 0)"),
    ("(median s) - (min s)", "(median s) - (min s)"), ("(median s)[1:3, 2:4]", "(median s)[1:3, 2:4]"),
    ("l[(1 + 1)]", "l[1 + 1]"), ("[a, (a + b), -1, 'it is']", "[a, (a + b), -1, 'it is']"),
    ("dilate (i > 5) size=(a + 1)", "dilate (i > 5) size=(a + 1)"), ("4.0", "4.0"), ("4", "4"),
    ("1e22", "1e+22"),
    ("-0.0", "-0.0"), ("[1.0, 2]", "[1.0, 2]"), ("\"it's \\\\ \\\"so\\\"\"", "\"it's \\\\ \\\"so\\\"\""),
  ])
  func treesAreWrittenWithTheirRanks(text: String, expected: String) throws {
    let run = try ScriptRun()
    try run.run("a = 2; b = 3; c = 2; l = [5, 6]; s = simulate nx=20 ny=20 seed=1; i = median s")
    let first = try tree(text, run)
    #expect(ReplayPrinter.text(first) == expected)
    let again = try tree(ReplayPrinter.text(first), run)
    #expect(ReplayPrinter.text(again) == expected)
  }

  /// What is saved tells all that it was made of.
  @Test func historyOfAnExpressionNamesBothSides() throws {
    let folder = try ScratchFolder()
    let run = try ScriptRun()
    let file = folder.file("c.fits")
    try run.run(
      "a = median (simulate nx=20 ny=20 seed=1); n = '\(file)'; b = median (simulate nx=20 ny=20 seed=2); c = 3"
    )
    try run.run("save (a + b) n; header n")
    let history = run.lines.all.filter { $0.hasPrefix("HISTORY") }.map { $0.dropFirst(8) }
    #expect(
      history == [
        "a = median (simulate nx=20 ny=20 seed=1)", "b = median (simulate nx=20 ny=20 seed=2)", "_ = a + b",
      ])
  }
}
