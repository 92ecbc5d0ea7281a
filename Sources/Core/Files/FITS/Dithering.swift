/// How real numbers were turned into whole ones before they were compressed, and back (FITS 4.0, section 10.2).
struct Dithering: Equatable {
  enum Method { case none, subtractive, subtractiveKeepingZero }

  let method: Method
  /// ZDITHER0, from 1.
  let seed: Int

  /// The whole number that stands for 0 where zeros are kept.
  private static let zeroMark: Int32 = -2_147_483_646
  /// The numbers that every program makes alike.
  private static let noise: [Float] = {
    var seed = 1.0
    return (0..<10_000).map { _ in
      seed = (16_807 * seed).truncatingRemainder(dividingBy: 2_147_483_647)
      return Float(seed / 2_147_483_647)
    }
  }()

  init(_ header: Header) {
    switch (header.text("ZQUANTIZ") ?? "").trimmingBlanks().uppercased() {
    case "SUBTRACTIVE_DITHER_1": method = .subtractive
    case "SUBTRACTIVE_DITHER_2": method = .subtractiveKeepingZero
    default: method = .none
    }
    seed = max(1, min(header.integer("ZDITHER0") ?? 1, 10_000))
  }

  /// The real numbers of one tile.
  ///
  /// - Parameters:
  ///   - tile: its row in the table, from 0.
  ///   - blank: the whole number of pixels without a value, which become NaN.
  func values(_ numbers: [Int32], tile: Int, scale: Double, zero: Double, blank: Int32?) -> [Double] {
    var first = (tile + seed - 1) % Dithering.noise.count
    var next = Int(Dithering.noise[first] * 500)
    return numbers.map { number in
      var offset = 0.0
      if method != .none {
        offset = 0.5 - Double(Dithering.noise[next])
        next += 1
        if next == Dithering.noise.count {
          first = (first + 1) % Dithering.noise.count
          next = Int(Dithering.noise[first] * 500)
        }
      }
      if number == blank { return .nan }
      if method == .subtractiveKeepingZero, number == Dithering.zeroMark { return 0 }
      return (Double(number) + offset) * scale + zero
    }
  }
}
