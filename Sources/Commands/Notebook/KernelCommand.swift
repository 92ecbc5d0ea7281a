import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// `kernel`: makes crs known to Jupyter.
struct KernelCommand: Command {
  static let info = CommandInfo(
    "kernel", "Register crs as a kernel of Jupyter", family: .session, effect: .files,
    examples: ["kernel list"],
    discussion: [
      "Jupyter needs `crs kernel install` once. It writes a kernel specification for the user, below prefix, or "
        + "into the active virtual environment (sys_prefix). uninstall removes it from the same place; list prints the "
        + "existing ones."
    ])

  enum Action: String, WordParameter { case install, uninstall, list }

  @Parameter("what to do", positional: true) var action: Action
  @Parameter("for this user (the default)") var user = false
  @Parameter("installation prefix: in share/jupyter below it") var prefix: FileName? = nil
  @Parameter("in the active virtual or conda environment") var sysPrefix = false

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
