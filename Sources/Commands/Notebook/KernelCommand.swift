import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// `kernel`: makes crs known to Jupyter.
struct KernelCommand: Command {
  static let info = CommandInfo(
    "kernel", "Make crs known to Jupyter, so that notebooks run it", family: .session, effect: .files,
    examples: ["kernel list"],
    discussion: [
      "crs kernel install, once, is all that Jupyter needs. It writes a kernel specification for the user, below "
        + "prefix, or into the virtual environment that is active (sys_prefix). uninstall takes it away from the same "
        + "place; list tells where there are any."
    ])

  enum Action: String, WordParameter { case install, uninstall, list }

  @Parameter("what to do", positional: true) var action: Action
  @Parameter("for the user, as when no place is given") var user = false
  @Parameter("folder of an installation: below it in share/jupyter") var prefix: FileName? = nil
  @Parameter("into the active virtual or conda environment") var sysPrefix = false

  func run(_ context: CommandContext) throws -> CommandResult {
    guard [user, prefix != nil, sysPrefix].filter({ $0 }).count < 2 else {
      throw CRSError.usage("several places are given", expected: "user, prefix or sys_prefix")
    }
    let place: KernelSpec.Place = prefix.map { .prefix($0.path) } ?? (sysPrefix ? .environment : .user)
    switch action {
    case .install:
      let folder = try KernelSpec(at: place).install()
      context.report("installed \(folder)")
    case .uninstall:
      let folder = try KernelSpec(at: place).uninstall()
      context.report("removed \(folder)")
    case .list: try list(place, context)
    }
    return CommandResult(isRecorded: false)
  }

  private func list(_ place: KernelSpec.Place, _ context: CommandContext) throws {
    let isPlaceGiven = user || prefix != nil || sysPrefix
    let specs = isPlaceGiven ? [try KernelSpec(at: place)] : KernelSpec.all
    let found = specs.compactMap { spec in spec.program.map { (spec.folder, $0) } }
    for (folder, program) in found {
      let isThere = FileManager.default.isExecutableFile(atPath: program)
      context.report("\(folder)  \(program)" + (isThere ? "" : " (not there)"))
    }
    if found.isEmpty { context.report("no kernel specification of crs; kernel install writes one") }
  }
}
