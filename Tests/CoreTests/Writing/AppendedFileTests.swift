import Files
import Foundation
import Kernels
import TestSupport
import Testing

@Suite struct AppendedFileTests {
  @Test func manyWritersLoseNoPiece() throws {
    let scratch = try ScratchFolder()
    let path = scratch.file("a")
    DispatchQueue.concurrentPerform(iterations: 40) { k in
      try? AppendedFile(path: path, isPrivate: true).append { isEmpty in
        Array(((isEmpty ? "head\n" : "") + String(repeating: "\(k) ", count: 2000) + "\n").utf8)
      }
    }
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 41 && lines.first == "head")
    for k in 0..<40 { #expect(lines.contains(Substring(String(repeating: "\(k) ", count: 2000)))) }
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func onlyFilesGrow() throws {
    let scratch = try ScratchFolder()
    mkfifo(scratch.file("fifo"), 0o600)
    for (path, message) in [
      (scratch.path, "is a folder"), (scratch.file("fifo"), "is not a regular file"),
      ("/dev/null", "is not a regular file"),
      (scratch.file("none/a"), "cannot be written: No such file or directory"),
    ] {
      #expect(crsError { try AppendedFile(path: path).append { _ in [1] } }?.message == message)
    }
  }
}
