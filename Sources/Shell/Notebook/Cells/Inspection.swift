import Calling
import Kernels
import Language
import Pipeline

/// What is known of the name at a cursor: a parameter, variable, command, function or keyword.
struct Inspection {
  let session: Session
  let interpreter: Interpreter

  /// nil where nothing is known.
  func page(_ place: CursorText) -> Page? {
    let (command, key) = call(around: place)
    let parameter = key.flatMap { command?.parameter(named: $0) }
    guard let name = place.name else {
      return parameter.map(page) ?? command.map(help) ?? place.called.flatMap(page(named:))
    }
    if place.isKey, let parameter = command?.parameter(named: name) { return page(parameter) }
    if let binding = session[name] { return page(name, binding) }
    // A word or number that is given to a parameter.
    if let parameter { return page(parameter) }
    return page(named: name) ?? command.map(help) ?? place.called.flatMap(page(named:))
  }

  /// Of a command, function or topic.
  private func page(named name: String) -> Page? {
    if let manifest = session.registry[name]?.manifest { return help(manifest) }
    return session.topics.page(name).map { Page($0) }
  }

  /// The command whose arguments stand at the cursor, and the key of the argument.
  private func call(around place: CursorText) -> (command: CommandManifest?, key: String?) {
    let typed = TypedWord(
      in: place.before, isCommand: { session.registry[$0] != nil }, isVariable: { session[$0] != nil })
    guard case .argument(let name, _, let key)? = typed?.place else { return (nil, nil) }
    return (session.registry[name]?.manifest, key)
  }

  private func help(_ manifest: CommandManifest) -> Page {
    Page(HelpText.page(manifest), parts: HelpText.parts(manifest))
  }

  private func page(_ parameter: ParameterManifest) -> Page {
    let facts = [
      ("values", parameter.valuesText), ("unit", parameter.unit), ("default", parameter.defaultText ?? ""),
    ].filter { !$0.1.isEmpty }
    let title = "\(parameter.name)= \(parameter.help)"
    return Page(
      [title] + facts.map { "  \($0.0): \($0.1)" },
      parts: [.paragraph(title), .table(columns: [], rows: facts.map { [$0.0, $0.1] })])
  }

  private func page(_ name: String, _ binding: Session.Binding) -> Page {
    let line = "\(name): \(binding.summary)"
    let statements = (try? session.provenance(of: name)) ?? []
    return Page(
      [line] + statements.map { "  " + $0 },
      parts: [.paragraph(line), .lines(statements)])
  }
}
