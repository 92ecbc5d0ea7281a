import TestSupport
import Testing

/// `--check` finds what must fail, whatever the values are, and nothing else.
@Suite struct StatementCheckTests {
  private static let setup = """
    s = load n_?.fits gain=1 rnoise=3.4
    x = s[1]
    m = median s
    k = m > 50
    t = label k image=m

    """

  /// A folder with five exposures n_1.fits and so on.
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try ScriptRun().run("simulate nx=60 ny=40 n=5 seed=1 prefix='\(folder.path)/n'")
  }

  private func errors(_ script: String) throws -> [String] {
    let text = Self.setup.replacing("n_?.fits", with: folder.path + "/n_?.fits") + script
    let path = try folder.write(text, "t.crs")
    return try ScriptRun().interpreter.errors(inFile: path).map(\.description)
  }

  @Test(arguments: [
    ("save k mask.csv", ".csv"), ("save (m > 5) k.csv", ".csv"), ("save t groups.fits", ".fits"),
    ("median s | save m.csv", ".csv"), ("dilate 5", "a Mask"), ("label s", "Stack"), ("lacosmic s", "Stack"),
    ("lacosmic t", "Table"), ("if k\nprint 1\nend", "any(m)"), ("if 3\nprint 1\nend", "yes or no"),
    ("z = sqrt(k)", "sqrt does not apply"), ("t[nope]", "no column 'nope'"),
    ("u = t[1]; u[nope]", "no column 'nope'"),
    ("for r in t\nprint r[nope]\nend", "no column 'nope'"),
    ("z = m[1:900, 1:3]", "leaves the image"), ("z = x[61, 3]", "leaves the image"),
    ("z = s[1:9, 1:99]", "leaves the image"), ("z = x[5]", "no place in pixels"),
    ("z = x[k]", "pixels x where=m"),
    ("z = [1, 2] + [1, 2, 3]", "equal numbers"), ("z = k > 0", "Mask does not compare"),
    ("any(m)", "any does not apply"),
    ("z = m & k", "joins masks"), ("z = t + 1", "Table"), ("z = 'a' * 3", "names no file"),
    ("z = m[1:9, 1:9] + m", "equal shapes"), ("k | grep", "'grep'"), ("t | dilate", "does not take Table"),
    ("if no\nfrobnicate x\nend", "'frobnicate' is not a command"),
    ("if no\nz = nothere + 1\nend", "'nothere'"),
    ("z = x[nothere, 3]", "'nothere'"), ("stats s median | dilate", "dilate does not take"),
  ]) func whatMustFailIsFound(script: String, part: String) throws {
    let found = try errors(script)
    #expect(found.contains { $0.contains(part) }, "\(script): \(found)")
  }

  @Test(arguments: [
    "n = 0\nfor i in 1:3\nif i > 1\nn = n | k\nelse\nn = k\nend\nend",
    "if any(k)\nz = m\nelse\nz = 3\nend\nz = z + 1\nif z > 2\nend",
    "z = x[3, 3] & 4", "z = t[t[peak] > 300]; z = sort t peak; z[1, peak]",
    "t[mine] = t[peak] * 2; print t[mine]",
    "label k image=s | sort peak | countrows", "lacosmic x | dilate 2 | countflagged",
    "save k mask.fits; save m a.fits.gz",
    "l = [1, 2] + 3; l = l * l; z = l[1] + len(l)", "d = s - (stats s median); z = d > 3; z = any(z[1])",
    "q = x[1:60, 1:40]; q = x[:, 3]; q = x[60, :]; q = x[1:9, 40]; q = s[2:4]; q = s[2, 3]",
    "z = where(k, m, 0); z = clip(m, 0, stats(m, max)); z = minimum(m, x)", "b = load n.yaml; z = load u.csv",
    "z = 'a' + 'b'; if z == 'ab'\nend", "for f in *.fits\ny = f - 3\nend", "z = m - other.fits",
    "def f a b=3\nreturn a + b\nend\nz = f m; z = z > 3",
    "c = crmasks s; z = c[CRMASK2]; z = dilate(z); z = z & k",
    "drop m; undo; m > 3", "x[3, 3] = 5; k[3, 3] = yes; s[2] = m", "z = load n_1.fits ext=0; z = z + 1",
    "n = info m nx; z = m[1:n, 1:3]; z = m[n - 3:n, 3]",
    "i = 70; if i < 60\nz = m[i, 3]\nend".replacing("70", with: "50"),
  ]) func whatMayRunIsNotTold(script: String) throws {
    let found = try errors(script)
    #expect(found.isEmpty, "\(script): \(found)")
  }

  /// What a script that is run binds and defines is known behind it.
  @Test func scriptsThatAreRunAreFollowed() throws {
    _ = try folder.write("zz = 3\ndef own a; return a + 1; end\n", "lib.crs")
    #expect(try errors("source lib.crs\nx = zz + 1\nown 3").isEmpty)
    #expect(try errors("source lib.crs\nx = yy + 1").count == 1)
    #expect(try errors("source nosuch.crs\nx = yy + 1\nfrob 3").isEmpty)
  }
}
