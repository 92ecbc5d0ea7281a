import Calling
import Files
import Kernels
import Pipeline

// Lists and tables that grow in loops, and values of which parts are changed.
extension Interpreter {
  /// `l = append(l, v)`, `t = addrow t v`: what nobody else holds grows where it is, so that filling it takes no longer
  /// the longer it gets.
  ///
  /// - Returns: nil for everything else.
  func grown(_ targets: [Target], _ call: Call, _ evaluator: Evaluator) throws -> Evaluator.Outcome? {
    guard targets.count == 1, targets[0].places.isEmpty, mayChange(targets[0].name.text) else { return nil }
    let name = targets[0].name.text
    switch call {
    case .expression(.function("append", let arguments, _)):
      guard let arguments = growing(name, arguments), arguments.count == 1, let tree = tree(ofList: name)
      else { return nil }
      let element = try evaluator.value(arguments[0].value)
      let list = try change(name) { value in
        guard var items = value.takeList() else { return }
        items.append(element.value)
        value = .list(items)
      }
      let parts = [tree, element.tree].map { Resolved.Argument(name: nil, value: $0) }
      return Evaluator.Outcome(values: [list], tree: .function("append", parts))
    case .command("addrow", let arguments, _):
      guard let arguments = growing(name, arguments), let entry = runner.entry("addrow"),
        entry.origin == .builtin, let parameter = entry.manifest.parameters.last, parameter.isRest,
        let (tree, columns) = treeAndColumns(ofTable: name)
      else { return nil }
      let cells = try arguments.flatMap { try evaluator.arguments($0.value, .parameter(parameter)) }
      let row = try Table.row(cells.map(\.value), of: columns)
      let table = try change(name) { value in
        guard var table = value.takeTable() else { return }
        table.rows.append(row)
        value = .table(table)
      }
      let parts = ([tree] + cells.map(\.tree)).map { Resolved.Argument(name: nil, value: $0) }
      return Evaluator.Outcome(values: [table], tree: .call("addrow", parts, definition: nil))
    default: return nil
    }
  }

  /// The arguments behind the first one, where that is the variable itself.
  private func growing(_ name: String, _ arguments: [ArgumentSyntax]) -> [ArgumentSyntax]? {
    guard arguments.count > 1, arguments.allSatisfy({ $0.name == nil }),
      case .word(name, _) = arguments[0].value
    else { return nil }
    return Array(arguments.dropFirst())
  }

  /// `l[i] = v`: a part of a value that nobody else holds is changed where it is.
  ///
  /// - Returns: nil where a copy has to be made.
  func changedInPlace(_ target: Target, to part: Value, _ evaluator: Evaluator) throws -> (
    value: Value, places: [Resolved.Place], uses: Set<Int>
  )? {
    let name = target.name.text
    guard target.places.count == 1, mayChange(name),
      let found = try evaluator.change(of: name, target.places[0], to: part)
    else { return nil }
    let value = try change(name) { try ValueElements.change(&$0, at: found.places, to: found.content) }
    found.remarks?.tell(runner.work)
    return (value, found.trees, found.uses)
  }

  private func mayChange(_ name: String) -> Bool { runner.scope.frame != nil || session.mayChange(name) }

  private func change(_ name: String, _ body: (inout Value) throws -> Void) throws -> Value {
    // The last result may be the same value.
    lastResults = []
    if let frame = runner.scope.frame { return try frame.change(name, body) }
    return try session.change(name, body)
  }

  /// How the list of a variable is written; nil for what is none.
  private func tree(ofList name: String) -> Resolved? {
    guard let found = runner.variable(name), case .list = found.value else { return nil }
    return found.tree
  }

  private func treeAndColumns(ofTable name: String) -> (Resolved, [String])? {
    guard let found = runner.variable(name), case .table(let table) = found.value else { return nil }
    return (found.tree, table.columns)
  }

  // MARK: - Telling

  /// What an assignment tells of a value. Long lists are told of by their ends: a loop that fills one tells of it in
  /// every round.
  static func told(_ value: Value, _ summary: () -> String) -> String {
    guard case .list(let items) = value, items.count > mostTold, let last = items.last else {
      return summary()
    }
    let ends = items.prefix(5) + [last]
    guard ends.allSatisfy({ $0.double != nil }) else {
      return "list of \(items.count): " + items.prefix(5).map(\.kindName).joined(separator: ", ") + ", ..."
    }
    let texts = ends.compactMap(\.literal)
    return "list of \(items.count) numbers: " + texts.dropLast().joined(separator: ", ") + ", ..., "
      + (texts.last ?? "")
  }

  private static let mostTold = 1000
}
