import Foundation
import Kernels
import Pipeline

/// A command: one file, one declaration. Its parameters are properties wrapped in `@Parameter`.
package protocol Command: SendableMetatype {
  static var info: CommandInfo { get }
  init()
  /// - Throws: `CRSError`.
  func run(_ context: CommandContext) throws -> CommandResult
}

/// What a command says of itself beside its parameters.
package struct CommandInfo: Sendable {
  package var name: String
  package var summary: String
  package var family: Family
  package var results: [ResultManifest]
  package var examples: [String]
  package var discussion: [String]
  /// Prints a listing that may be long.
  package var isListing: Bool

  /// Commands that stand together in help.
  package enum Family: String, Sendable, CaseIterable {
    case files = "Files and values"
    case combine = "Combining exposures"
    case detect = "Finding cosmic rays"
    case masks = "Masks"
    case tables = "Tables and text"
    case figures = "Figures"
    case session = "Session"
  }

  package init(
    _ name: String, _ summary: String, family: Family, results: [ResultManifest] = [],
    examples: [String] = [],
    discussion: [String] = [], isListing: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.family = family
    self.results = results
    self.examples = examples
    self.discussion = discussion
    self.isListing = isListing
  }
}

extension ResultManifest {
  /// A result in a declaration.
  package static func result(_ name: String, _ kind: String, _ help: String) -> ResultManifest {
    ResultManifest(name: name, kind: kind, help: help)
  }
}

/// What a command gives back; it has printed nothing.
package struct CommandResult: Sendable {
  /// In the order that the declaration names.
  package var values: [Value]
  /// Parameters that the command decided itself (a drawn seed, a gain from the header), for the record that
  /// replays the session.
  package var resolved: [String: Value]
  /// The command has written its results itself.
  package var hasWritten: Bool
  /// Whether a replay of the session needs the call.
  package var isRecorded: Bool

  package init(
    _ values: [Value] = [], resolved: [String: Value] = [:], hasWritten: Bool = false, isRecorded: Bool = true
  ) {
    self.values = values
    self.resolved = resolved
    self.hasWritten = hasWritten
    self.isRecorded = isRecorded
  }
}

/// What a running command may use.
package struct CommandContext: Sendable {
  package var work: Work
  /// Takes a line of the command's report as soon as it is known.
  package var report: @Sendable (String) -> Void
  /// Takes a warning or note.
  package var note: @Sendable (String) -> Void
  /// The session, for commands about the session itself.
  package var session: Session
  /// Lines that HISTORY of products should carry: how the call was written.
  package var callText: String
  /// The script that makes the first value of the call, for HISTORY of products.
  package var provenance: @Sendable () -> [String] = { [] }
  /// Asks the user and takes a line; nil when there is no answer to be had.
  package var ask: @Sendable (String) -> String? = { question in
    print(question, terminator: "")
    fflush(nil)
    return readLine()
  }
  /// The terminal that reports go to; nil when they go elsewhere.
  package var terminal: TerminalInfo?
  /// Asks the terminal whether it draws sixel pictures.
  package var announcesSixel: @Sendable () -> Bool = { false }
  /// The terminal with the best way to show pictures in it.
  package var pictureTerminal: TerminalInfo? {
    var found = terminal
    if found?.graphics == .blocks, announcesSixel() { found?.graphics = .sixel }
    return found
  }
  /// Whether the command stands alone on the system's command line.
  package var isSubcommand = false
  /// Files for the results, in their order, where the caller asked for them.
  package var outputs: [String]

  package init(
    work: Work, session: Session, callText: String = "", outputs: [String] = [],
    report: @escaping @Sendable (String) -> Void, note: @escaping @Sendable (String) -> Void
  ) {
    self.work = work
    self.session = session
    self.callText = callText
    self.outputs = outputs
    self.report = report
    self.note = note
  }
}
