/// What people type who know Python and other shells, and how it is written here.
enum Habits {
  /// Statements and words.
  static let words: [String: String] = [
    "elseif": "else if CONDITION", "until": "for NAME in 1:n ... end",
    "and": "a & b holds where both hold", "or": "a | b holds where one holds", "not": "!a is the contrary",
    "elif": "else if CONDITION", "elsif": "else if CONDITION", "while": "for NAME in 1:n ... end",
    "range": "1:n counts from 1 to n", "endif": "end", "endfor": "end", "done": "end",
    "function": "def NAME ... end", "del": "drop NAME takes a variable away",
    "who": "vars lists the variables",
    "whos": "vars lists the variables",
    "import": "nothing is imported: help lists the commands, help functions the functions",
    "from": "nothing is imported: help lists the commands, help functions the functions",
    "lambda": "def NAME PARAMETER ... end", "class": "def NAME ... end defines a command",
    "continue": "next goes to the next round",
    "break": "next goes to the next round; if ... end leaves statements out",
    "pass": "a block may be empty", "echo": "print VALUE...",
    "try": "set on_error=continue goes on behind an error", "assert": "if CONDITION ... end",
    "with": "load FILE reads a file",
    "then": "if CONDITION; the block begins behind the condition and ends with end",
    "raise": "exit 1 ends a script with a status", "global": "a definition sees its parameters",
    "yield": "return a, b gives results back", "is": "a == b compares", "clc": "Ctrl-L clears the screen",
  ]

  /// Those of them that choose: taken for anything else, they would change which statements run.
  static let choices: Set<String> = ["elif", "elsif", "elseif"]

  /// Functions and methods, with or without a module before them.
  private static let functions: [String: String] = [
    "type": "info x", "dir": "vars", "who": "vars", "locals": "vars", "globals": "vars",
    "isinstance": "info x",
    "str": "\"$x\" makes a text of a value", "repr": "\"$x\" makes a text of a value",
    "int": "round(x), floor(x); a // b divides whole numbers", "float": "number(t) reads a text",
    "bool": "x > 0", "list": "[a, b, c]", "tuple": "[a, b, c]", "dict": "newtable NAME ... makes a table",
    "sum": "stats x sum", "nansum": "stats x sum", "std": "stats x std", "nanstd": "stats x std",
    "var": "(stats x std) ** 2", "nanmean": "stats x mean", "average": "stats x mean",
    "nanmedian": "stats x median", "nanmax": "stats x max", "nanmin": "stats x min", "amax": "stats x max",
    "amin": "stats x min", "percentile": "stats x median, stats x robust_std",
    "quantile": "stats x median, stats x robust_std", "mad_std": "stats x robust_std",
    "sigma_clipped_stats": "stats x median, stats x robust_std", "sorted": "sort l",
    "enumerate": "for i in 1:n ... l[i] ... end", "zip": "for i in 1:n ... l[i] ... end",
    "open": "load FILE", "getdata": "load FILE", "getheader": "header FILE KEYWORD", "imread": "load FILE",
    "writeto": "save x FILE", "savetxt": "save t FILE.csv", "loadtxt": "load FILE.csv", "read": "load FILE",
    "read_csv": "load FILE.csv", "to_csv": "save t FILE.csv", "write": "save x FILE",
    "savefig": "plot x FILE.png",
    "zeros": "x * 0", "zeros_like": "x * 0", "ones": "x * 0 + 1", "ones_like": "x * 0 + 1", "copy": "copy x",
    "arange": "(1:n), (1:9:2)", "linspace": "(0:n) * step", "shape": "info x nx, info x ny",
    "size": "info x nx, info x ny", "ndim": "info x", "dtype": "info x", "pow": "a ** b", "power": "a ** b",
    "isnan": "!isfinite(x)", "imshow": "show x", "hist": "plot x FILE.png histogram=yes",
    "figure": "plot x FILE.png",
    "array": "[a, b, c]", "asarray": "[a, b, c]", "argmax": "pixels x where=(x == (stats x max))",
    "nonzero": "pixels x where=m", "argwhere": "pixels x where=m", "count_nonzero": "countflagged m",
    "binary_dilation": "dilate m", "dilate": "dilate m", "logical_and": "a & b", "logical_or": "a | b",
    "logical_not": "!a", "input": "$1 is the argument of a script", "exit": "exit", "quit": "exit",
    "detect_cosmics": "clean, mask = lacosmic x", "cosmicray_lacosmic": "clean, mask = lacosmic x",
    "format": "\"${x:.2f}\"", "upper": "texts stay as they are", "lower": "texts stay as they are",
    "strip": "texts stay as they are", "append": "append(l, v)", "keys": "info x", "items": "info x",
    "head": "t[1:5]", "tail": "t[n - 4:n]", "describe": "stats x", "any": "any(m)", "all": "all(m)",
    "min": "stats x min", "max": "stats x max", "mean": "stats x mean; mean s combines a stack",
    "median": "stats x median; median s combines a stack", "where": "where(m, a, b)", "show": "show x",
    "plot": "plot x FILE.png", "round": "round(x)", "clip": "clip(a, low, high)", "sort": "sort l",
    "listdir": "!ls",
    "getcwd": "!pwd", "chdir": "cd FOLDER", "system": "!COMMAND", "time": "time STATEMENT",
    "glob": "load *.fits",
    "exists": "!ls FILE",
  ]

  /// Modules whose functions are written with their names.
  private static let modules: Set<String> = [
    "np", "numpy", "plt", "pyplot", "matplotlib", "fits", "astropy", "pd", "pandas", "os", "sys", "scipy",
    "ndimage",
    "stats", "math", "astroscrappy", "ccdproc", "glob", "Path", "Table", "teareduce", "time", "ascii", "path",
  ]

  /// A sign that ends a statement of another language, or makes a value in it.
  static func sign(_ sign: Unicode.Scalar, behind word: String?, isDefinition: Bool) -> String? {
    switch sign {
    case ":": "no colon: blocks go from for, if or def to end"
    case ",": "[a, b] is a list; a, b = [1, 2] gives each element a name"
    case "(" where isDefinition: "parameters stand behind the name: def NAME x y=3"
    case "#": "a comment begins behind a blank"
    case "@": "there are no matrices; a * b multiplies pixel by pixel"
    default: nil
    }
  }

  /// `&&`, `||`, `===`, `<>`, `()`: two signs where one or another one is written here.
  static func doubledSign(_ first: Unicode.Scalar?, _ second: Unicode.Scalar) -> String? {
    switch (first, second) {
    case ("&", "&"): "a & b holds where both hold"
    case ("|", "|"): "a | b holds where one holds"
    case ("=", "="): "a == b compares"
    case ("<", ">"): "a != b"
    case ("(", ")"): "[] is the empty list"
    default: nil
    }
  }

  /// `-b` behind a blank: among arguments only numbers have signs.
  static func signed(_ word: String, isVariable: (String) -> Bool) -> String? {
    let name = String(word.dropFirst())
    guard "+-!".contains(word.prefix(1)), !word.isEmpty, isVariable(name) else { return nil }
    return "operators need parentheses: (\(word))"
      + (word.hasPrefix("!") ? "" : ", (a \(word.prefix(1)) \(name))")
  }

  /// `[i * 2 for i in l]`: how a list is made of another one; nil where none stands.
  ///
  /// - Parameter text: what stands behind the bracket on the line.
  static func comprehension(_ text: String) -> String? {
    guard let start = text.firstRange(of: " for ") else { return nil }
    let item = String(text[..<start.lowerBound]).trimmingBlanks()
    let rest = String(text[start.upperBound...])
    guard let place = rest.firstRange(of: " in ") else { return nil }
    let name = String(rest[..<place.lowerBound]).trimmingBlanks()
    // Up to the bracket that closes the list.
    var depth = 1
    var items = String(
      rest[place.upperBound...].prefix { letter in
        depth += letter == "[" ? 1 : letter == "]" ? -1 : 0
        return depth > 0
      }
    ).trimmingBlanks()
    guard Words.isPlainName(name), !item.isEmpty, !item.contains("[") || item.contains("]") else {
      return nil
    }
    var filling = "out = append(out, \(item))"
    if let found = items.firstRange(of: " if ") {
      filling = "if \(String(items[found.upperBound...]).trimmingBlanks()); \(filling); end"
      items = String(items[..<found.lowerBound]).trimmingBlanks()
    }
    if items.hasPrefix("range("), items.hasSuffix(")") {
      let ends = items.dropFirst(6).dropLast().split(separator: ",").map { String($0).trimmingBlanks() }
      items = ends.count == 1 ? "0:\(ends[0])-1" : ends.count == 2 ? "\(ends[0]):\(ends[1])-1" : "1:n"
    }
    return "lists calculate element by element (2 * l); a loop fills one: out = []; for \(name) in \(items); "
      + "\(filling); end"
  }

  /// What stands directly behind a text.
  ///
  /// - Parameter rest: the line from there.
  static func behindText(_ next: Unicode.Scalar, _ rest: String) -> String {
    if next == "\"" || next == "'" {
      return "a text stands in one pair of quotes: \"it's\", 'a \"b\"'; # begins a comment"
    }
    return withText(next, rest) ?? "a blank parts arguments; \"$a$b\" joins texts, and so does (a + b)"
  }

  /// `.upper()`, `[0]`, `%`: what other languages do with a text.
  static func withText(_ next: Unicode.Scalar, _ rest: String) -> String? {
    switch next {
    case ".":
      let name = String(rest.dropFirst().prefix { $0.isLetter || $0 == "_" })
      return switch name {
      case "format": "\"$x\" and \"${x:.2f}\" fill values in"
      case "join": "join(l, sep)"
      case "split", "rsplit", "partition": "split(t, sep)"
      case "replace": "replace(t, a, b)"
      default:
        "functions on text: stem(f), folder(f), split(t, sep), join(l, sep), replace(t, a, b), number(t)"
      }
    case "[": return "a text has no parts; split(t, sep) gives a list, replace(t, a, b) and stem(f) a text"
    default: return nil
    }
  }

  /// `f"{x:.2f}"`, `a"b"`: what stands directly before a text.
  ///
  /// - Parameters:
  ///   - word: what stands there.
  ///   - rest: the line from the quote.
  static func beforeText(_ word: String?, _ rest: String) -> String? {
    guard let word, ["f", "F", "r", "b", "u", "rf", "fr"].contains(word), let quote = rest.first else {
      return "a blank parts arguments; \"$a$b\" joins texts, and so does (a + b)"
    }
    let inside = rest.dropFirst().prefix { $0 != quote }
    guard word.lowercased().contains("f") else { return "\(quote)\(inside)\(quote), without \(word)" }
    var out = ""
    var isOpen = false
    for letter in inside {
      if letter == "{" {
        out += "${"
        isOpen = true
      } else {
        // Only names are filled in.
        if isOpen, letter != "}", letter != ":", !letter.isLetter, !letter.isNumber,
          !"_.%+-<>,".contains(letter)
        {
          return "\"$x\" and \"${x:.2f}\" fill the values of variables in"
        }
        if letter == "}" { isOpen = false }
        out.append(letter)
      }
    }
    return "\"\(out)\"; \"$x\" and \"${x:.2f}\" fill values in"
  }

  /// `for a, b in zip(x, y)`, `for i = 1:3`: the loop as it is written here.
  ///
  /// - Parameters:
  ///   - variable: the first name behind `for`.
  ///   - rest: what stands behind it on the line.
  static func loop(_ variable: String, _ rest: String) -> String? {
    let rest = rest.trimmingBlanks()
    if rest.hasPrefix("=") {
      let items = rest.dropFirst().prefix { $0 != ";" && $0 != "#" }
      return "for \(variable) in \(String(items).trimmingBlanks())"
    }
    guard rest.hasPrefix(",") else { return nil }
    let names = [variable] + rest.dropFirst().split(separator: " ", maxSplits: 1).prefix(1).map(String.init)
    guard let found = rest.firstRange(of: " in ") else { return "for i in 1:n ... l[i] ... end" }
    let items = String(rest[found.upperBound...]).trimmingBlanks()
    let name = items.prefix { $0.isLetter }
    let inside = items.dropFirst(name.count + 1).prefix { $0 != ")" }
    let lists = inside.split(separator: ",").map { String($0).trimmingBlanks() }
    guard let first = lists.first, items.dropFirst(name.count).hasPrefix("("), names.count == 2 else {
      return
        "for r in t goes through the rows of a table: r[x]; for i in 1:n through the elements of lists: l[i]"
    }
    if name == "enumerate" {
      return "for \(names[0]) in 1:len(\(first)); \(names[1]) = \(first)[\(names[0])]; ...; end"
    }
    guard name == "zip", lists.count == 2 else { return "for i in 1:n ... l[i] ... end" }
    let index = names.contains("i") ? "k" : "i"
    return "for \(index) in 1:len(\(first)); \(names[0]) = \(first)[\(index)]; "
      + "\(names[1]) = \(lists[1])[\(index)]; ...; end"
  }

  /// How a function of another language is written; nil for what no other one knows.
  static func function(_ name: String) -> String? { functions[name] }

  /// `np.median(x)`, `x.mean()`: what a name with dots before a parenthesis is meant as.
  ///
  /// - Parameter isVariable: whether a word is the name of a variable.
  static func method(_ word: String, isVariable: (String) -> Bool) -> (message: String, hint: String?)? {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1, parts.allSatisfy(Words.isPlainName), let last = parts.last else { return nil }
    let isOfVariable = isVariable(parts[0])
    guard isOfVariable || modules.contains(parts[0]) || functions[last] != nil else { return nil }
    var hint = functions[last] ?? FunctionTable[last]?.usage
    if isOfVariable {
      hint =
        hint.map { $0.replacingWord("x", by: parts[0]).replacingWord("s", by: parts[0]) }
        ?? "info \(parts[0])"
    }
    if isOfVariable { return ("a value has no methods", hint) }
    if modules.contains(parts[0]) { return ("there are no modules", hint ?? "see: help functions, help") }
    return ("there are no methods", hint.map { $0 + "; names of files with parentheses stand in quotes" })
  }

  /// `np.pi`, `np.nan`: a constant of a module.
  static func constant(_ word: String) -> String? {
    let parts = word.split(separator: ".").map(String.init)
    guard parts.count == 2, modules.contains(parts[0]),
      ["pi", "nan", "inf", "e"].contains(parts[1].lowercased())
    else { return nil }
    return parts[1] == "e" ? "exp(1)" : parts[1].lowercased()
  }

  private static let attributes: Set<String> = [
    "shape", "size", "dtype", "ndim", "T", "mean", "median", "std", "min", "max", "sum", "header", "hdr",
    "meta", "data",
    "values", "columns", "colnames", "unit", "nx", "ny",
  ]

  /// Whether a word ends like what other languages know of a value: `x.shape`.
  static func isAttribute(_ word: String) -> Bool {
    word.split(separator: ".").last.map { attributes.contains(String($0)) } ?? false
  }

  /// What a magic of IPython is here.
  static func magic(_ line: String) -> String {
    let name = line.drop { $0 == "%" }.prefix { $0.isLetter || $0 == "_" }
    return switch name {
    case "time", "timeit", "prun": "time STATEMENT measures it"
    case "who", "whos", "who_ls": "vars lists the variables"
    case "run", "load": "source FILE.crs runs a script"
    case "cd": "cd FOLDER"
    case "ls", "pwd", "cat", "mkdir", "rm", "mv", "cp", "sx", "system", "bash":
      "!COMMAND runs the system's shell"
    case "hist", "history", "recall": "history"
    case "save", "notebook", "logstart": "history FILE.crs"
    case "reset", "xdel": "drop NAME"
    case "matplotlib", "pylab", "config": "show x draws here, plot x FILE.png into a file"
    case "precision": "\"${x:.3f}\" formats a number"
    case "pdoc", "pinfo", "pinfo2", "psource", "psearch", "quickref", "magic", "lsmagic": "help, NAME?"
    default:
      "time STATEMENT measures, !COMMAND runs the system's shell; figures stand under the cell anyway"
    }
  }
}

extension String {
  /// The text with another word wherever a word stands alone.
  fileprivate func replacingWord(_ word: Character, by other: String) -> String {
    var out = ""
    var before: Character = " "
    let letters = Array(self)
    for (k, letter) in letters.enumerated() {
      let after = k + 1 < letters.count ? letters[k + 1] : " "
      let isAlone =
        !before.isLetter && !before.isNumber && !after.isLetter && !after.isNumber && before != "_"
      out += letter == word && isAlone && after != "(" ? other : String(letter)
      before = letter
    }
    return out
  }
}
