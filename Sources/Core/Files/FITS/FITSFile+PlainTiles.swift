internal import CCFITSIO
import Kernels

extension FITSFile {
  /// The image of tiles that are stored as they are (NOCOMPRESS), as a plain image in memory.
  ///
  /// - Throws: `CRSError` (file) when a tile does not have the bytes that its pixels need.
  func plainCopy(of hdu: HDUDescription, _ tiles: TileCompression, work: Work?) throws -> (
    file: FITSFile, hdu: HDUDescription
  ) {
    let reader = try PlainTiles(self, hdu, tiles)
    let size = abs(tiles.bitpix) / 8
    let axes = hdu.fullAxes
    var pixels = [UInt8](repeating: 0, count: axes.reduce(size, *))
    for row in 0..<reader.rows {
      try work?.checkCancelled()
      let (first, extent) = reader.place(of: row)
      let tile = try reader.bytes(row, pixels: extent.reduce(1, *))
      let run = extent[0] * size
      for line in 0..<extent.dropFirst().reduce(1, *) {
        var (position, stride, rest) = (first[0], axes[0], line)
        for axis in axes.indices.dropFirst() {
          position += (first[axis] + rest % extent[axis]) * stride
          rest /= extent[axis]
          stride *= axes[axis]
        }
        pixels.replaceSubrange(
          position * size..<position * size + run, with: tile[line * run..<(line + 1) * run])
      }
    }
    var header = Header()
    header.set("SIMPLE", .logical(true))
    header.set("BITPIX", .integer(tiles.bitpix))
    header.set("NAXIS", .integer(axes.count))
    for (axis, length) in axes.enumerated() { header.set("NAXIS\(axis + 1)", .integer(length)) }
    var bytes = (header.cards + ["END"]).flatMap { card in
      Array(card.utf8) + [UInt8](repeating: 32, count: 80 - card.utf8.count)
    }
    for (part, filler) in [([], 32), (pixels, 0)] as [([UInt8], UInt8)] {
      bytes += part
      bytes += [UInt8](repeating: filler, count: (2880 - bytes.count % 2880) % 2880)
    }
    var plain = hdu
    plain.tiles = nil
    return (try FITSFile.inMemory(bytes, path: path), plain)
  }
}

extension FITSFile {
  /// Makes sure that the pixel lists of PLIO_1 tiles end where they say and have no more pixels than their tiles: cfitsio
  /// believes their lengths, and leaves the pixels of an empty list as the memory was.
  ///
  /// - Throws: `CRSError` (file) naming the tile.
  func checkPixelLists(of hdu: HDUDescription, _ tiles: TileCompression) throws {
    let reader = try PlainTiles(self, hdu, tiles)
    for row in 0..<reader.rows { try reader.checkPixelList(row) }
  }
}

/// The tiles of an image as they are stored.
private struct PlainTiles {
  let rows: Int
  private let file: FITSFile
  private let hdu: HDUDescription
  private let tiles: TileCompression
  /// Tiles along each axis.
  private let grid: [Int]
  private let heap: Range<Int>
  private let dataStart: LONGLONG

  init(_ file: FITSFile, _ hdu: HDUDescription, _ tiles: TileCompression) throws {
    (self.file, self.hdu, self.tiles) = (file, hdu, tiles)
    var (start, data, end): (LONGLONG, LONGLONG, LONGLONG) = (0, 0, 0)
    var status: Int32 = 0
    ffghadll(file.handle, &start, &data, &end, &status)
    try file.check(status, "cannot read its header")
    dataStart = data
    rows = hdu.header.integer("NAXIS2") ?? 0
    let table = (hdu.header.integer("NAXIS1") ?? 0) * rows  // fits: `declaredBytes` has looked at it
    let heapStart = hdu.header.integer("THEAP") ?? table
    let heapEnd = table + (hdu.header.integer("PCOUNT") ?? 0)
    grid = zip(hdu.fullAxes, tiles.tile).map { ($0 + $1 - 1) / max(1, $1) }
    guard grid.reduce(1, *) == rows, heapStart >= table, heapStart <= heapEnd else {
      throw CRSError.file(
        "has \(rows) tiles", file: file.path, hdu: hdu.number, expected: "\(grid.reduce(1, *))")
    }
    heap = heapStart..<heapEnd
  }

  /// The first pixel of a tile, from 0, and its pixels along each axis.
  func place(of row: Int) -> (first: [Int], extent: [Int]) {
    var (first, extent, rest): ([Int], [Int], Int) = ([], [], row)
    for axis in hdu.fullAxes.indices {
      first.append(rest % grid[axis] * tiles.tile[axis])
      extent.append(min(tiles.tile[axis], hdu.fullAxes[axis] - first[axis]))
      rest /= grid[axis]
    }
    return (first, extent)
  }

  /// The bytes of a tile as they would stand in a plain image.
  func bytes(_ row: Int, pixels: Int) throws -> [UInt8] {
    let size = abs(tiles.bitpix) / 8
    if let stored = try cell("COMPRESSED_DATA", row), !stored.isEmpty {
      if !tiles.isQuantised {
        guard stored.count == pixels * size else { throw bad(row) }
        return stored
      }
      guard stored.count == pixels * 4, let scale = try number("ZSCALE", row),
        let zero = try number("ZZERO", row)
      else { throw bad(row) }
      let numbers = (0..<pixels).map { pixel in
        stored[4 * pixel..<4 * pixel + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      }
      let blank = try number("ZBLANK", row).flatMap { Int32(exactly: $0) }
      let values = tiles.dithering.values(
        numbers.map { Int32(bitPattern: $0) }, tile: row, scale: scale, zero: zero, blank: blank)
      return size == 4
        ? values.flatMap { FITSFile.bytes(of: Float($0).bitPattern) }
        : values.flatMap { FITSFile.bytes(of: $0.bitPattern) }
    }
    // What could not be turned into whole numbers is packed as it is.
    if let packed = try cell("GZIP_COMPRESSED_DATA", row), !packed.isEmpty {
      guard let plain = UnpackedFile.gzip(packed, count: pixels * size) else { throw bad(row) }
      return plain
    }
    if let plain = try cell("UNCOMPRESSED_DATA", row), plain.count == pixels * size { return plain }
    throw bad(row)
  }

  /// Words of a list are runs of pixels, their values, and steps of the value; the first ones tell where it begins and ends
  /// (IRAF's pixel lists).
  func checkPixelList(_ row: Int) throws {
    guard let bytes = try cell("COMPRESSED_DATA", row), !bytes.isEmpty else { return }
    let words = stride(from: 0, to: bytes.count - 1, by: 2).map {
      Int(Int16(bitPattern: UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])))
    }
    guard words.count > 3, words[2] > 0 || words.count > 5 else { throw bad(row) }
    let (first, end) = words[2] > 0 ? (3, words[2]) : (words[1], words[4] << 15 + words[3])
    guard first >= 3, end > first, end <= words.count else { throw bad(row) }
    let most = place(of: row).extent.reduce(1, *)
    var (pixels, next) = (0, first)
    while next < end {
      let (code, value) = (words[next] >> 12, words[next] & 0xFFF)
      switch code {
      case 0, 4, 5: pixels += value
      case 6, 7: pixels += 1
      // The word behind it belongs to the value.
      case 1: next += 1
      case 2, 3: break
      default: throw bad(row)
      }
      next += 1
    }
    guard next == end, pixels <= most else { throw bad(row) }
  }

  private func bad(_ row: Int) -> CRSError {
    .file(
      "tile \(row + 1) does not have the bytes of its pixels", file: file.path, hdu: hdu.number,
      hint: "get a fresh copy of the file")
  }

  /// The bytes of an array of variable length; nil when there is no such column.
  private func cell(_ name: String, _ row: Int) throws -> [UInt8]? {
    guard let column = TileCompression.column(name, in: hdu.header) else { return nil }
    let format = (hdu.header.text("TFORM\(column)") ?? "").drop { $0.isNumber }
    let widths: [Substring: Int] = ["B": 1, "I": 2, "J": 4, "E": 4, "K": 8, "D": 8]
    guard "PQ".contains(format.prefix(1)), let width = widths[format.dropFirst().prefix(1)] else {
      throw bad(row)
    }
    var (length, offset, status): (LONGLONG, LONGLONG, Int32) = (0, 0, 0)
    ffgdesll(file.handle, Int32(column), LONGLONG(row + 1), &length, &offset, &status)
    try file.check(status, "cannot read its tiles")
    guard length >= 0, offset >= 0, Int(length) <= heap.count / width,
      Int(offset) <= heap.count - Int(length) * width
    else { throw bad(row) }
    var bytes = [UInt8](repeating: 0, count: Int(length) * width)
    guard !bytes.isEmpty else { return bytes }
    ffmbyt(file.handle, dataStart + LONGLONG(heap.lowerBound) + offset, 0, &status)
    ffgbyt(file.handle, LONGLONG(bytes.count), &bytes, &status)
    try file.check(status, "cannot read its tiles")
    return bytes
  }

  /// A number of a tile: of its column, or of the keyword for all tiles.
  private func number(_ name: String, _ row: Int) throws -> Double? {
    guard let column = TileCompression.column(name, in: hdu.header) else { return hdu.header.number(name) }
    var (value, missing, any, status): (Double, Double, Int32, Int32) = (0, 0, 0, 0)
    ffgcv(file.handle, TDOUBLE, Int32(column), LONGLONG(row + 1), 1, 1, &missing, &value, &any, &status)
    try file.check(status, "cannot read its tiles")
    return value
  }
}

extension FITSFile {
  fileprivate static func bytes<Value: FixedWidthInteger>(of value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}
