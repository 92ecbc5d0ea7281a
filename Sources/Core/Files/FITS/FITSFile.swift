internal import CCFITSIO
import Foundation
import Kernels

/// The one owner of a cfitsio handle. Use it only inside `FITSLibrary.exclusively`.
final class FITSFile {
  private(set) var handle: UnsafeMutablePointer<fitsfile>?
  /// The name for messages.
  let path: String
  /// The file on disk that was opened.
  let disk: DiskName?
  /// Its content where it was packed.
  let unpacked: HeapBytes?
  /// Whether checksums that do not fit are errors.
  var isStrict = false
  /// Bytes behind the last HDU, known once it was looked for.
  private(set) var bytesBehind = 0
  /// Where the last extension came through in part; the HDUs before it are whole.
  private(set) var cutShort: CRSError?
  /// HDUs whose checksums have been compared.
  var summedHDUs: Set<Int> = []
  /// HDUs whose headers have been looked at before cfitsio reads them.
  private var knownHDUs = 1
  private let memory: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
  private let memorySize: UnsafeMutablePointer<Int>?

  private init(
    handle: UnsafeMutablePointer<fitsfile>?, path: String, disk: DiskName? = nil, unpacked: HeapBytes? = nil,
    memory: UnsafeMutablePointer<UnsafeMutableRawPointer?>? = nil,
    memorySize: UnsafeMutablePointer<Int>? = nil
  ) {
    self.handle = handle
    self.path = path
    self.disk = disk
    self.unpacked = unpacked
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
      // Unpacked bytes belong to their owner.
      if unpacked == nil { free(memory.pointee) }
      memory.deallocate()
    }
    memorySize?.deallocate()
  }

  /// Opens a file on disk for reading, unpacked where gzip or compress packed it.
  ///
  /// cfitsio sees plain names of files that exist, and bytes in memory.
  /// - Throws: `CRSError` (file) that says what the file seems to be when it is no FITS file; interrupted.
  static func open(_ path: FITSPath, strict: Bool = false, work: Work? = nil) throws -> FITSFile {
    let file = try open(path.file, work: work)
    file.isStrict = strict
    return file
  }

  private static func open(_ name: DiskName, work: Work?) throws -> FITSFile {
    switch try FITSSource(name) {
    case .plain:
      var handle: UnsafeMutablePointer<fitsfile>?
      var status: Int32 = 0
      ffdkopn(&handle, name.bytes, READONLY, &status)
      guard status == 0, handle != nil else {
        throw FITSLibrary.failure(status, "cannot open it as a FITS file", file: name.text)
      }
      return FITSFile(handle: handle, path: name.text, disk: name)
    case .packed(let isGzip):
      let unpacked = try UnpackedFile.read(name, isGzip: isGzip, work: work) {
        try FITSSource.checkStart($0, of: name, packing: isGzip ? "gzip" : "compress")
      }
      return try reading(unpacked, path: name.text, disk: name)
    }
  }

  /// Opens bytes in memory for reading.
  private static func reading(_ bytes: HeapBytes, path: String, disk: DiskName) throws -> FITSFile {
    let memory = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: 1)
    let size = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    memory.initialize(to: bytes.start)
    size.initialize(to: bytes.count)
    let file = FITSFile(
      handle: nil, path: path, disk: disk, unpacked: bytes, memory: memory, memorySize: size)
    var status: Int32 = 0
    ffomem(&file.handle, "unpacked.fits", READONLY, memory, size, 0, nil, &status)
    guard status == 0 else {
      file.handle = nil
      throw FITSLibrary.failure(status, "cannot open it as a FITS file", file: path)
    }
    return file
  }

  /// Makes the temporary file of `output`, its name taken as it is.
  static func create(_ output: AtomicFile) throws -> FITSFile {
    var handle: UnsafeMutablePointer<fitsfile>?
    var status: Int32 = 0
    output.making { _ = ffdkinit(&handle, output.temporary, &status) }
    guard status == 0 else { throw FITSLibrary.failure(status, "cannot create it", file: output.path) }
    let file = FITSFile(handle: handle, path: output.path)
    try output.wasMade()
    return file
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
      guard let base = memory.pointee else {
        throw CRSError.noMemory(for: "its bytes", bytes: Double(bytes.count), file: path)
      }
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
  var size: Int { unpacked?.count ?? handle.map { Int(crs_file_size($0)) } ?? 0 }

  /// Bytes that a file has once all that was written has left the buffers.
  var writtenSize: Int { handle.map { Int(crs_logical_size($0)) } ?? 0 }

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
    if hdu >= knownHDUs {
      // One by one, so that each header is looked at before cfitsio interprets it.
      for next in knownHDUs...hdu {
        guard try move(to: next - 1), try checkNextHeader(next) else { return false }
        var status: Int32 = 0
        ffmahd(handle, Int32(next + 1), nil, &status)
        guard status == 0 else {
          throw FITSLibrary.failure(status, "cannot read its header", file: path, hdu: next)
        }
        knownHDUs = next + 1
      }
      return true
    }
    var status: Int32 = 0
    ffmahd(handle, Int32(hdu + 1), nil, &status)
    guard status == 0 else {
      throw FITSLibrary.failure(status, "cannot read its header", file: path, hdu: hdu)
    }
    return true
  }

  /// Bytes in the last block, which cfitsio does not read where it is not whole.
  private func tail(at position: Int, count: Int) -> [UInt8] {
    if let unpacked { return Array(unpacked.bytes.dropFirst(position).prefix(count)) }
    guard let disk, let source = fopen(disk.bytes, "rbe") else { return [] }
    defer { fclose(source) }
    var bytes = [UInt8](repeating: 0, count: count)
    guard fseek(source, position, SEEK_SET) == 0, fread(&bytes, 1, count, source) == count else { return [] }
    return bytes
  }

  /// Whether an extension follows the current HDU.
  ///
  /// - Throws: `CRSError` (file) when its header would make cfitsio 4.2 divide by zero.
  private func checkNextHeader(_ hdu: Int) throws -> Bool {
    defer { ffcmsg() }
    guard let start = beginOfNextHeader(hdu) else { return false }
    guard let cards = try tileCards(from: start, hdu) else {
      bytesBehind = size - start
      return false
    }
    let isRice = cards.contains { $0.hasPrefix("ZCMPTYPE") && $0.contains("RICE") }
    for card in cards { try check(tileCard: card, isRice: isRice, hdu) }
    return true
  }

  /// Where an extension behind the current HDU would begin; nil where there is no room for one.
  private func beginOfNextHeader(_ hdu: Int) -> Int? {
    guard let handle else { return nil }
    var (start, data, end): (LONGLONG, LONGLONG, LONGLONG) = (0, 0, 0)
    var status: Int32 = 0
    ffghadll(handle, &start, &data, &end, &status)
    // A PCOUNT far below 0 makes an end before the file begins.
    guard status == 0, end > 0, end <= size else {
      bytesBehind = 0
      return nil
    }
    // Bytes that do not fill a block end no HDU and begin none (FITS 4.0, section 3.6).
    if Int(end) <= size - 2880 { return Int(end) }
    bytesBehind = size - Int(end)
    if bytesBehind >= 8, tail(at: Int(end), count: 8).elementsEqual("XTENSION".utf8) {
      cutShort = CRSError.file(
        "the file is cut short: it ends inside the header of an extension", file: path, hdu: hdu,
        hint: "ext=NUMBER loads one HDU before it")
    }
    return nil
  }

  /// How keywords begin whose numbers cfitsio 4.2 takes from unwritten memory where they are none.
  private static let structural: Set<Substring> = ["BITPI", "NAXIS", "PCOUN", "GCOUN", "TFIEL"]

  /// The cards of a header that say how large its data are and how images are cut into tiles; nil where no extension
  /// begins.
  private func tileCards(from start: Int, _ hdu: Int) throws -> [String]? {
    var (position, status): (Int, Int32) = (start, 0)
    var cards: [String] = []
    var block = [UInt8](repeating: 0, count: 2880)
    while position + 2880 <= size, cards.count < 100_000 {
      ffmbyt(handle, LONGLONG(position), 0, &status)
      ffgbyt(handle, 2880, &block, &status)
      guard status == 0 else { break }
      if position == start {
        guard block.starts(with: "XTENSION".utf8) else { return nil }
        try HeaderOrder.check(block, file: path, hdu: hdu)
      }
      for card in stride(from: 0, to: 2880, by: 80) {
        let text = block[card..<card + 80].map { $0 >= 32 && $0 < 127 ? $0 : UInt8(ascii: "?") }
        let line = String(decoding: text, as: UTF8.self)
        if line.hasPrefix("END ") { return cards }
        if line.hasPrefix("Z") || Self.structural.contains(line.prefix(5)) { cards.append(line) }
      }
      position += 2880
    }
    return cards
  }

  /// - Throws: `CRSError` (file) for a number by which cfitsio would divide, or that it would cut, and for what is none.
  private func check(tileCard card: String, isRice: Bool, _ hdu: Int) throws {
    let least: Int
    let keyword = card.prefix(8).trimmingBlanks()
    if ["BITPIX", "PCOUNT", "GCOUNT", "TFIELDS"].contains(keyword)
      || keyword.hasPrefix("NAXIS") && keyword.dropFirst(5).allSatisfy(\.isNumber)
    {
      let isLength = keyword != "BITPIX"
      guard case .integer(let value)? = HeaderCard(card).value(continuation: []), !isLength || value >= 0
      else {
        throw CRSError.file(
          "\(keyword) is not a usable number", file: path, hdu: hdu,
          expected: isLength ? "an integer from 0" : "8, 16, 32, 64, -32 or -64")
      }
      return
    }
    switch card.prefix(5).trimmingBlanks() {
    case "ZTILE": least = 1
    case "ZNAXI": least = 0
    case "ZVAL1" where isRice, "ZVAL2" where isRice: least = 1
    default: return
    }
    guard case .integer(let value)? = HeaderCard(card).value(continuation: []), value >= least,
      value <= Int(Int32.max)
    else {
      throw CRSError.file(
        "\(keyword) is not a usable number", file: path, hdu: hdu,
        expected: "an integer from \(least) to \(Int32.max)")
    }
  }

  func check(_ status: Int32, _ doing: String, hint: String? = nil) throws {
    guard status != 0 else { return }
    throw FITSLibrary.failure(status, doing, file: path, hdu: handle == nil ? nil : currentHDU, hint: hint)
  }
}
