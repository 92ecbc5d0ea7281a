internal import CCFITSIO
import Foundation

/// The one owner of a cfitsio handle. Use it only inside `FITSLibrary.exclusively`.
final class FITSFile {
  private(set) var handle: UnsafeMutablePointer<fitsfile>?
  /// The name for messages.
  let path: String
  private let memory: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
  private let memorySize: UnsafeMutablePointer<Int>?

  private init(
    handle: UnsafeMutablePointer<fitsfile>?, path: String,
    memory: UnsafeMutablePointer<UnsafeMutableRawPointer?>? = nil,
    memorySize: UnsafeMutablePointer<Int>? = nil
  ) {
    self.handle = handle
    self.path = path
    self.memory = memory
    self.memorySize = memorySize
  }

  deinit {
    if let handle {
      var status: Int32 = 0
      ffclos(handle, &status)
      ffcmsg()
    }
    if let memory {
      free(memory.pointee)
      memory.deallocate()
    }
    memorySize?.deallocate()
  }

  /// Opens a file for reading, its name taken as it is.
  static func open(_ path: FITSPath) throws -> FITSFile {
    var handle: UnsafeMutablePointer<fitsfile>?
    var status: Int32 = 0
    if path.isFiltered {
      ffopen(&handle, path.text, READONLY, &status)
    } else {
      ffdkopn(&handle, path.file, READONLY, &status)
    }
    guard status == 0, handle != nil else {
      throw FITSLibrary.failure(status, "cannot open it as a FITS file", file: path.text)
    }
    return FITSFile(handle: handle, path: path.text)
  }

  /// Makes a new file, its name taken as it is; it must not exist.
  static func create(_ path: String) throws -> FITSFile {
    var handle: UnsafeMutablePointer<fitsfile>?
    var status: Int32 = 0
    ffdkinit(&handle, path, &status)
    guard status == 0 else { throw FITSLibrary.failure(status, "cannot create it", file: path) }
    return FITSFile(handle: handle, path: path)
  }

  /// Makes a file in memory, or opens `bytes` as one for reading.
  static func inMemory(_ bytes: [UInt8]? = nil, path: String) throws -> FITSFile {
    let memory = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: 1)
    let size = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    // A new file begins without memory: cfitsio would take what old memory holds for HDUs.
    size.initialize(to: bytes?.count ?? 0)
    memory.initialize(to: bytes.map { malloc($0.count) } ?? nil)
    let file = FITSFile(handle: nil, path: path, memory: memory, memorySize: size)
    var status: Int32 = 0
    if let bytes {
      guard let base = memory.pointee else { throw CRSError.file("out of memory", file: path) }
      bytes.withUnsafeBytes { source in
        if let start = source.baseAddress { memcpy(base, start, source.count) }
      }
      ffomem(&file.handle, "carried.fits", READONLY, memory, size, 0, nil, &status)
    } else {
      ffimem(&file.handle, memory, size, 1 << 22, { realloc($0, $1) }, &status)
    }
    guard status == 0 else {
      file.handle = nil
      throw FITSLibrary.failure(status, "cannot hold it in memory", file: path)
    }
    return file
  }

  /// The content of a file in memory, after everything has been written.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    var status: Int32 = 0
    ffflus(handle, &status)
    try check(status, "cannot finish it")
    guard let handle, let base = memory?.pointee else {
      throw CRSError.file("is not in memory", file: path)
    }
    return try body(UnsafeRawBufferPointer(start: base, count: Int(crs_logical_size(handle))))
  }

  /// Ends writing, so that every byte has left this process's buffers.
  func close() throws {
    guard let handle else { return }
    self.handle = nil
    var status: Int32 = 0
    ffclos(handle, &status)
    try check(status, "cannot write it")
  }

  /// Bytes of the file, unpacked.
  var size: Int { handle.map { Int(crs_file_size($0)) } ?? 0 }

  /// The current HDU, from 0.
  var currentHDU: Int {
    guard let handle else { return 0 }
    var number: Int32 = 1
    ffghdn(handle, &number)
    return Int(number) - 1
  }

  /// Goes to an HDU counted from 0. Returns false behind the last one.
  ///
  /// Bytes behind the last HDU that do not begin an extension are allowed by the standard and ignored.
  func move(to hdu: Int) throws -> Bool {
    guard let handle, hdu >= 0, hdu < 100_000 else { return false }
    var status: Int32 = 0
    ffmahd(handle, Int32(hdu + 1), nil, &status)
    if status == 0 { return true }
    let end = [END_OF_FILE, 252, 251, 210].contains(status) && !beginsExtension(hdu)
    if end {
      ffcmsg()
      return false
    }
    throw FITSLibrary.failure(status, "cannot read its header", file: path, hdu: hdu)
  }

  /// Whether the bytes behind the current HDU say XTENSION.
  private func beginsExtension(_ hdu: Int) -> Bool {
    guard let handle else { return false }
    var start: LONGLONG = 0
    var data: LONGLONG = 0
    var end: LONGLONG = 0
    var status: Int32 = 0
    ffghadll(handle, &start, &data, &end, &status)
    guard status == 0, currentHDU == hdu - 1, Int(end) < size else { return false }
    var bytes = [UInt8](repeating: 0, count: 8)
    ffmbyt(handle, end, 0, &status)
    ffgbyt(handle, 8, &bytes, &status)
    return status == 0 && bytes == Array("XTENSION".utf8)
  }

  func check(_ status: Int32, _ doing: String, hint: String? = nil) throws {
    guard status != 0 else { return }
    throw FITSLibrary.failure(status, doing, file: path, hdu: handle == nil ? nil : currentHDU, hint: hint)
  }
}
