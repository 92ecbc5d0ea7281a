import Foundation
import Glibc
import TestSupport

/// A file that gets one input after another.
final class ReusedFile {
  let path: String
  let descriptor: Int32

  init(_ name: String, in folder: ScratchFolder) throws {
    path = folder.file(name)
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FuzzFault("\(path) cannot be made") }
  }

  deinit { close(descriptor) }

  func write(_ bytes: [UInt8]) throws {
    let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    guard count == bytes.count, ftruncate(descriptor, count) == 0 else {
      throw FuzzFault("\(path) cannot be written")
    }
  }
}
