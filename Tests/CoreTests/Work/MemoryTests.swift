import Testing

@testable import Kernels
@testable import Pipeline

/// What is known of the memory that is left.
@Suite struct MemoryTests {
  @Test func amountsAreReadAndWritten() {
    #expect(
      Memory.bytes("800M") == 800 << 20 && Memory.bytes("2.5G") == 5 << 29 && Memory.bytes("1K") == 1024)
    #expect(Memory.bytes("1048576") == 1 << 20 && Memory.bytes("1GB") == 1 << 30)
    for text in ["", "G", "-1", "nan", "inf", "1e30", "0", "five"] {
      #expect(Memory.bytes(text) == nil, "\(text)")
    }
    #expect(
      Memory.text(0) == "0 bytes" && Memory.text(1_048_576) == "1.0 MB"
        && Memory.text(1.5 * 1_073_741_824) == "1.5 GB")
    #expect(Memory.text(5e14).hasSuffix("TB"))
  }

  @Test func moreThanThereIsIsRefused() throws {
    let work = Work()
    try work.require(bytes: 1e6, for: "little")
    let error = #expect(throws: CRSError.self) { try work.require(bytes: 1e15, for: "1x1 pixels") }
    #expect(error?.kind == .data && error?.message.hasPrefix("1x1 pixels need 909 TB of memory, ") == true)
    #expect(error?.message.hasSuffix(" are available") == true)
    #expect(Memory.available > 0 && Memory.machine >= 1 << 20)
  }

  /// As many as are asked for, on a machine that has them; the second time without starting any.
  @Test func spareThreadsAreThere() {
    #expect(SpareThreads.available(3) == 3 && SpareThreads.available(1) == 1)
    let begin = ContinuousClock.now
    for _ in 0..<2000 { _ = SpareThreads.available(2) }
    #expect(ContinuousClock.now - begin < .seconds(2))
  }

  @Test func nothingStartsOnceWorkIsStopped() {
    let cancellation = Cancellation()
    cancellation.raise()
    let work = Work(threads: 3, cancellation: cancellation)
    #expect(throws: CRSError.interrupted) {
      try work.forTiles(10, size: 1) { _ in Issue.record("a tile was started") }
    }
  }

  @Test func aShortageIsNoInterruption() throws {
    let cancellation = Cancellation()
    cancellation.raiseForMemory()
    let error = #expect(throws: CRSError.self) { try Work(cancellation: cancellation).checkCancelled() }
    #expect(error?.kind == .data && error?.message.hasPrefix("the memory has come to its end") == true)
    cancellation.endShortage()
    #expect(!cancellation.isRaised)
    cancellation.raise()
    cancellation.endShortage()
    #expect(throws: CRSError.interrupted) { try Work(cancellation: cancellation).checkCancelled() }
  }

  @Test func sharedBlocksCountOnce() {
    let pixels = Plane<Float>(width: 100, height: 10, repeating: 1)
    let image = Value.image(.init(pixels: pixels))
    var held = HeldMemory()
    held.add(image)
    held.add(.list([image, image]))
    #expect(held.bytes >= 4000 && held.bytes < 4000 + 3 * 1000)
  }
}
