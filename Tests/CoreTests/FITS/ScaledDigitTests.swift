import Foundation
import Kernels
import TestSupport
import Testing

@testable import Files

/// BSCALE and BZERO are applied in single precision only where that keeps what the stored numbers tell.
@Suite struct ScaledDigitTests {
  private let stored = (0..<24).map { Int16($0 * 1000 - 9000) }

  private func read(_ zero: String, _ scale: String, in scratch: ScratchFolder) throws -> Image {
    let cards = ["BZERO   = \(zero)", "BSCALE  = \(scale)"]
    return try FITSReader.image(at: scratch.write(RawFITS.image(stored, width: 6, cards: cards), "a.fits"))
  }

  @Test func typesHoldTheScaledNumbers() throws {
    let scratch = try ScratchFolder()
    for (zero, scale, type) in [
      ("0.0", "0.01", PixelType.float32), ("327.68", "0.01", .float32), ("0.1", "1.0", .float32),
      ("2459000.5", "1.0", .float32), ("2459000.5", "0.001", .float64), ("8388608.5", "1.0", .float64),
      ("1.0E20", "1.0", .float64), ("0.0", "1.0E36", .float64), ("0.0", "1.0E-40", .float64),
      ("0.0", "1.0E-17", .float32), ("1.0", "1.0E-17", .float64), ("32768", "1", .uint16),
    ] as [(String, String, PixelType)] {
      let image = try read(zero, scale, in: scratch)
      #expect(image.storedType == type && image.inputType == type, "\(zero) \(scale): \(image.storedType)")
      let (z, s) = (Double(zero) ?? 0, Double(scale) ?? 0)
      for (value, number) in zip(image.exactValues.pixels, stored) {
        let truth = Double(number) * s + z
        let allowed = type == .float64 ? abs(truth) * 1e-15 : max(s / 32, abs(truth) * 6e-8)
        #expect(abs(value - truth) <= allowed, "\(zero) \(scale): \(value), not \(truth)")
      }
    }
  }

  @Test func realNumbersThatAreMovedAreDouble() throws {
    for (cards, type) in [
      (["BZERO   = 2459000.5"], PixelType.float64), (["BSCALE  = 2.0"], .float32),
      (["BSCALE  = 1.0E30"], .float64),
      (["BSCALE  = 1.0", "BZERO   = 0.0"], .float32),
    ] {
      let scaling = try Scaling(Header(cards: cards), bitpix: -32, file: "a", hdu: 0)
      #expect(scaling.type == type, "\(cards)")
    }
  }

  /// Whole numbers of 64 bits keep all digits, and become real ones beyond them.
  @Test func wholeNumbersOf64Bits() throws {
    let scratch = try ScratchFolder()
    let numbers: [Int64] = [1 << 53, 1 << 53 + 1, -(1 << 60) - 1, 5]
    func read(_ numbers: [Int64]) throws -> Image {
      try FITSReader.image(
        at: scratch.write(RawFITS.image(numbers, width: 4, cards: ["BZERO   = 1", "BSCALE  = 1"]), "a.fits"))
    }
    let image = try read(numbers)
    #expect(image.storedType == .int64 && image.exactPixels == .int64(numbers.map { $0 + 1 }))
    let beyond = try read(numbers.dropLast() + [.max])
    #expect(beyond.storedType == .float64 && beyond.exactValues.pixels[3] == 0x1p63)
  }
}
