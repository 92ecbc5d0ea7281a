import Calling
import Files
import Pipeline

/// `vars`.
struct VarsCommand: SessionCommand {
  static let info = CommandInfo("vars", "List the variables", family: .session, isListing: true)

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    let names = session.names
    let width = names.map(\.count).max() ?? 0
    for name in names {
      if let binding = session[name] {
        context.report(name.rightPadded(to: width) + "  " + binding.summary + files(of: binding.value))
      }
    }
    if names.isEmpty { context.report("no variables yet") }
    return CommandResult()
  }

  /// Where an image or the exposures of a stack were read.
  private func files(of value: Value) -> String {
    let images: [Image] =
      switch value {
      case .image(let image): [image]
      case .stack(let stack): stack.exposures
      default: []
      }
    let places = images.compactMap(\.place)
    guard !places.isEmpty, places.count == images.count else { return "" }
    return ", from " + places.prefix(4).joined(separator: ", ") + (places.count > 4 ? ", ..." : "")
  }
}
