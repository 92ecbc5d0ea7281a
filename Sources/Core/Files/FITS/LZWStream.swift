import Foundation
import Kernels

/// Files of the program compress (.Z): LZW with codes of 9 bits that grow to 10 to 16 (limited to 9, programs differ).
enum LZWStream {
  static func unpack(_ source: UnsafeMutablePointer<FILE>, _ file: DiskName, _ work: Work?) throws
    -> HeapBytes
  {
    var input: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      try work?.checkCancelled()
      let count = fread(&chunk, 1, chunk.count, source)
      if count == 0 { break }
      input += chunk[..<count]
    }
    guard input.count >= 3, input[0] == 0x1F, input[1] == 0x9D, (10...16).contains(input[2] & 0x1F) else {
      throw UnpackedFile.damaged("is damaged", file)
    }
    return try unpack(input, widest: Int(input[2] & 0x1F), clears: input[2] & 0x80 != 0, file, work)
  }

  private static func unpack(
    _ input: [UInt8], widest: Int, clears: Bool, _ file: DiskName, _ work: Work?
  ) throws -> HeapBytes {
    let memory = UnpackedFile.availableMemory()
    let output = HeapBytes(capacity: 3 * input.count + 1 << 16)
    // A text is the text of another code and one byte more.
    var prefix = [UInt16](repeating: 0, count: 1 << widest)
    var last = [UInt8](repeating: 0, count: 1 << widest)
    for byte in 0..<256 { last[byte] = UInt8(byte) }
    var text = [UInt8](repeating: 0, count: 1 << widest + 2)
    var (next, width) = (clears ? 257 : 256, 9)
    var previous = -1
    var first: UInt8 = 0
    let bits = input.count * 8
    // Codes come in groups of eight; when the width changes the rest of a group is skipped.
    var (position, group) = (24, 24)
    var codes = 0
    while position + width <= bits {
      let byte = position >> 3
      var word = UInt32(input[byte]) | UInt32(input[byte + 1]) << 8
      if byte + 2 < input.count { word |= UInt32(input[byte + 2]) << 16 }
      let code = Int(word >> UInt32(position & 7)) & (1 << width - 1)
      position += width
      codes += 1
      if codes & 0xFFFF == 0 {
        try work?.checkCancelled()
        try UnpackedFile.checkSize(output, of: memory, file)
      }
      if clears, code == 256 {
        position = aligned(position, group, width)
        (group, next, width, previous) = (position, 257, 9, -1)
        continue
      }
      var length = 0
      var walk = code
      if previous < 0 {
        guard code < 256 else { throw UnpackedFile.damaged("is damaged", file) }
      } else if code >= next {
        guard code == next else { throw UnpackedFile.damaged("is damaged", file) }
        text[0] = first
        (length, walk) = (1, previous)
      }
      while walk >= 256 {
        guard length < text.count - 1 else { throw UnpackedFile.damaged("is damaged", file) }
        text[length] = last[walk]
        length += 1
        walk = Int(prefix[walk])
      }
      first = UInt8(walk)
      text[length] = first
      length += 1
      guard let room = output.room() else { throw UnpackedFile.tooLarge(file, after: output.count) }
      for k in 0..<length { room[k] = text[length - 1 - k] }
      output.advance(by: length)
      if previous >= 0, next < 1 << widest {
        prefix[next] = UInt16(previous)
        last[next] = first
        next += 1
      }
      previous = code
      if next > 1 << width - 1, width < widest {
        position = aligned(position, group, width)
        (group, width) = (position, width + 1)
      }
    }
    return output
  }

  private static func aligned(_ position: Int, _ group: Int, _ width: Int) -> Int {
    let size = 8 * width
    return group + (position - group + size - 1) / size * size
  }
}
