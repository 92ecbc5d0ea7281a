import Calling
import Files
import Pipeline

/// `vars`.
struct VarsCommand: SessionCommand {
  static let info = CommandInfo("vars", "List the variables", family: .session, isListing: true)

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    let names = session.names
    let width = names.map(\.count).max() ?? 0
    let rows = names.compactMap { name in
      session[name].map { [name, $0.summary + files(of: $0.value)] }
    }
    if names.isEmpty { context.report("no variables yet") }
    context.show(
      Page(
        rows.flatMap {
          FoldedLine.lines($0[0].rightPadded(to: width) + "  " + $0[1], width: context.columns ?? .max)
        },
        parts: [.table(columns: ["name", "value"], rows: rows)]))
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
    if images.count == 1, let others = images[0].origin?.others, others > 0 {
      return ", from \(places[0]) and \(others) more"
    }
    return ", from " + places.prefix(4).joined(separator: ", ")
      + (places.count > 4 ? " and \(places.count - 4) more" : "")
  }
}
