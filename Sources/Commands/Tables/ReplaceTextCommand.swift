import Calling
import Foundation
import Kernels

/// `replacetext`: text with a part exchanged, for the names of companion files.
struct ReplaceTextCommand: Command {
  static let info = CommandInfo(
    "replacetext", "Replace part of a text, for example in a file name", family: .tables,
    results: [.result("text", .text, "the text with every occurrence replaced")],
    examples: ["second = replacetext night/pair1_a.fits _a.fits _b.fits"])

  @Parameter("text", positional: true) var text: String
  @Parameter("part to replace", positional: true) var part: String
  @Parameter("replacement", positional: true) var by: String

  func run(_ context: CommandContext) throws -> CommandResult {
    guard !part.isEmpty, text.contains(part) else {
      throw CRSError.data(
        "'\(text)' does not contain '\(part)'", parameter: "part", expected: "a part of the text")
    }
    return CommandResult([.text(text.replacingOccurrences(of: part, with: by))])
  }
}
