import Testing

@testable import Language

/// The call that is being typed, as the parser finds it.
@Suite struct TypedWordTests {
  /// `command(arguments before; key) word` and the like.
  private func found(_ line: String) -> String {
    guard
      let typed = TypedWord(
        in: line, isCommand: { ["load", "median", "lacosmic", "time", "save"].contains($0) })
    else { return "nothing" }
    switch typed.place {
    case .statement: return "statement \(typed.text)"
    case .rightSide: return "right \(typed.text)"
    case .operand: return "operand \(typed.text)"
    case .function(let name, let index): return "\(name) \(index) \(typed.text)"
    case .value: return "value \(typed.text)"
    case .loopItem: return "item \(typed.text)"
    case .pipe: return "pipe \(typed.text)"
    case .brackets: return "brackets \(typed.text)"
    case .rangeEnd: return "end \(typed.text)"
    case .quoted(let quote, _): return "quoted\(quote) \(typed.text)"
    case .shell: return "shell \(typed.text)"
    case .argument(let name, let before, let key), .item(let name, let before, let key):
      let given = before.map { ($0.name.map { $0 + "=" } ?? "") + ($0.text ?? "?") }.joined(separator: " ")
      return "\(name)(\(given);\(key ?? "")) \(typed.text)"
    }
  }

  @Test(arguments: [
    ("", "statement "), ("lac", "statement lac"), ("x = lac", "right lac"), ("a, b = ", "right "),
    ("x[3] = ", "right "),
    ("load a.fits; lac", "statement lac"), ("x = (med", "statement med"), ("time lac", "statement lac"),
    ("for f in a.fits b.fits\n  lac", "statement lac"), ("if x > 3\n  lac", "statement lac"),
  ]) func statements(_ line: (text: String, found: String)) { #expect(found(line.text) == line.found) }

  @Test(arguments: [
    ("lacosmic ", "lacosmic(;) "), ("c, m = lacosmic x si", "lacosmic(x;) si"),
    ("lacosmic x sigclip=5 objlim=", "lacosmic(x sigclip=?;objlim) "),
    ("lacosmic image=x psfmodel=ga", "lacosmic(image=x;psfmodel) ga"),
    ("save (lacosmic x sig", "lacosmic(x;) sig"), ("save (median s) sig", "save(?;) sig"),
    ("y = (1 + (lacosmic x sig", "lacosmic(x;) sig"), ("load [a.fits, b", "load(;) b"),
    ("load 'my file.fits' ga", "load(my file.fits;) ga"), ("unknown a b", "unknown(a;) b"),
    ("x = lacosmic \\\n  y sig", "lacosmic(y;) sig"), ("lacosmic x # no\nlacosmic y ", "lacosmic(y;) "),
    ("load a.fits;lacosmic y ", "lacosmic(y;) "),
  ]) func arguments(_ line: (text: String, found: String)) { #expect(found(line.text) == line.found) }

  @Test(arguments: [
    ("x = a + b", "operand b"), ("if a", "value a"), ("x = clip(a, b", "clip 1 b"),
    ("x = s[2][", "brackets s[2]["), ("for f in da", "item da"), ("for i in 1:n", "end n"),
    ("x = (1:le", "end le"), ("x = [m, ", "value "),
    ("x = (a - b", "operand b"),
    ("lacosmic (a - b", "operand b"), ("x = image[", "brackets image["),
    ("x = image[1:9, 3", "brackets image[1:9, 3"),
    ("save image[1", "brackets image[1"), ("load a.fits[", "brackets a.fits["),
    ("save (2 * s[", "brackets s["),
    ("load 'my fi", "quoted' my fi"), ("x = load \"a", "quoted\" a"), ("!ls -l da", "shell da"),
    ("!ls ", "shell "),
  ]) func values(_ line: (text: String, found: String)) { #expect(found(line.text) == line.found) }

  @Test func whatIsNoStatementIsNothing() {
    for line in ["x = )", "1 2 = ", "for x", "a = 'b' c'"] { #expect(found(line) == "nothing", "\(line)") }
  }
}
