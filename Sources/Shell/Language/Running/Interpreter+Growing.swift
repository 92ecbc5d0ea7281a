import Calling
import Kernels
import Pipeline

// Lists that grow in loops.
extension Interpreter {
  /// `l = append(l, v)`: a list that nobody else holds grows where it is, so that filling one takes no longer the
  /// longer it gets.
  ///
  /// - Returns: nil for everything else.
  func grown(_ targets: [Target], _ call: Call, _ evaluator: Evaluator) throws -> Evaluator.Outcome? {
    // Undo keeps the shorter list too.
    guard runner.scope.frame != nil || !session.keepsUndo, targets.count == 1, targets[0].places.isEmpty,
      case .expression(.function("append", let arguments, _)) = call, arguments.count == 2,
      arguments.allSatisfy({ $0.name == nil }), case .word(let name, _) = arguments[0].value,
      name == targets[0].name.text, let tree = listTree(name)
    else { return nil }
    let element = try evaluator.value(arguments[1].value)
    lastResults = []
    guard var items = runner.scope.frame.map({ $0.takeList(name) }) ?? session.takeList(name) else {
      return nil
    }
    items.append(element.value)
    let parts = [tree, element.tree].map { Resolved.Argument(name: nil, value: $0) }
    return Evaluator.Outcome(values: [.list(items)], tree: .function("append", parts))
  }

  /// How the list of a variable is written; nil for what is none.
  private func listTree(_ name: String) -> Resolved? {
    guard let found = runner.variable(name), case .list = found.value else { return nil }
    return found.tree
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
