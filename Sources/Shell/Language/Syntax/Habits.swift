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
    "with": "load FILE reads a file", "is": "a == b compares", "clc": "Ctrl-L clears the screen",
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
    case "\"", "'": word == "f" ? "\"$x\" and \"${x:.2f}\" fill values in" : nil
    case "@": "there are no matrices; a * b multiplies pixel by pixel"
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
