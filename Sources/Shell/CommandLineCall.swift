import Commands
import Core
import Foundation

/// One call of the program from a shell (product page, section 3).
struct CommandLineCall {
  private let arguments: [String]

  init(_ arguments: [String]) { self.arguments = arguments }

  /// Runs and returns the exit status.
  func run() -> Int32 {
    do {
      let registry = try Builtins.registry()
      guard let first = arguments.first else { return try usage(registry, status: 2) }
      switch first {
      case "--help", "-h": return try usage(registry, status: 0)
      case "--version":
        Output.report("crs \(CRSVersion.text)")
        return 0
      case "help":
        return try help(registry)
      default: return try subcommand(first, registry)
      }
    } catch {
      Output.error(ErrorText.text(error))
      return (error as? CRSError)?.kind.rawValue ?? 1
    }
  }

  private func usage(_ registry: CommandRegistry, status: Int32) throws -> Int32 {
    let lines =
      [
        "usage: crs NAME [ARGUMENTS] [--key value ...] [--out FILE ...]", "       crs help NAME", "",
      ] + HelpText.overview(registry.names.compactMap { registry[$0]?.manifest })
    for line in lines { status == 0 ? Output.report(line) : Output.error(line) }
    return status
  }

  private func help(_ registry: CommandRegistry) throws -> Int32 {
    guard arguments.count > 1 else { return try usage(registry, status: 0) }
    guard let entry = registry[arguments[1]] else { throw unknown(arguments[1], registry) }
    HelpText.page(entry.manifest).forEach { Output.report($0) }
    return 0
  }

  private func unknown(_ name: String, _ registry: CommandRegistry) -> CRSError {
    CRSError.usage(
      "'\(name)' is not a command", hint: didYouMean(name, among: registry.names) ?? "see: crs --help")
  }

  private func subcommand(_ name: String, _ registry: CommandRegistry) throws -> Int32 {
    guard let entry = registry[name] else { throw unknown(name, registry) }
    let options = try SubcommandOptions(Array(arguments.dropFirst()), manifest: entry.manifest)
    if options.wantsHelp {
      HelpText.page(entry.manifest).forEach { Output.report($0) }
      return 0
    }
    let context = CommandContext(
      work: Work(cancellation: Interruption.cancellation), session: PlainSession(registry: registry),
      callText: arguments.joined(separator: " "), outputs: options.outputs, report: Output.report,
      note: Output.note)
    let result = try entry.run(options.arguments, context)
    guard options.outputs.count <= result.values.count else {
      throw CRSError.usage(
        "\(options.outputs.count) files for \(result.values.count) results", parameter: "out",
        expected: "one for each result at most")
    }
    for (value, file) in zip(result.values, options.outputs) {
      try ValueWriter.write(
        value, to: file, overwrite: options.overwrite, history: ["crs " + context.callText])
    }
    return 0
  }
}

/// A session without variables, for a single command.
struct PlainSession: SessionAccess {
  let registry: CommandRegistry
}
