import TestSupport
import Testing

/// Hints say what to type, and that is taken when it is typed.
@Suite struct HintRules {
  /// A script that is refused, what its hint says, and the script with that typed.
  @Test(arguments: [
    ("if countflagged k > 10; x = 1; end", "(countflagged k)", "if (countflagged k) > 10; x = 1; end"),
    ("if countflagged k>10; x = 1; end", "(countflagged k)", "if (countflagged k) > 10; x = 1; end"),
    ("if stats m median > 1; x = 1; end", "(stats m median)", "if (stats m median) > 1; x = 1; end"),
    ("if len l > 2; x = 1; end", "len(l)", "if len(l) > 2; x = 1; end"),
    ("if any k; x = 1; end", "any(k)", "if any(k); x = 1; end"),
    ("if (countflagged k); x = 1; end", "n > 0", "if (countflagged k) > 0; x = 1; end"),
    ("y = m > 5 * stats m std + 1; x = 1", "(stats m std)", "y = m > 5 * (stats m std) + 1; x = 1"),
    ("print 'a' > 3; x = 1", "('a' > 3)", "print ('a' > 'b'); x = 1"),
    ("y = plot m a.png title=a - b; x = 1", "title='a - b'", "x = 'a - b'; x = 1"),
    ("t = label k image=m - 3; x = 1", "image=(m - 3)", "t = label k image=(m - 3); x = 1"),
    (
      "y = [i*2 for i in l]; x = 1", "out = []; for i in l; out = append(out, i*2); end",
      "out = []; for i in l; out = append(out, (i*2)); end; x = 1"
    ),
    (
      "y = [i for i in l if i > 1]; x = 1", "for i in l; if i > 1; out = append(out, i); end; end",
      "out = []; for i in l; if i > 1; out = append(out, i); end; end; x = 1"
    ),
    (
      "y = [2 * l[i] for i in range(3)]; x = 1", "for i in 0:3-1; out = append(out, 2 * l[i]); end",
      "out = []; for i in 1:3-1; out = append(out, 2 * l[i]); end; x = 1"
    ),
    ("y = m[::2, 1]; x = 1", "x[:, i] is a row", "for i in 1:9:2; y = m[:, i]; end; x = 1"),
    ("y = l[1:3:2]; x = 1", "l[i] an element", "for i in 1:3:2; y = l[i]; end; x = 1"),
    ("n = 3; print f\"{n}\"; x = 1", "\"${n}\"", "n = 3; print \"${n}\"; x = 1"),
    ("n = 3; print(f\"{n:.2f} px\"); x = 1", "\"${n:.2f} px\"", "n = 3; print(\"${n:.2f} px\"); x = 1"),
    ("n = 3; y = f'{n + 1}'; x = 1", "\"${x:.2f}\"", "n = 3; y = n + 1; y = \"$y\"; x = 1"),
    ("y = 'ab'.upper(); x = 1", "functions on text", "y = stem('ab'); x = 1"),
    ("y = 'a {}'.format(3); x = 1", "\"${x:.2f}\"", "y = 3; y = \"a $y\"; x = 1"),
    ("y = 'abc'[1]; x = 1", "a text has no parts", "y = split('a b', ' '); x = 1"),
    ("\"\"\"text\"\"\"", "# begins a comment", "# text\nx = 1"),
    ("print 'it''s'; x = 1", "\"it's\"", "print \"it's\"; x = 1"),
    ("print 'a'$n; x = 1", "\"$a$b\"", "n = 3; print \"a$n\"; x = 1"),
    ("n = 4# four\nx = 1", "behind a blank", "n = 4 # four\nx = 1"),
    ("n = 1; n++; x = 1", "n += 1", "n = 1; n += 1; x = 1"), ("n = 1; n++", "n += 1", "n = 1; n += 1; x = 1"),
    ("y = {}; x = 1", "[a, b] is a list", "y = []; x = 1"),
    ("x = y = 3", "y = 3; x = y", "y = 3; x = y; x = 1"), ("x := 3", "x = 3", "x = 3; x = 1"),
    ("if 3 > 2 then\nx = 1\nend", "behind the condition", "if 3 > 2\nx = 1\nend"),
    ("if 3 > 2 print 'a' end; x = 1", "behind ;", "if 3 > 2; print 'a'; end; x = 1"),
    ("try:\nx = 1", "on_error=continue", "set on_error=continue\nx = 1"),
    ("... x = 1", "without one", "x = 1"),
    ("y = clip(5, nan, 10); x = 1", "-inf is no limit", "y = clip(5, -inf, 10); x = 1"),
  ]) func canBeTyped(script: String, hint: String, typed: String) throws {
    try RuleRun.refuse(script, hint)
    try RuleRun.expect(typed, x: "1")
  }
}
