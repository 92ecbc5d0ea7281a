import Commands
import Core
import Foundation

/// The program `crs`.
@main
struct CRS {
  static func main() {
    Interruption.install()
    let status = CommandLineCall(Array(CommandLine.arguments.dropFirst())).run()
    fflush(nil)
    exit(status)
  }
}
