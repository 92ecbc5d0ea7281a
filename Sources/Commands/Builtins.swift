import Core

/// The commands that come with the program: one line each.
public enum Builtins {
  /// - Throws: `CRSError` when two commands have one name.
  public static func registry() throws -> CommandRegistry {
    var registry = CommandRegistry()
    // Files and values
    try registry.register(SimulateCommand.self)
    // Finding cosmic rays
    try registry.register(CrmasksCommand.self)
    try registry.register(ScoreCommand.self)
    return registry
  }
}
