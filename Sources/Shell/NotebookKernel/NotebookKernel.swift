import CMemory
import Calling
import Foundation
import Kernels
import Notebook

/// The program `crs-kernel`: Jupyter starts it with a connection file.
@main
struct NotebookKernel {
  static func main() {
    crs_return_blocks_above(32 << 20)
    var status: Int32 = 0
    do {
      try Memory.requireAddressSpace()
      let arguments = CommandLine.arguments.dropFirst()
      guard arguments.count == 2, arguments.first == "-f", let path = arguments.last else {
        throw CRSError.usage(
          "the kernel is started by Jupyter", expected: "crs-kernel -f CONNECTION_FILE",
          hint: "crs kernel install makes it known to Jupyter")
      }
      try Kernel.run(connectionFile: path)
    } catch {
      FileHandle.standardError.write(Data((ErrorText.text(error) + "\n").utf8))
      status = (error as? CRSError)?.kind.rawValue ?? 1
    }
    exit(status)
  }
}
