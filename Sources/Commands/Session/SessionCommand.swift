import Kernels

extension Session: CommandHost {}

/// A command on the session itself: its variables, its record, its settings.
package protocol SessionCommand: Command {
  /// - Throws: `CRSError`.
  func run(_ context: CommandContext, session: Session) throws -> CommandResult
}

extension SessionCommand {
  package func run(_ context: CommandContext) throws -> CommandResult {
    guard let session = context.host as? Session else {
      throw CRSError.usage("\(Self.info.name) needs a session")
    }
    return try run(context, session: session)
  }
}
