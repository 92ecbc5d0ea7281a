import Foundation
import Kernels

/// `cd`.
struct CdCommand: Command {
  static let info = CommandInfo("cd", "Change the folder", family: .session)

  @Parameter("folder; the home folder when left out", positional: true) var folder = FileName(
    path: Session.home)

  func run(_ context: CommandContext) throws -> CommandResult {
    guard FileManager.default.changeCurrentDirectoryPath(folder.path) else {
      throw CRSError.file("is not a folder that can be entered", file: folder.path)
    }
    context.report(FileManager.default.currentDirectoryPath)
    return CommandResult()
  }
}
