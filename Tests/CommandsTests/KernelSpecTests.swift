import Kernels
import Testing

@testable import Commands

@Suite struct KernelSpecTests {
  @Test func dataFoldersAreWholePaths() throws {
    #expect(try KernelSpec.userData(["JUPYTER_DATA_DIR": "/a", "XDG_DATA_HOME": "/b"]) == "/a")
    #expect(try KernelSpec.userData(["XDG_DATA_HOME": "/b"]) == "/b/jupyter")
    // As the XDG standard says.
    #expect(try KernelSpec.userData(["XDG_DATA_HOME": "data"]).hasSuffix("/.local/share/jupyter"))
    #expect(try KernelSpec.userData(["JUPYTER_DATA_DIR": ""]).hasPrefix("/"))
    #expect(throws: CRSError.self) { try KernelSpec.userData(["JUPYTER_DATA_DIR": "data"]) }
  }
}
