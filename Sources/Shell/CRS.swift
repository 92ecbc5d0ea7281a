import CMemory
import Calling
import Foundation
import Kernels
import Plugins

/// The program `crs`.
@main
struct CRS {
  static func main() { StackRoom.run(run) }

  private static func run() {
    crs_return_blocks_above(32 << 20)
    do { try Memory.requireAddressSpace() } catch {
      Output.error(ErrorText.text(error))
      exit(1)
    }
    Interruption.install()
    var status = CommandLineCall(Array(CommandLine.arguments.dropFirst())).run()
    PluginPrograms.shared.end()
    if status == 0, Output.hasFailed {
      Output.error("error: standard output cannot be written")
      status = 3
    }
    fflush(nil)
    exit(status)
  }
}
