import Foundation
import Testing

@testable import Files
@testable import Kernels
@testable import Plot

struct PNGTests {
  /// An independent decoder: Python's zlib and the five filters of PNG. Prints width, height and each row.
  private static let decoder = """
    import sys, zlib, struct, binascii
    d = open(sys.argv[1], 'rb').read(); p = 8; idat = b''
    assert d[:8] == b'\\x89PNG\\r\\n\\x1a\\n'
    while p < len(d):
        n, name = struct.unpack('>I4s', d[p:p+8]); body = d[p+8:p+8+n]
        assert struct.unpack('>I', d[p+8+n:p+12+n])[0] == zlib.crc32(name + body)
        if name == b'IHDR': w, h = struct.unpack('>II', body[:8])
        if name == b'IDAT': idat += body
        p += 12 + n
    raw = zlib.decompress(idat); s = 3 * w; above = bytearray(s)
    for y in range(h):
        f = raw[y*(s+1)]; row = bytearray(raw[y*(s+1)+1:(y+1)*(s+1)])
        assert f in (0, 2)
        if f == 2: row = bytearray((a + b) & 255 for a, b in zip(row, above))
        print(binascii.hexlify(row).decode()); above = row
    """

  private func decoded(_ path: String) throws -> [UInt32] {
    try Files.output("python3", ["-c", Self.decoder, path]).split(separator: "\n").flatMap { line in
      stride(from: 0, to: line.utf8.count, by: 6).map { start -> UInt32 in
        let from = line.index(line.startIndex, offsetBy: start)
        return UInt32(line[from..<line.index(from, offsetBy: 6)], radix: 16) ?? .max
      }
    }
  }

  @Test func figuresSurviveTheFile() throws {
    try Files.inFolder { folder in
      let figure = try Synthetic().diagnostic.figure()
      let path = folder.appending(path: "a.png").path
      try figure.write(png: path, dpi: 40)
      #expect(try decoded(path) == figure.pixels(dpi: 40).pixels)
    }
  }

  @Test func noiseAndRunsSurviveTheFile() throws {
    try Files.inFolder { folder in
      var state: UInt32 = 7
      let (width, height) = (301, 260)
      let pixels = (0..<width * height).map { k -> UInt32 in
        state = state &* 1_664_525 &+ 1_013_904_223
        let row = k / width
        return row < 90 ? state >> 8 : row < 180 ? 0x123456 : (state >> 30 == 0 ? state >> 8 : 0xFFFFFF)
      }
      let path = folder.appending(path: "noise.png").path
      let bytes = try PNGEncoder(pixels, width: width, height: height, dpi: 150).bytes
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      #expect(try decoded(path) == pixels)
    }
  }

  @Test func failuresLeaveTheOldFile() throws {
    try Files.inFolder { folder in
      let path = folder.appending(path: "old.png").path
      try "old".write(toFile: path, atomically: true, encoding: .utf8)
      let figure = try ValuePlots.mask(Mask(shape: Shape(width: 4, height: 4)))
      #expect(throws: CRSError.self) { try figure.write(png: path, dpi: 5000) }
      var broken = figure
      broken.width = 1e9
      #expect(throws: CRSError.self) { try broken.write(pdf: path) }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["old.png"])
      let error = #expect(throws: CRSError.self) {
        try figure.write(png: folder.appending(path: "no/such/folder.png").path)
      }
      #expect(error?.kind == .file)
    }
  }
}
