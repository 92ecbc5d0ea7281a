import Testing

@testable import Kernels
@testable import Plot

struct TicksTests {
  private func ticks(_ axis: Axis, room: Int = 8) -> Ticks { Ticks(axis, room: { _ in room }) }

  @Test func linearTicksAreRoundAndCarryARealMinusSign() throws {
    let ticks = ticks(try Axis(lower: -25, upper: 22))
    #expect(ticks.major.map(\.label) == ["−20", "−10", "0", "10", "20"])
    #expect(ticks.minor.contains { abs($0 - 2) < 1e-9 })
    #expect(!ticks.minor.contains { abs($0 - 10) < 1e-9 })
  }

  @Test func decimalsFollowTheStep() throws {
    #expect(
      ticks(try Axis(lower: 0.5, upper: 1.5), room: 6).major.map(\.label) == [
        "0.6", "0.8", "1.0", "1.2", "1.4",
      ])
  }

  @Test func largeNumbersShareAPowerOfTen() throws {
    let ticks = ticks(try Axis(lower: 0, upper: 500_000))
    #expect(ticks.factor == "×10⁵")
    #expect(ticks.major.map(\.label) == ["0", "1", "2", "3", "4", "5"])
  }

  @Test func logarithmicTicksHaveSuperscriptsAndMinorTicks() throws {
    let ticks = ticks(try Axis(lower: 0.1, upper: 5000, scale: .log))
    #expect(ticks.major.map(\.label) == ["10⁻¹", "10⁰", "10¹", "10²", "10³"])
    #expect(ticks.minor.count == 4 * 8 + 4)
  }

  @Test func asinhTicksGoBothWaysFromZero() throws {
    let ticks = ticks(Axis(asinh: nil, around: DisplayRange(lower: -400, upper: 30_000), softening: 4))
    let labels = ticks.major.map(\.label)
    #expect(labels.contains("0") && labels.contains("10") && labels.contains("1000"), "\(labels)")
    #expect(ticks.major.map(\.value) == ticks.major.map(\.value).sorted())
    #expect(ticks.major.first.map { $0.value < 0 } ?? false, "\(labels)")
    #expect(ticks.minor.contains(200) && ticks.minor.contains(-20))
  }

  @Test func pixelAxesStartAtOne() {
    let ticks = ticks(Axis(pixels: "x", count: 300))
    #expect(ticks.major.first?.label == "1")
    #expect(ticks.major.dropFirst().map(\.label) == ["50", "100", "150", "200", "250", "300"])
    #expect(ticks.minor.allSatisfy { $0 >= 1 })
  }

  @Test func smallPixelAxesHaveWholeNumbersOnly() {
    let ticks = ticks(Axis(pixels: "x", count: 3))
    #expect(ticks.major.map(\.label) == ["1", "2", "3"])
    #expect(ticks.minor.isEmpty)
  }

  @Test(arguments: [(1e300, 1.7e300), (1e-300, 2e-300), (-1e15, 1e15), (5, 5), (0, 0), (16777216, 16777218)])
  func extremeLimitsGiveAFewTicks(limits: (Double, Double)) throws {
    let ticks = ticks(try Axis(lower: limits.0, upper: limits.1))
    #expect((1...12).contains(ticks.major.count))
    #expect(ticks.minor.count < 200)
  }

  @Test func badLimitsAreErrors() {
    #expect(throws: CRSError.self) { try Axis(lower: .nan, upper: 1) }
    #expect(throws: CRSError.self) { try Axis(lower: -1, upper: 1, scale: .log) }
  }

  @Test func numbersReadAsInPapers() {
    #expect(NumberText.fixed(-0.04, decimals: 1) == "0.0")
    #expect(NumberText.fixed(-1.25, decimals: 2) == "−1.25")
    #expect(NumberText.scientific(-123_456, digits: 3) == "−1.23×10⁵")
    #expect(NumberText.short(0.99) == "0.99")
    #expect(NumberText.short(1200) == "1200")
    #expect(NumberText.fixed(.infinity, decimals: 0) == "∞")
  }
}
