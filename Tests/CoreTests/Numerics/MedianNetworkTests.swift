import Foundation
import TestSupport
import Testing

@testable import Kernels

/// All zero-one inputs through every selection network: by the zero-one principle that proves them.
@Suite struct MedianNetworkTests {
  /// Calls `body` with memory of `rows` rows of lanes, lane k holding the bits of `first + k`.
  private func lanes(_ rows: Int, first: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rows * 8) { memory in
      for row in 0..<rows {
        for lane in 0..<8 { memory[row * 8 + lane] = Float((first + lane) >> row & 1) }
      }
      if let base = memory.baseAddress { body(base) }
    }
  }

  private func medians(_ count: Int, _ median: (UnsafeMutablePointer<Float>) -> Lanes) {
    for first in stride(from: 0, to: 1 << count, by: 8) {
      lanes(count, first: first) { p in
        let found = median(p)
        for lane in 0..<8 {
          let ones = (first + lane).nonzeroBitCount
          #expect(found[lane] == (2 * ones > count ? 1 : 0))
        }
      }
    }
  }

  @Test func three() { medians(3) { medianOf3($0.lanes(0), $0.lanes(8), $0.lanes(16)) } }
  @Test func five() { medians(5) { medianOf5($0, 0, step: 8) } }
  @Test func seven() { medians(7) { medianOf7($0, 0, step: 8) } }
  @Test func nine() { medians(9) { medianOf9($0, 0, step: 8) } }

  @Test func columnsAreSorted() {
    for (count, sort) in [(5, sort5), (7, sort7)] as [(Int, Sorter)] {
      for first in stride(from: 0, to: 1 << count, by: 8) {
        lanes(count, first: first) { p in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: count * 8) { ranks in
            guard let base = ranks.baseAddress else { return }
            sort(p, 0, 8, base, 0, 8)
            for lane in 0..<8 {
              let ones = (first + lane).nonzeroBitCount
              for row in 0..<count { #expect(ranks[row * 8 + lane] == (row >= count - ones ? 1 : 0)) }
            }
          }
        }
      }
    }
  }

  private typealias Sorter = (
    UnsafeMutablePointer<Float>, Int, Int, UnsafeMutablePointer<Float>, Int, Int
  ) -> Void

  /// Every number of ones in every sorted column; eight cases at a time, each a window of its own.
  private func columns(
    _ side: Int, _ median: (UnsafeMutablePointer<Float>, Int) -> Lanes
  ) -> (wrong: Int, tried: Int) {
    var cases = 1
    for _ in 0..<side { cases *= side + 1 }
    let width = 8 * side + 16
    var wrong = 0
    withUnsafeTemporaryAllocation(of: Float.self, capacity: side * width) { ranks in
      guard let base = ranks.baseAddress else { return }
      base.initialize(repeating: 0, count: side * width)
      for first in stride(from: 0, to: cases, by: 8) {
        for lane in 0..<min(8, cases - first) {
          var (rest, ones) = (first + lane, 0)
          for column in 0..<side {
            let set = rest % (side + 1)
            rest /= side + 1
            ones += set
            for rank in 0..<side { base[rank * width + column] = rank >= side - set ? 1 : 0 }
          }
          if median(base, width)[0] != (2 * ones > side * side ? 1 : 0) { wrong += 1 }
        }
      }
    }
    return (wrong, cases)
  }

  @Test func twentyFive() {
    let result = columns(5) { medianOf25(ranks: $0, stride: $1, x: 0) }
    #expect(result.wrong == 0 && result.tried == 7776)
  }

  @Test func fortyNine() {
    let result = columns(7) { medianOf49(ranks: $0, stride: $1, x: 0) }
    #expect(result.wrong == 0 && result.tried == 2_097_152)
  }

  /// The generator makes exactly the files that are compiled.
  @Test func generatedFilesAreFresh() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "scripts/median-networks", "--check"]
    process.currentDirectoryURL = Repository.root
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
  }

  @Test func lowMedianTakesTheLowerOfTwo() {
    #expect(lowMedian([4, 1, 3, 2]) == 2)
    #expect(lowMedian([-0.5]) == -0.5)
    #expect(lowMedian([]) == nil)
    var random = SplitMix64(state: 1)
    // Few values are sorted, many counted; NaN stands above infinity.
    #expect(lowMedian([.nan, -.infinity, 1, .infinity, 2]) == 2)
    for count in [4095, 4096, 4097, 9000] {
      let values = (0..<count).map { _ in Float(random.normal()) }
      #expect(lowMedian(values) == values.sorted()[(count - 1) / 2])
    }
    for count in 1...60 {
      var values = (0..<count).map { _ in Float(Int(random.next() % 41) - 20) / 3 }
      let expected = values.sorted()[(count - 1) / 2]
      #expect(lowMedian(values) == expected)
      #expect(values.withUnsafeMutableBufferPointer { lowMedian(reordering: $0) } == expected)
    }
  }
}
