import Kernels

/// Numbers taken for a mask, the one rule wherever a mask is read, from a file, an image or a plugin.
///
/// 0 is not flagged. Whole numbers above 0 are flagged: 1, 255, or the bits of a quality plane. NaN is flagged, which
/// is told. Fractions and negative numbers mean something that only the user knows (probabilities, weights, labels
/// of -1), and many numbers in nearly all pixels are an image: they are an error that says how to make a mask of them.
package struct MaskNumbers: Sendable {
  package let mask: Mask
  /// What is to be known of them, a sentence each.
  package let remarks: [String]

  /// Flagged pixels beyond which 1 may mean a good pixel.
  private static let most = 0.5
  /// Flagged pixels and different numbers beyond which they are those of an image: the bits of a quality plane make few.
  private static let (nearlyAll, many) = (0.9, 16)

  /// - Throws: `CRSError` (data) for numbers that make no mask.
  package init(_ plane: Plane<Float>) throws {
    try self.init(plane.pixels.lazy.map { Double($0) }, shape: plane.shape)
  }

  /// - Parameter plane: values of one byte, which are whole.
  /// - Throws: `CRSError` (data) for numbers that make no mask.
  package init(_ plane: Plane<UInt8>) throws {
    let largest = plane.pixels.max() ?? 0
    if largest > 1 {
      var numbers = Set<UInt8>()
      for value in plane.pixels where value != 0 && numbers.count <= Self.many { numbers.insert(value) }
      let flagged = numbers.count > Self.many ? plane.pixels.count { $0 != 0 } : 0
      try Self.checkNumbers(numbers.count, flagged: flagged, of: plane.count, largest: Double(largest))
    }
    mask = Mask(plane: largest <= 1 ? plane : plane.map { $0 == 0 ? 0 : 1 })
    let isPlain = largest <= 1 || largest == 255 && !plane.pixels.contains { $0 > 0 && $0 < 255 }
    remarks = Self.remarks(mask, largest: isPlain ? 1 : Double(largest))
  }

  /// - Parameter values: in memory order, as many as the shape has pixels.
  /// - Throws: `CRSError` (data) for numbers that make no mask.
  init(_ values: some Collection<Double>, shape: Shape) throws {
    var flags = [UInt8](repeating: 0, count: shape.count)
    var (gaps, largest, smallest) = (0, 0.0, Double.infinity)
    var (numbers, flagged) = (Set<Double>(), 0)
    for (i, value) in values.enumerated() where value != 0 {
      flags[i] = 1
      flagged += 1
      if value.isNaN {
        gaps += 1
        continue
      }
      guard value > 0, value == value.rounded(), value.isFinite else {
        throw Self.refusal(value, at: i, shape)
      }
      largest = max(largest, value)
      smallest = min(smallest, value)
      if numbers.count <= Self.many { numbers.insert(value) }
    }
    try Self.checkNumbers(numbers.count, flagged: flagged, of: shape.count, largest: largest)
    mask = Mask(plane: Plane(width: shape.width, height: shape.height, pixels: flags))
    remarks =
      Self.remarks(mask, largest: smallest == 255 && largest == 255 ? 1 : largest)
      + (gaps > 0 ? ["\(gaps) NaN pixel\(gaps == 1 ? " is" : "s are") flagged"] : [])
  }

  /// - Throws: `CRSError` (data) for numbers of an image.
  private static func checkNumbers(_ numbers: Int, flagged: Int, of count: Int, largest: Double) throws {
    guard numbers <= many || Double(flagged) < nearlyAll * Double(count) else {
      throw CRSError.data(
        "\(flagged) of \(count) pixels are above 0, with more than \(many) different numbers up to "
          + "\(largest.plain): that is an image, no mask",
        expected: "0 and 1, or whole numbers above 0 for flagged pixels",
        hint: "a comparison such as `m > 1000` makes a mask of an image")
    }
  }

  private static func remarks(_ mask: Mask, largest: Double) -> [String] {
    var remarks: [String] = []
    if largest > 1 {
      remarks.append(
        "holds other numbers than 0 and 1, up to \(largest.plain): every pixel above 0 is flagged")
    }
    let share = Double(mask.flagged) / Double(max(1, mask.plane.count))
    if share > most {
      remarks.append(
        "\((100 * share).fixed(1)) % of the pixels are flagged: if 1 means a good pixel, ! inverts the mask")
    }
    return remarks
  }

  private static func refusal(_ value: Double, at i: Int, _ shape: Shape) -> CRSError {
    .data(
      "pixel [\(i % shape.width + 1), \(i / shape.width + 1)] is \(value.plain), which no mask holds",
      expected: "0 and 1, or whole numbers above 0 for flagged pixels",
      hint: "a comparison such as `m > 0.5` makes a mask of probabilities or weights")
  }
}
