import Calling
import Foundation
import Kernels

/// `cd`.
struct CdCommand: Command {
  static let info = CommandInfo("cd", "Change the directory", family: .session, effect: .folder)

  @Parameter("directory; the home directory if omitted", positional: true) var folder: FileName? = nil

  func run(_ context: CommandContext) throws -> CommandResult {
    let path = folder?.path ?? Session.home
    guard FileManager.default.changeCurrentDirectoryPath(path) else {
      throw CRSError.file("cannot change to this directory", file: path)
    }
    context.report(FileManager.default.currentDirectoryPath)
    return CommandResult()
  }
}
