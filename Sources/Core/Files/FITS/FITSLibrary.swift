internal import CCFITSIO
import Foundation
import Kernels

/// Entry to cfitsio: one thread at a time, since Debian's cfitsio is not reentrant.
enum FITSLibrary {
  private static let lock = NSRecursiveLock()

  /// Runs `body` as the only user of cfitsio in this process.
  static func exclusively<Result>(_ body: () throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    ffcmsg()
    return try body()
  }

  /// Makes one error of cfitsio's status and message stack, and empties the stack.
  static func failure(_ status: Int32, _ doing: String, file: String, hdu: Int? = nil, hint: String? = nil)
    -> CRSError
  {
    let reason = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
      text.initialize(repeating: 0)
      ffgerr(status, text.baseAddress)
      return String(bytesOf: text)
    }
    var details: [String] = []
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
      text.initialize(repeating: 0)
      while ffgmsg(text.baseAddress) != 0, details.count < 50 {
        let line = String(bytesOf: text).trimmingBlanks()
        // `NAXIS = 140733941759776 is illegal` quotes memory that nobody wrote where the card holds no number.
        if !line.isEmpty, !line.hasSuffix("is illegal"), !details.contains(line) { details.append(line) }
      }
    }
    ffcmsg()
    var message = "\(doing): \(reason) (cfitsio status \(status))"
    if !details.isEmpty { message += ": " + details.prefix(4).joined(separator: "; ") }
    return .file(message, file: file, hdu: hdu, hint: hint)
  }
}

extension String {
  /// The printable ASCII up to the first NUL; other bytes become question marks.
  init(bytesOf buffer: UnsafeMutableBufferPointer<CChar>) {
    let bytes = buffer.prefix { $0 != 0 }.map { $0 >= 32 && $0 < 127 ? UInt8($0) : UInt8(ascii: "?") }
    self.init(decoding: bytes, as: UTF8.self)
  }
}
