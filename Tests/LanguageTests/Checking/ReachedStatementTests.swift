import Kernels
import TestSupport
import Testing

/// `--check` of what is reached, and of what is known of it.
@Suite struct ReachedStatementTests {
  private static let setup = "s, truth = simulate nx=40 ny=30 seed=5\nx = s[1]\n"

  private func errors(_ script: String) throws -> [CRSError] {
    let folder = try ScratchFolder()
    return try ScriptRun().interpreter.errors(inFile: try folder.write(Self.setup + script, "t.crs"))
  }

  @Test(arguments: [
    // Nothing behind these is reached.
    "exit\nnosuch y\nprint zz", "exit 0; print zz", "exit()\nprint zz", "quit\nprint zz",
    "for i in 1:3\nnext\nprint zz\nend", "def f a\nreturn a\nprint zz\nend\ny = f 1",
    // What a line would have bound that cannot be read.
    "m = x > 5 5\nk = m & m\nprint $m", "w = x[3\nq = w * 2\nprint w",
    "for i in x >\ny = i\nend\nprint i y", "def f(a)\nreturn a\nend\nprint (f 3)",
    // What may run.
    "z = x[3, 3] & 4", "if x[1, 1] > 3\nexit\nend\nprint 1", "for i in 1:0\nprint x[99, 1]\nend",
    "for i in 1:3\nif i > 1\nnext\nend\nprint x[99, 1]\nend",
    "for i in 1:3\nif i > 5\nprint x[99, 1]\nend\nend",
    "def f a\nreturn a * 2\nend\np, q = f [1, 2]\nk = f(3)",
    "def f a\nif a > 1\nreturn 1\nend\nreturn [1, 2]\nend\np, q = f 1",
    "y = s - truth * 1", "y = (s * 2) - truth", "y = clip(x, stats(x, min), stats(x, max))",
    "y = none\nif y == none\nprint 1\nend", "y = where(x > 3, x, 0)", "y = s > 3\nz = y[1] & y[2]",
    "h = header x GAIN\ny = x * h", "t = newtable a\nt = addrow t none", "cd none",
  ]) func reportsNothing(script: String) throws {
    let found = try errors(script).filter { $0.line ?? 0 > 3 }
    #expect(found.isEmpty, "\(script): \(found.map(\.description))")
  }

  @Test(arguments: [
    ("k = s[1] & s[2]", "whole numbers"), ("k = x | 5", "whole numbers"),
    ("k = (x * 2) & 4", "whole numbers"),
    ("k = s & s", "joins masks"), ("k = s & (x > 5)", "joins masks"), ("score s s", "MaskSet"),
    ("score x truth", "MaskSet"), ("h = header x", "gives no value"), ("h = info x", "gives no value"),
    ("y = 1 + (header x)", "gives no value"), ("y = x - truth[1]", "different units"),
    ("y = s - truth", "different units"), ("k = x > truth[2]", "different units"),
    ("a, b = stats x median", "2 names for 1 result"),
    ("def f a\nreturn a * 2\nend\na, b = f x", "2 names for 1 result"),
    ("def f a\nreturn a * 2\nend\na, b = f(3)", "2 names for 1 result"),
    ("def f a\nreturn a > 2\nend\nk = f x\nif k\nend", "any(m)"),
    ("for i in 1:3\nprint (x[0, 0])\nend", "leaves the image"),
    ("for i in 1:3\nx[0, 0] = 3\nend", "leaves the image"),
    ("for e in s\ny = e[41, 3]\nend", "leaves the image"),
    ("for i in [1:3]\nend", "for i in 1:3"), ("for i in 1..3\nend", "for i in 1:3"),
    ("y = sqrt(none)", "none"), ("y = any(s)", "any does not apply"), ("y = clip(x, none, 3)", "none"),
    ("maskof 3", "an Image"), ("save 3 a.fits", "no file format"), ("show [1, 2]", "an Image"),
  ]) func finds(script: String, part: String) throws {
    let found = try errors(script)
    #expect(found.contains { $0.description.contains(part) }, "\(script): \(found.map(\.description))")
    // It fails when it runs, too.
    let error = try ScriptRun().error(Self.setup + script)
    #expect(error != nil, "\(script) runs")
  }

  /// The bracket that was forgotten is named, not what stands on the next line.
  @Test func openBracketsAreNamed() throws {
    for script in ["w = x[3\nq = 2", "w = [1, 2\nq = 2", "w = (1 + 2\nq = 2", "w = sqrt(x\nq = 2"] {
      let found = try errors(script)
      #expect(found.first?.line == 3 && found.count == 1, "\(script): \(found.map(\.description))")
    }
  }
}
