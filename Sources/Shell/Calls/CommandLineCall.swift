import Calling
import Commands
import Files
import Foundation
import Kernels
import Language
import Pipeline
import Synchronization

/// One call of the program from a shell.
struct CommandLineCall {
  private let arguments: [String]
  /// The session lives as long as the program: to take it apart at the end would only cost time.
  private static let kept = Mutex<Session?>(nil)

  init(_ arguments: [String]) { self.arguments = arguments }

  /// Runs and returns the exit status.
  func run() -> Int32 {
    for text in EnvironmentCheck.complaints(ProcessInfo.processInfo.environment) {
      Output.error("warning: " + text)
    }
    do {
      let session = PluginLoading.session(try Builtins.registry()) { Output.error("warning: " + $0) }
      session.topics = (LanguageHelp.names, LanguageHelp.page)
      Self.kept.withLock { $0 = session }
      guard let first = arguments.first else {
        if isatty(0) == 1 { return try Prompt(session: session).run() }
        return try standardInput(session)
      }
      let alone = ["--version", "--dump-manifest", "--reference", "--man", "--serve", "--help", "-h"]
      if alone.contains(first), arguments.count > 1 {
        throw CRSError.usage(
          "\(first) takes nothing behind it: '\(arguments[1])' has no effect", expected: "crs \(first)",
          hint: first.hasSuffix("h") || first == "--help" ? "crs help \(arguments[1])" : nil)
      }
      switch first {
      case "--help", "-h": return try usage(session.registry, status: 0)
      case "--version":
        Output.report("crs \(CRSVersion.text)")
        return 0
      case "--dump-manifest":
        Output.report(try ManifestDump.json(session.registry))
        return 0
      case "--reference":
        Output.report(ReferenceText.markdown(session.registry).trimmingBlanks())
        return 0
      case "--man":
        Output.report(ManPage.text(session.registry).trimmingBlanks())
        return 0
      case "--completions":
        guard arguments.count == 2, let kind = ShellCompletions.Kind(rawValue: arguments[1]) else {
          throw CRSError.usage("--completions takes the name of a shell", expected: "bash, zsh or fish")
        }
        Output.report(ShellCompletions.text(kind, session.registry).trimmingBlanks())
        return 0
      case "help" where arguments.count == 1: return try usage(session.registry, status: 0)
      case "--serve": return Serve(session: session).run()
      case "-c": return try statements(session)
      case "-": return try standardInput(session, Array(arguments.dropFirst()))
      default:
        if first.hasSuffix(".crs") || NotebookProgram.isNotebook(first)
          || (first.contains("/") && session.registry[first] == nil && !Self.isSettings(first))
        {
          return try script(first, Array(arguments.dropFirst()), session)
        }
        if let (path, options) = ScriptOptions.scriptBehind(arguments) {
          return try path == "-" ? standardInput(session, options) : script(path, options, session)
        }
        if Self.isSettings(first), session.registry[first] == nil {
          return try subcommand(ObservationFile.isOne(first) ? "run" : "crmasks", arguments, session)
        }
        return try subcommand(first, Array(arguments.dropFirst()), session)
      }
    } catch {
      Output.error(ErrorText.text(error))
      return (error as? CRSError)?.kind.rawValue ?? 1
    }
  }

  private func usage(_ registry: CommandRegistry, status: Int32) throws -> Int32 {
    let lines =
      [
        "usage: crs                                   interactive shell, or statements from standard input",
        "       crs FILE.crs [ARGUMENT ...] [--set name=value] [--check] [--overwrite], also FILE.ipynb",
        "       crs - [ARGUMENT ...]                   the same with the statements of standard input",
        "       crs -c 'STATEMENTS'",
        "       crs NAME [ARGUMENTS] [--key value ...] [--out FILE ...]",
        "       crs FILE.yaml [--key value ...]        parameter file (crmasks) or observation file (run)",
        "       crs help NAME; crs --version; crs --serve (for programs, see docs/plugins.md)", "",
      ] + HelpText.overview(registry)
    let width = Terminal.current?.columns ?? .max
    for line in lines.flatMap({ FoldedLine.lines($0, width: width) }) {
      status == 0 ? Output.report(line) : Output.error(line)
    }
    return status
  }

  private func unknown(_ name: String, _ words: [String], _ registry: CommandRegistry) -> CRSError {
    if let refusal = ScriptFile.refusal(of: name) { return refusal }
    let here = MigrationHelp.commandLine(name, words).map { "type: " + $0 }
    let script =
      FileManager.default.fileExists(atPath: name) ? "crs ./\(name) runs that file as a script" : nil
    return CRSError.usage(
      "'\(name)' is not a command",
      hint: here ?? script ?? didYouMean(name, among: registry.names) ?? "see: crs --help, crs apropos WORD")
  }

  private func statements(_ session: Session) throws -> Int32 {
    guard arguments.count == 2 else {
      throw CRSError.usage("-c takes one text", expected: "crs -c 'STATEMENTS'")
    }
    let interpreter = Interpreter(session: session, frontend: TerminalFrontend.shared)
    interpreter.isScript = true
    try interpreter.run(text: arguments[1], source: nil)
    return ended(interpreter)
  }

  /// The statements of standard input, with arguments and options as a script file has them.
  private func standardInput(_ session: Session, _ words: [String] = []) throws -> Int32 {
    let options = try ScriptOptions(words)
    let data: Data
    do {
      data = try FileHandle.standardInput.readToEnd() ?? Data()
    } catch {
      throw CRSError.file("cannot be read", file: "standard input", expected: "statements")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw CRSError.usage("standard input is not UTF-8 text")
    }
    let interpreter = Interpreter(session: session, frontend: TerminalFrontend.shared)
    interpreter.arguments = options.arguments
    if options.overwrites { session.replacesFiles = true }
    try interpreter.checkArguments(ofText: text, source: "standard input")
    if options.onlyChecks { return checked(interpreter.errors(inText: text, source: "-")) }
    interpreter.isScript = true
    try interpreter.run(text: text, source: "-")
    return ended(interpreter)
  }

  private func checked(_ errors: [CRSError]) -> Int32 {
    for error in errors { Output.error(ErrorText.text(error)) }
    return errors.first?.kind.rawValue ?? 0
  }

  /// The status of a script that came to its end, or to `exit`: errors that it passed over are none of success.
  private func ended(_ interpreter: Interpreter) -> Int32 {
    let errors = interpreter.session.passedOver
    guard let first = errors.first else { return interpreter.session.exitStatus ?? 0 }
    Output.error(errors.count == 1 ? "1 error was passed over" : "\(errors.count) errors were passed over")
    return interpreter.session.exitStatus ?? first.kind.rawValue
  }

  private func script(_ path: String, _ words: [String], _ session: Session) throws -> Int32 {
    let options = try ScriptOptions(words)
    if options.overwrites { session.replacesFiles = true }
    let interpreter = Interpreter(session: session, frontend: TerminalFrontend.shared)
    interpreter.arguments = options.arguments
    try interpreter.checkArguments(ofFile: path)
    if options.onlyChecks { return checked(try interpreter.errors(inFile: path)) }
    if !session.replacesFiles { try interpreter.checkReplay(ofFile: path) }
    interpreter.isScript = !NotebookProgram.isNotebook(path)
    try interpreter.run(file: path)
    return ended(interpreter)
  }

  /// A parameter file or observation file needs no command in front, as with numina-crmasks.
  private static func isSettings(_ word: String) -> Bool {
    let name = word.lowercased()
    return name.hasSuffix(".yaml") || name.hasSuffix(".yml")
  }

  private func subcommand(_ name: String, _ words: [String], _ session: Session) throws -> Int32 {
    guard let entry = session.registry[name] else { throw unknown(name, words, session.registry) }
    do {
      return try subcommand(name, entry, words, session)
    } catch var error as CRSError {
      // Files of results are no parameter of the command.
      if error.hint == CRSError.replaceHint, entry.manifest.parameter(named: "overwrite") == nil {
        error.hint = "--overwrite replaces it"
      }
      throw error
    }
  }

  private func subcommand(
    _ name: String, _ entry: Entry, _ words: [String], _ session: Session
  ) throws -> Int32 {
    let options = try SubcommandOptions(words, manifest: entry.manifest)
    if options.wantsHelp {
      HelpText.page(entry, width: min(100, Terminal.current?.columns ?? 80)).forEach { Output.report($0) }
      return 0
    }
    let frontend = TerminalFrontend.shared
    let context = CommandContext(
      work: Work(cancellation: frontend.cancellation, progress: frontend.progress), host: session,
      call: CallRecord(
        text: ([name] + words).joined(separator: " "), isSubcommand: true, outputs: options.outputs),
      figures: session.settings.figures, report: frontend.report, note: frontend.note, ask: frontend.ask,
      pictureTerminal: frontend.pictureTerminal)
    // Lists of numbers have no file format: files are for the results that have one.
    let results = entry.manifest.results
    let writable = results.indices.filter { ValueWriter.hasFormat(results[$0].kind) }
    guard options.outputs.count <= max(1, writable.count) else {
      let names = writable.map { results[$0].name }.joined(separator: ", ")
      throw CRSError.usage(
        "\(options.outputs.count) files for \(writable.count) result\(writable.count == 1 ? "" : "s") (\(names))",
        parameter: "out", expected: "one for each result at most")
    }
    if options.overwrite, options.outputs.isEmpty, entry.manifest.parameter(named: "overwrite") == nil {
      throw CRSError.usage(
        "has no effect: \(name) takes it only beside --out", parameter: "overwrite",
        expected: entry.manifest.results.isEmpty ? "it left out" : "--out FILE beside it")
    }
    if !options.outputs.isEmpty, entry.manifest.results.isEmpty {
      throw CRSError.usage(
        "has no effect: \(name) has no result to write", parameter: "out", expected: "it left out")
    }
    let existing = AtomicFile.Existing(overwrite: options.overwrite)
    // Names that cannot be written are known before the command runs.
    let taken = AtomicFiles()
    for (number, file) in options.outputs.enumerated() {
      _ = try taken.file(file, existing: existing)
      try ValueWriter.check(file, for: results[writable.indices.contains(number) ? writable[number] : 0].kind)
    }
    let values: [Value]
    var lines: [String]?
    let isLayout = options.ext?.lowercased() == "all"
    if isLayout {
      // The results belong into one file: no call writes its own.
      var context = context
      context.call.isSubcommand = false
      context.call.outputs = []
      let call = try LayoutCall(
        options.arguments, entry.manifest, writes: !options.outputs.isEmpty, context: context)
      values = try frontend.during(name) { [context] in
        try call.results(report: Output.report) { try entry.call($0, context) }
      }
    } else {
      let result = try frontend.during(name) { try entry.call(options.chosen(), context) }
      if result.hasWritten { return session.exitStatus ?? 0 }
      (values, lines) = (result.values, result.lines)
      // Results that are given only on demand, as of `info FILE`.
      guard options.outputs.isEmpty || !values.isEmpty else {
        throw CRSError.usage(
          "has no effect: this call of \(name) has no result to write", parameter: "out",
          expected: "it left out")
      }
    }
    let files = AtomicFiles()
    for (number, file) in zip(writable, options.outputs) where values.indices.contains(number) {
      let value = values[number]
      try ValueWriter.write(
        value, to: files.file(file, existing: existing), history: ["crs " + context.call.text],
        work: context.work)
    }
    try files.commit()
    if options.outputs.isEmpty, let lines {
      frontend.printed(lines)
    } else if options.outputs.isEmpty, !entry.manifest.results.isEmpty, !isLayout {
      for (declared, value) in zip(entry.manifest.results, values) {
        frontend.printed(["\(declared.name): \(value.summary)"])
      }
    }
    return session.exitStatus ?? 0
  }
}
