import Calling

/// Help on the language itself: topics, keywords and functions.
package enum LanguageHelp {
  /// Topics and keywords, for suggestions.
  package static let names =
    topics.keys.sorted() + MigrationHelp.names + ProductHelp.names + FunctionTable.names

  /// The lines about a topic, a keyword or a function; nil for what is none.
  package static func page(_ name: String) -> [String]? {
    if name == "functions" { return functions }
    if let lines = topics[name] ?? MigrationHelp.page(name) { return lines }
    guard let entry = FunctionTable[name] else { return ProductHelp.page(name) }
    return ["\(entry.usage): \(entry.help)"] + (entry.takesPixels ? ["", elementwise] : [])
  }

  private static let elementwise =
    "Works element by element on images, stacks, lists and numbers; see: help functions"

  private static var functions: [String] {
    let width = FunctionTable.all.map(\.usage.count).max() ?? 0
    return [
      "Functions are called with parentheses directly behind the name:", "",
    ] + FunctionTable.all.map { "  " + $0.usage.rightPadded(to: width + 2) + $0.help } + [
      "", "The first group works element by element on images, stacks, lists and numbers.",
      "What has no value, such as the square root of a negative pixel, is NaN. A unit",
      "that no longer holds is dropped.", "",
      "Commands are called so too: 1 + median(s), lacosmic(x, sigclip=5).",
    ]
  }

  private static let topics: [String: [String]] = [
    "language": [
      "A statement is one of", "", "  command ARGUMENTS key=value      save clean clean.fits overwrite=yes",
      "  name = command ...               m = median s",
      "  a, b = command ...               clean, mask = lacosmic m",
      "  name = EXPRESSION                d = (m - 5) / 2",
      "  name[...] = EXPRESSION           d[1:9, 1:9] = 0",
      "  name += EXPRESSION               n += 1 (also -= *= /=)",
      "  command | command                load *.fits | median | show", "",
      "Arguments are parted by blanks; operators stand in parentheses: shift m (n + 1) 0.",
      "A bare word with one of . / ~ * ? names files; texts stand in quotes.",
      "Pixels are FITS pixels: x first, counted from 1, ends included.", "",
      "  x[120, 40]  x[1:9, 1:9]  x[:, 40]   a pixel, a section, a row",
      "  s[2]  s[2:4]  s[120, 40]            exposures of a stack, the values of a pixel",
      "  t[flux]  t[3]  t[3, flux]           column, row and cell of a table",
      "  l[2]  l[l > 5]  masks[CRMASK2]      elements of a list, masks of a set", "",
      "\"$name\" and \"${n:03d}\" fill values into texts; # begins a remark; ! is the system's",
      "shell; \\ at the end of a line continues it; _ is the last result.", "",
      "See: help operators, help functions, help keywords, help NAME, NAME?",
    ],
    "operators": [
      "From the tightest to the loosest:", "", "  **              power, from right to left",
      "  -  !            sign, not",
      "  *  /  //  %     times, over, whole part of the quotient and what is left",
      "  +  -            plus, minus; + joins texts",
      "  < <= > >= == != comparisons; a < x < b is both",
      "  &               and, also of bits of whole-number images",
      "  |               or; before a command a pipe", "",
      "They work between images, stacks, masks, lists and numbers. A comparison of an image",
      "is a mask and flags no pixel that is masked or NaN. / never truncates; whole numbers",
      "are exact to 64 bits. Outside of expressions operators need parentheses.",
    ],
    "keywords": [
      "  for      repeat statements               help for",
      "  if       choose statements               help if",
      "  def      define a command                help def",
      "  time     measure a statement             help time",
      "  next     the next round of a loop        help next",
      "  return   results of a definition         help return",
      "  end      ends for, if and def", "  yes no none auto nan inf pi              values",
    ],
    "for": [
      "for NAME in ITEMS", "  ...", "end", "",
      "ITEMS are a glob (*.fits), a list, a stack (each exposure), a table (each row), words,",
      "or a range: 1:5, 1:n, 1:9:2, both ends included. next goes to the next round.", "",
      "  for f in night_*.fits", "    clean, mask = lacosmic f",
      "    save clean \"clean_$f\"", "  end",
    ],
    "if": [
      "if CONDITION", "  ...", "else if CONDITION", "  ...", "else", "  ...", "end", "",
      "A condition is yes or no: n > 3, any(m), all(l > 0), countflagged(m) > 100.",
    ],
    "def": [
      "def NAME PARAMETER ... [PARAMETER=DEFAULT ...]", "  # What it does, in one line",
      "  # p (number, ADU, 0...10): what p is", "  # returns: name Image what comes out",
      "  ...", "  return a, b", "end", "",
      "A body sees its parameters, what it assigns, functions and commands, nothing of the",
      "session. The comments are its help. A definition is called like a command.",
    ],
    "return": ["return VALUE, ... ends a definition and gives its results; see: help def"],
    "next": ["next goes to the next round of a loop; see: help for"],
    "end": ["end ends for, if and def."],
    "else": ["else stands between the statements of an if; see: help if"],
    "in": ["in stands between the variable and the items of a loop; see: help for"],
  ]
}
