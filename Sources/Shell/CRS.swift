import CMemory
import Commands
import Core
import Foundation

/// The program `crs`.
@main
struct CRS {
  static func main() {
    crs_return_blocks_above(4 << 20)
    Interruption.install()
    let status = CommandLineCall(Array(CommandLine.arguments.dropFirst())).run()
    fflush(nil)
    exit(status)
  }
}
