import CZlib
import Foundation
import TestSupport

/// Says what files hold in a few lines: all cards of headers, numbers about the data.
enum Products {
  /// The files of a folder that were not there before, by name.
  static func new(in folder: URL, besides old: Set<String>) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { name in
      var isFolder: ObjCBool = false
      FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path, isDirectory: &isFolder)
      return !isFolder.boolValue && !old.contains(name)
    }.sorted()
  }

  static func description(of name: String, in folder: URL) throws -> [String] {
    let url = folder.appendingPathComponent(name)
    let bytes = [UInt8](try Data(contentsOf: url))
    switch url.pathExtension {
    case "fits" where bytes.starts(with: [0x1F, 0x8B]):
      return ["\(name), gzip"] + FITSText.hdus(try Gzip.inflated(bytes)).flatMap(\.lines)
    case "fits": return [name] + FITSText.hdus(bytes).flatMap(\.lines)
    case "gz": return [name] + FITSText.hdus(try Gzip.inflated(bytes)).flatMap(\.lines)
    case "png": return ["\(name): \(try PNGText.summary(bytes))"]
    case "pdf":
      let pages = String(decoding: bytes, as: UTF8.self).matches(of: /\/Type *\/Page[^s]/).count
      return ["\(name): \(pages) pages, \(hash(bytes))"]
    case "csv":
      let lines = String(decoding: bytes, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
      return ["\(name): \(lines.count - 1) lines, \(hash(bytes))"] + lines.prefix(3).map(String.init)
    default: return [name] + String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n")
    }
  }

  /// A text without the time that a run took; other files as they are.
  static func timeless(_ text: String, _ bytes: [UInt8]) -> [UInt8] {
    guard text.contains("total time elapsed: ") else { return bytes }
    return Array(timeless(text).utf8)
  }

  /// A text without the time that a run took.
  static func timeless(_ text: String) -> String {
    text.replacing(/total time elapsed: [0-9:.]+/, with: "total time elapsed: TIME")
  }

  /// FNV-1a of 64 bits.
  static func hash(_ bytes: some Sequence<UInt8>) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let text = String(hash, radix: 16)
    return "fnv " + String(repeating: "0", count: 16 - text.count) + text
  }
}

/// FITS without a library, so that what is compared does not read itself.
enum FITSText {
  struct HDU {
    var name: String
    var cards: [String]
    /// What its data are; nil without data.
    var data: String?
    var hash: String?

    /// Without the cards that follow from the data.
    var lines: [String] {
      let usual = [
        "SIMPLE", "XTENSION", "BITPIX", "NAXIS", "PCOUNT", "GCOUNT", "EXTEND", "EXTNAME", "TF", "TT",
        "CHECKSUM", "DATASUM", "ZHECKSUM", "ZDATASUM",
      ]
      return ["\(name): \(data ?? "no data")"]
        + cards.filter { card in !usual.contains { card.hasPrefix($0) } }.map { "  " + $0 }
    }
  }

  static func hdus(_ bytes: [UInt8]) -> [HDU] {
    var out: [HDU] = []
    var position = 0
    while position + 2880 <= bytes.count {
      var hdu = HDU(name: "HDU \(out.count)", cards: [])
      var numbers: [String: Int] = [:]
      while position + 80 <= bytes.count {
        let card = String(decoding: bytes[position..<position + 80], as: UTF8.self)
        position += 80
        if card.hasPrefix("END     ") { break }
        hdu.cards.append(card)
        guard card.dropFirst(8).hasPrefix("= ") else { continue }
        let key = card.prefix(8).split(separator: " ").first.map(String.init) ?? ""
        let value = card.dropFirst(10).split(separator: "/").first ?? ""
        numbers[key] = value.split(separator: " ").first.flatMap { Int($0) }
        if key == "EXTNAME" { hdu.name = value.filter { $0 != " " && $0 != "'" } }
      }
      position = (position + 2879) / 2880 * 2880
      let axes = (1...max(1, numbers["NAXIS"] ?? 0)).map { numbers["NAXIS\($0)"] ?? 0 }
      let bits = numbers["BITPIX"] ?? 8
      let count = axes.reduce(1, *)
      let size = count * abs(bits) / 8 + (numbers["PCOUNT"] ?? 0)
      if size > 0 {
        let data = bytes[min(position, bytes.count)..<min(position + size, bytes.count)]
        hdu.hash = Products.hash(data)
        let shape = axes.map(String.init).joined(separator: "x")
        hdu.data =
          "\(shape), BITPIX \(bits), \(summary(data, bits: bits, count: count)), \(Products.hash(data))"
      }
      out.append(hdu)
      position = (position + size + 2879) / 2880 * 2880
    }
    return out
  }

  /// A file with one float32 image.
  static func file(_ values: [Float], width: Int) -> Data {
    let cards = [
      ("SIMPLE", "T"), ("BITPIX", "-32"), ("NAXIS", "2"), ("NAXIS1", "\(width)"),
      ("NAXIS2", "\(values.count / width)"),
    ]
    func padded(_ text: String, _ count: Int) -> String {
      text + String(repeating: " ", count: count - text.count)
    }
    let header =
      cards.map { padded(padded($0, 8) + "= " + padded("", 20 - $1.count) + $1, 80) } + [padded("END", 80)]
    var bytes = Array(padded(header.joined(), 2880).utf8)
    for value in values {
      for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift)) }
    }
    return Data(bytes + [UInt8](repeating: 0, count: (2880 - bytes.count % 2880) % 2880))
  }

  private static func summary(_ data: ArraySlice<UInt8>, bits: Int, count: Int) -> String {
    let size = abs(bits) / 8
    guard size > 0, data.count >= count * size else { return "cut off" }
    let values = (0..<count).map { index -> Double in
      let start = data.startIndex + index * size
      let raw = data[start..<start + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      switch bits {
      case 8: return Double(raw)
      case 16: return Double(Int16(truncatingIfNeeded: raw))
      case 32: return Double(Int32(truncatingIfNeeded: raw))
      case 64: return Double(Int64(bitPattern: raw))
      case -32: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: raw)))
      default: return Double(bitPattern: raw)
      }
    }
    let finite = values.filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 0)
    let sum = finite.reduce(0, +)
    return
      "\(finite.count < count ? "\(count - finite.count) not finite, " : "")\(text(low)) to \(text(high)), sum \(text(sum))"
  }

  private static func text(_ value: Double) -> String { String(format: "%.9g", value) }
}

/// gzip, one member or more.
enum Gzip {
  static func inflated(_ bytes: [UInt8], windowBits: Int32 = 47) throws -> [UInt8] {
    var out: [UInt8] = []
    var input = bytes
    var stream = z_stream()
    guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw CocoaError(.fileReadCorruptFile)
    }
    defer { inflateEnd(&stream) }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    try input.withUnsafeMutableBufferPointer { source in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      var status = Z_OK
      while status == Z_OK {
        try chunk.withUnsafeMutableBufferPointer { target in
          stream.next_out = target.baseAddress
          stream.avail_out = UInt32(target.count)
          status = inflate(&stream, Z_NO_FLUSH)
          guard status == Z_OK || status == Z_STREAM_END else { throw CocoaError(.fileReadCorruptFile) }
          out += target.prefix(target.count - Int(stream.avail_out))
        }
        if status == Z_STREAM_END, stream.avail_in > 0 { status = inflateReset(&stream) }
      }
    }
    return out
  }
}

/// Pixels of a PNG file, however they are compressed.
enum PNGText {
  static func summary(_ bytes: [UInt8]) throws -> String {
    var packed: [UInt8] = []
    var texts: [String] = []
    var (width, height, channels) = (0, 0, 0)
    var position = 8
    while position + 12 <= bytes.count {
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let body = bytes[position + 8..<position + 8 + length]
      switch String(decoding: bytes[position + 4..<position + 8], as: UTF8.self) {
      case "IHDR":
        width = body.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        height = body.dropFirst(4).prefix(4).reduce(0) { $0 << 8 | Int($1) }
        channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][Array(body)[9]] ?? 0
      case "IDAT": packed += body
      case "IEND": break
      case let kind:
        texts.append(
          "\(kind) \(body.count < 40 ? body.map { String($0, radix: 16) }.joined(separator: " ") : "")")
      }
      position += 12 + length
    }
    let rows = try pixels(Gzip.inflated(packed, windowBits: 15), stride: width * channels, channels: channels)
    let mean = Double(rows.reduce(0) { $0 + Int($1) }) / Double(max(1, rows.count))
    return (["\(width)x\(height), mean \(String(format: "%.2f", mean)), \(Products.hash(rows))"] + texts)
      .joined(
        separator: ", ")
  }

  /// Undoes the filters of the rows.
  private static func pixels(_ data: [UInt8], stride: Int, channels: Int) throws -> [UInt8] {
    let height = data.count / (stride + 1)
    var out = [UInt8](repeating: 0, count: height * stride)
    for y in 0..<height {
      let filter = data[y * (stride + 1)]
      for x in 0..<stride {
        let raw = data[y * (stride + 1) + 1 + x]
        let left = x >= channels ? Int(out[y * stride + x - channels]) : 0
        let above = y > 0 ? Int(out[(y - 1) * stride + x]) : 0
        let corner = x >= channels && y > 0 ? Int(out[(y - 1) * stride + x - channels]) : 0
        let guess: Int
        switch filter {
        case 0: guess = 0
        case 1: guess = left
        case 2: guess = above
        case 3: guess = (left + above) / 2
        default:
          let (a, b, c) = (abs(above - corner), abs(left - corner), abs(left + above - 2 * corner))
          guess = a <= b && a <= c ? left : b <= c ? above : corner
        }
        out[y * stride + x] = raw &+ UInt8(truncatingIfNeeded: guess)
      }
    }
    return out
  }
}
