import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Kernels

@Suite struct GzipStreamTests {
  /// Several pieces and batches: what is read is what was written, and threads change no byte.
  @Test func piecesJoin() throws {
    var image = Image(pixels: Plane<Float>(width: 1300, height: 1100, repeating: 0))
    for i in 0..<image.pixels.count { image.pixels.pixels[i] = Float(SplitMix64.mix(UInt64(i)) >> 44) }
    let scratch = try ScratchFolder()
    let files = try [1, 3].map { threads in
      let path = scratch.file("t\(threads).fits.gz")
      try FITSWriter.write(
        FITSDocument(image: image), to: path, overwrite: false, work: Work(threads: threads))
      #expect(try FITSReader.image(at: path).pixels == image.pixels)
      return try Data(contentsOf: URL(fileURLWithPath: path))
    }
    #expect(files[0] == files[1] && files[0].count > 1 << 20)
    // The size modulo 2^32 ends the stream.
    let size = files[0].suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(size % 2880 == 0 && size > image.pixels.count * 4)
  }

  @Test func interruptionLeavesNothing() throws {
    let image = Image(pixels: Plane<Float>(width: 1300, height: 1100, repeating: 1))
    let scratch = try ScratchFolder()
    let cancellation = Cancellation()
    cancellation.raise()
    let path = scratch.file("t.fits.gz")
    #expect(throws: CRSError.interrupted) {
      try FITSWriter.write(
        FITSDocument(image: image), to: path, overwrite: false, work: Work(cancellation: cancellation))
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
