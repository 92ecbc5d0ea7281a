import Calling
import Kernels
import Pipeline

/// `print`: values on one line.
struct PrintCommand: Command {
  static let info = CommandInfo(
    "print", "Print values with a blank between them, text as it is", family: .tables,
    examples: ["m = median (simulate nx=40 ny=30 seed=1)\nprint 'scatter:' (stats m robust_std)"])

  @Parameter("what is printed", positional: true, rest: true) var values: [Printed] = []

  func run(_ context: CommandContext) throws -> CommandResult {
    let texts = values.map { value in
      if case .text(let text) = value.value { return text }
      return value.value.summary
    }
    context.report(texts.joined(separator: " "))
    return CommandResult()
  }

  /// A value that is one argument, a list too.
  struct Printed: ParameterValue {
    var value: Value

    static var kind: Kind { .any }
    var json: JSONValue { value.json }
    static func make(from value: Value) throws -> Printed { Printed(value: value) }
  }
}
