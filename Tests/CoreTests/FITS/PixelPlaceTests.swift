import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// Headers that leave it open where the pixels are.
@Suite struct PixelPlaceTests {
  private let scratch: ScratchFolder
  init() throws { scratch = try ScratchFolder() }

  @Test func parametersAndGroupsOfAnImageAreRefused() throws {
    let pixels = (0..<60).map { Int16($0) }
    func bytes(_ cards: [String]) -> [UInt8] {
      RawFITS.hdu(RawFITS.shape([6, 4], bitpix: 16) + cards, RawFITS.bigEndian(pixels))
    }
    for cards in [
      ["PCOUNT  = 4", "GCOUNT  = 2"], ["PCOUNT  = 4"], ["GCOUNT  = 2"],
      ["PCOUNT  = 4", "GROUPS  =                    T"],
    ] {
      let path = try scratch.write(bytes(cards), "a.fits")
      for name in [path, path + "[2:3,1:2]"] {
        let error = crsError { _ = try FITSReader.image(at: name) }
        #expect(error?.message.contains("PCOUNT is") == true && error?.hdu == 0, "\(cards)")
        #expect(crsError { _ = try FITSReader.mask(at: name) }?.message.contains("PCOUNT is") == true)
      }
    }
    for cards in [[], ["PCOUNT  = 0", "GCOUNT  = 1"]] {
      let image = try FITSReader.image(at: scratch.write(bytes(cards), "a.fits"))
      #expect(image.pixels.pixels == (0..<24).map { Float($0) })
    }
  }

  /// cfitsio sees no axes then, and has no memory where it would write.
  @Test func aNULBehindNAXISIsAnError() throws {
    let cards = [
      "BITPIX  = 16", "NAXIS   =\0                   2", "NAXIS1  = 4", "NAXIS2  = 3", "BSCALE  = 9",
    ]
    let path = try scratch.write(RawFITS.hdu(cards, [UInt8](repeating: 1, count: 24)), "a.fits")
    #expect(crsError { _ = try FITSReader.image(at: path) }?.message.contains("NAXIS") == true)
  }

  /// Every image passes on all others: that takes no longer for each of many than for each of few.
  @Test func manyImages() throws {
    func read(_ count: Int) throws -> (images: [Image], seconds: Double) {
      var file = TestFile()
      for number in 0..<count {
        file.image(
          .float32(Plane(width: 4, height: 4, repeating: Float(number))), "CCD\(number + 1)", ["GAIN = 1.0"])
      }
      let path = try file.write("many\(count).fits", in: scratch)
      let begin = Self.processorTime
      let images = try FITSReader.images(at: path) { _ in }
      return (images, Self.processorTime - begin)
    }
    let few = try read(100)
    let many = try read(400)
    // Four times the images took 16 times the time.
    #expect(many.seconds < 9 * few.seconds, "\(few.seconds) s, \(many.seconds) s")
    #expect(many.images.count == 400 && many.images[399].pixels.pixels[0] == 399)
    #expect(many.images.allSatisfy { $0.others.count == 399 } && many.images[17].othersInFront == 17)
  }

  /// Of this thread, whatever else the machine does [s].
  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
