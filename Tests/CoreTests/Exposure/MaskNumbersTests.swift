import TestSupport
import Testing

@testable import Files
@testable import Kernels

/// Numbers that are taken for masks.
@Suite struct MaskNumbersTests {
  private func numbers(_ values: [Float]) throws -> MaskNumbers {
    try MaskNumbers(Plane(width: values.count, height: 1, pixels: values))
  }

  @Test func zeroAndOneSayNothing() throws {
    for value: Float in [1, 255] {
      let found = try numbers([0, value, 0, 0])
      #expect(found.mask.plane.pixels == [0, 1, 0, 0] && found.remarks == [])
    }
    #expect(try MaskNumbers(Plane(width: 4, height: 1, pixels: [0, 255, 0, 0] as [UInt8])).remarks == [])
  }

  @Test func whatElseIsTakenIsTold() throws {
    let bits = try numbers([0, 0, 0, 4, 512, 0])
    #expect(bits.mask.plane.pixels == [0, 0, 0, 1, 1, 0])
    #expect(bits.remarks.count == 1 && bits.remarks[0].contains("up to 512"))
    let bytes = try MaskNumbers(Plane(width: 4, height: 1, pixels: [0, 2, 0, 255] as [UInt8]))
    #expect(bytes.mask.plane.pixels == [0, 1, 0, 1] && bytes.remarks[0].contains("up to 255"))
    let gaps = try numbers([0, .nan, 0, 1, 0, 0])
    #expect(gaps.mask.plane.pixels == [0, 1, 0, 1, 0, 0] && gaps.remarks == ["1 NaN pixel is flagged"])
    let inverted = try numbers([1, 1, 1, 1, 0])
    #expect(inverted.remarks.count == 1 && inverted.remarks[0].contains("80.0 %"))
  }

  @Test func anImageIsNoMask() throws {
    let error = crsError { _ = try numbers((0..<200).map { Float(1000 + $0 % 90) }) }
    #expect(error?.kind == .data && error?.message.contains("that is an image, no mask") == true)
    // Labels of many groups, and a plane of many bits, leave most pixels at 0.
    #expect(try numbers((0..<2000).map { $0 % 10 == 0 ? Float($0 / 10) : 0 }).mask.flagged == 199)
  }

  /// The same of bytes; the bits of a quality plane leave pixels at 0, or are few.
  @Test func anImageOfBytesIsNoMask() throws {
    func bytes(_ value: (Int) -> Int) throws -> MaskNumbers {
      try MaskNumbers(
        Plane(width: 400, height: 10, pixels: (0..<4000).map { UInt8(truncatingIfNeeded: value($0)) }))
    }
    let error = crsError { _ = try bytes { 60 + $0 % 90 } }
    #expect(error?.kind == .data && error?.message.contains("that is an image, no mask") == true)
    #expect(error?.message.contains("4000 of 4000 pixels are above 0") == true)
    #expect(try bytes { $0 % 5 == 0 ? 0 : $0 % 256 }.mask.flagged == 3188)
    #expect(try bytes { 1 << ($0 % 8) }.mask.flagged == 4000)
    #expect(try bytes { _ in 255 }.remarks.count == 1)
  }

  @Test func fractionsAndNegativeNumbersAreNoMask() throws {
    for values: [Float] in [[0, 0.013, 1], [0, -1, 0], [0, .infinity, 0], [1.5, 0, 0]] {
      let error = crsError { _ = try numbers(values) }
      #expect(error?.kind == .data && error?.hint?.contains("m > 0.5") == true, "\(values)")
    }
  }

  /// Of the planes of a file the same rule, but the image is read nevertheless.
  @Test func planesOfFiles() throws {
    let folder = try ScratchFolder()
    let flat = StoredPixels.float32(Plane(width: 4, height: 2, repeating: 100))
    func read(_ plane: StoredPixels, _ name: String) throws -> (Image, ReadingReport) {
      var file = TestFile()
      file.image(flat)
      file.image(plane, name)
      let path = try file.write("f.fits", in: folder)
      var report = ReadingReport()
      let image = try FITSReader.image(at: path) { report = $0 }
      return (image, report)
    }
    for name in ["MASK", "DQ"] {
      let fractions = try read(
        .float32(Plane(width: 4, height: 2, pixels: [0, 0.25, 0, 0, 1, 0, 0, 0])), name)
      #expect(fractions.0.mask == nil && fractions.0.planes.map(\.name) == [name])
      #expect(fractions.1.notes.contains { $0.contains("\(name) is not used: pixel [2, 1] is 0.25") })
      let huge = try read(.float32(Plane(width: 4, height: 2, pixels: [0, 1e30, 0, 0, 0, 0, 0, 0])), name)
      #expect(huge.0.mask?.plane.pixels == [0, 1, 0, 0, 0, 0, 0, 0])
      let gaps = try read(
        .float32(Plane(width: 4, height: 2, pixels: [0, .nan, 0, 0, 1, 0, 0, 0])), name)
      #expect(gaps.0.mask?.flagged == 2)
      #expect(gaps.1.notes.contains { $0.contains("1 NaN pixel mask") }, "\(gaps.1.notes)")
    }
    let inverted = try read(.uint8(Plane(width: 4, height: 2, pixels: [1, 1, 1, 1, 1, 1, 0, 1])), "MASK")
    #expect(inverted.1.notes.contains { $0.contains("87.5 %") && $0.contains("dq=no") })
  }
}
