import Calling
import Files
import Kernels

extension FunctionTable.Entry {
  /// The parameter of each argument, counted from 0.
  ///
  /// - Throws: `CRSError` (usage) for what is no parameter, given twice, too much or missing.
  func places(of arguments: [ArgumentSyntax]) throws -> [Int] {
    // Most calls have no names: nothing has to be looked up.
    if arguments.count >= required, arguments.count <= parameters.count,
      arguments.allSatisfy({ $0.name == nil })
    {
      return Array(arguments.indices)
    }
    var matcher = Matcher(manifest)
    let places = try arguments.map { argument in
      let place = Place(line: argument.position.line, column: argument.position.column)
      let parameter = try matcher.parameter(named: argument.name, at: place)
      return parameters.firstIndex { $0 == parameter?.name } ?? 0
    }
    try matcher.checkIsComplete()
    return places
  }
}
