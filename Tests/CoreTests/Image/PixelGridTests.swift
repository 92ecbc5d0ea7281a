import Kernels
import Testing

@testable import Files
@testable import Pipeline

@Suite struct PixelGridTests {
  private func grid(_ exact: ExactPixels, _ pixels: [Float]) throws -> [String] {
    var image = Image(pixels: Plane(width: 2, height: 2, pixels: pixels), storedType: .int64)
    image.exactPixels = exact
    return PixelGrid.lines(image, Section(whole: image.shape))
  }

  /// Whole numbers of 64 bits are shown with all digits, the highest row first.
  @Test func wholeNumbersKeepTheirDigits() throws {
    let (large, next): (Int64, Int64) = (9_007_199_254_740_993, 9_007_199_254_740_992)
    let lines = try grid(.int64([large, next, -1, .max]), [Float(large), Float(next), -1, Float(Int64.max)])
    #expect(
      lines.map { $0.split(separator: " ").map(String.init) } == [
        ["y\\x", "1", "2"], ["2", "-1", "9223372036854775807"],
        ["1", "9007199254740993", "9007199254740992"],
      ])
    let unsigned = try grid(.uint64([.max, .max - 1, 0, 5]), [1e19, 1e19, .nan, 5])
    #expect(
      unsigned.map { $0.split(separator: " ").map(String.init) } == [
        ["y\\x", "1", "2"], ["2", "nan", "5"], ["1", "18446744073709551615", "18446744073709551614"],
      ])
  }
}
