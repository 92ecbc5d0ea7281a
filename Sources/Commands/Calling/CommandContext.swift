import Files
import Kernels
import Pipeline
import Plot

/// What a running command may use.
package struct CommandContext: Sendable {
  package var work: Work
  /// Takes a line of the command's report as soon as it is known; what would steer a terminal is written out.
  package let report: @Sendable (String) -> Void
  /// Takes a line of a picture, which steers the terminal.
  package let picture: @Sendable (String) -> Void
  /// Takes a part of the report that is more than a line.
  package var show: @Sendable (Page) -> Void
  /// Takes a figure that the command shows; false where the front end does not draw it by itself.
  package var draw: @Sendable (Figure) -> Bool
  /// Takes a figure that stands in a file, for the record.
  package var keep: @Sendable (Figure) -> Void
  /// Takes a warning or note.
  package var note: @Sendable (String) -> Void
  /// Asks the user and takes a line; nil when there is no answer to be had.
  package var ask: @Sendable (String) -> String?
  /// The same with the answers that are meant, for who shows them in a way of its own; nil: they stand in the question.
  package var askAmong: (@Sendable (_ question: String, _ choices: [String]) -> String?)?
  /// The terminal that reports go to, with the best way to show pictures in it; nil when they go elsewhere. It may
  /// have to be asked, so look only when there is a picture.
  package var pictureTerminal: @Sendable () -> TerminalInfo?
  /// Characters in a line of the terminal that reports go to; nil when they go elsewhere.
  package var columns: Int?
  /// How figures look.
  package var figures: FigureStyle
  package var call: CallRecord
  /// Who runs the command: of use to commands on the session.
  package var host: any CommandHost

  package init(
    work: Work, host: any CommandHost, call: CallRecord = CallRecord(), figures: FigureStyle = FigureStyle(),
    report: @escaping @Sendable (String) -> Void, note: @escaping @Sendable (String) -> Void,
    ask: @escaping @Sendable (String) -> String? = { _ in nil },
    show: (@Sendable (Page) -> Void)? = nil, draw: @escaping @Sendable (Figure) -> Bool = { _ in false },
    keep: @escaping @Sendable (Figure) -> Void = { _ in },
    pictureTerminal: @escaping @Sendable () -> TerminalInfo? = { nil }
  ) {
    (self.work, self.host, self.call, self.figures) = (work, host, call, figures)
    if work.remark == nil { self.work.remark = note }
    (self.report, picture, self.note) = ({ report($0.visible) }, report, note)
    (self.ask, self.pictureTerminal) = (ask, pictureTerminal)
    self.show = show ?? { page in page.lines.forEach { report($0.visible) } }
    (self.draw, self.keep) = (draw, keep)
  }

  /// Asks for one of some answers; none where any will do.
  package func askToChoose(_ question: String, _ choices: [String]) -> String? {
    if let askAmong { return askAmong(question, choices) }
    return ask(question + (choices.isEmpty ? "" : " [" + choices.joined(separator: "/") + "]") + " ")
  }

  /// Reads values and the files that they name.
  package var reading: ValueReading { ValueReading(work: work, note: note) }
}

/// What a command may know of its own call.
package struct CallRecord: Sendable {
  /// How the call was written.
  package var text: String
  /// The script that makes what the call's arguments hold, for HISTORY of products.
  package var provenance: @Sendable () -> [String]
  /// Whether the command stands alone on the system's command line.
  package var isSubcommand: Bool
  /// Files for the results, in their order, where the caller asked for them.
  package var outputs: [String]
  /// The arguments, for the names of the files that they were read from.
  package var bound = Bound()

  package init(
    text: String = "", provenance: @escaping @Sendable () -> [String] = { [] }, isSubcommand: Bool = false,
    outputs: [String] = []
  ) {
    (self.text, self.provenance) = (text, provenance)
    (self.isSubcommand, self.outputs) = (isSubcommand, outputs)
  }

  /// - Throws: `CRSError` (usage) where `--out` names a file that the call would not write.
  package func refuseOutputs(expected: String) throws {
    guard !outputs.isEmpty else { return }
    throw CRSError.usage("has no effect: nothing is written there", parameter: "out", expected: expected)
  }
}

/// Who runs commands. Commands do not know more of it; those on the session find theirs behind it.
package protocol CommandHost: AnyObject, Sendable {}
