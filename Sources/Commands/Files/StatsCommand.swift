import Calling
import Files
import Kernels
import Pipeline

/// `stats`: statistics of pixels or of the numbers of a list.
struct StatsCommand: Command {
  static let info = CommandInfo(
    "stats", "Print statistics of an image, stack, mask or list", family: .files,
    results: [.result("statistics", .any, "a Table; with a word the number, of a stack a list of them")],
    examples: [
      "m = median (simulate nx=40 ny=30 seed=1)\nhits = m > ((stats m median) + 5 * (stats m robust_std))"
    ],
    discussion: [
      "Masked, NaN and infinite values never count, in images, stacks and lists; excluded is their number, "
        + "together with those that where=, mask= and region= exclude. The median of an even number of values is the "
        + "mean of the two central ones; robust_std is 0.7413 times the distance of the quartiles. "
        + "Quartiles between two values are interpolated."
    ], isListing: true)

  enum Word: String, WordParameter {
    case pixels, min, max, mean, median, std
    case robustDeviation = "robust_std"
    case sum
  }

  @Parameter("image, stack, mask, list of numbers or FITS file", positional: true) var value: Value
  @Parameter("return this number only", positional: true) var word: Word? = nil
  @Parameter("use only the pixels that this mask flags") var `where`: Mask? = nil
  @Parameter("exclude the pixels that this mask flags") var mask: Mask? = nil
  @Parameter("part of the image", unit: "pixel") var region: Section? = nil

  static func check(_ bound: Bound) throws {
    try bound.checkHasPixels(expected: "an Image, a Stack, a Mask, a list of numbers or a FITS file")
    if case .list(let items)? = bound["value"], !items.isEmpty, items.allSatisfy({ $0.double != nil }) {
      try bound.refuse(
        ["where", "mask", "region"], "on a list of numbers", expected: "l[l > 5] to choose some")
    }
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    var rows: [Row] = []
    var isSeries = false
    switch value {
    case .stack(let stack):
      isSeries = true
      for (k, image) in stack.exposures.enumerated() { rows.append(try row("\(k + 1)", image, context)) }
    case .list(let items) where items.isEmpty:
      throw CRSError.data("the list is empty", parameter: "value", expected: "at least one number or image")
    case .list(let items) where items.allSatisfy { $0.double != nil }:
      if let word, let exact = try ListFunctions.exact(word.rawValue, of: items, work: context.work) {
        return CommandResult([exact])
      }
      let numbers = items.compactMap(\.double)
      let known = numbers.filter(\.isFinite)
      rows = [
        Row(name: "list", excluded: numbers.count - known.count, statistics: PixelStatistics(of: known))
      ]
    case .list(let items):
      isSeries = true
      for (k, item) in items.enumerated() {
        rows.append(try row("\(k + 1)", context.reading.image(item), context))
      }
    case .mask(let mask): rows = [try row("mask", Image(pixels: mask.plane.map { Float($0) }), context)]
    default: rows = [try row("image", context.reading.image(value), context)]
    }
    guard let word else {
      let table = try Self.table(rows, context.work, exact: value)
      return CommandResult([.table(table)], lines: TableText.lines(table))
    }
    let empty = rows.filter { $0.statistics == nil }.map(\.name)
    if !empty.isEmpty, word != .pixels {
      context.note(
        isSeries
          ? "exposure \(empty.joined(separator: ", ")): no pixel is left to be counted"
          : "no pixel is left to be counted")
    }
    let numbers = rows.map { Self.number(word, $0.statistics) }
    return CommandResult([isSeries ? .list(numbers) : numbers.first ?? .none])
  }

  private struct Row {
    var name: String
    /// Pixels that are not counted.
    var excluded: Int
    var statistics: PixelStatistics?
  }

  private func row(_ name: String, _ image: Image, _ context: CommandContext) throws -> Row {
    let section =
      try region?.validated(inside: image.shape, parameter: "region") ?? Section(whole: image.shape)
    for (name, mask) in [("where", `where`), ("mask", mask)] {
      guard let mask, mask.shape != image.shape else { continue }
      throw CRSError.data(
        "the mask is \(mask.shape)", parameter: name, expected: "the image's shape \(image.shape)")
    }
    let skipped = [image.mask, mask, `where`.map { !$0 }].compactMap { $0?.plane }
    let statistics: PixelStatistics?
    if image.exactPixels == nil {
      statistics = PixelStatistics(of: Self.numbers(image.pixels, section, without: skipped) { $0.isFinite })
    } else {
      context.work.tellLostDigits(of: [image], in: "stats")
      statistics = PixelStatistics(
        of: Self.numbers(image.exactValues, section, without: skipped) { $0.isFinite })
    }
    return Row(
      name: name, excluded: image.pixels.count - (statistics?.count ?? 0), statistics: statistics)
  }

  /// The pixels of a section that no plane flags.
  private static func numbers<Number: Sendable>(
    _ plane: Plane<Number>, _ section: Section, without skipped: [Plane<UInt8>],
    where isCounted: (Number) -> Bool
  ) -> [Number] {
    var numbers: [Number] = []
    numbers.reserveCapacity(section.width * section.height)
    for y in section.rows {
      let row = y * plane.width + section.columns.lowerBound..<y * plane.width + section.columns.upperBound
      var isSkipped = [UInt8](repeating: 0, count: skipped.isEmpty ? 0 : row.count)
      for flags in skipped {
        for (k, flag) in flags.pixels[row].enumerated() { isSkipped[k] |= flag }
      }
      for (k, number) in plane.pixels[row].enumerated()
      where isCounted(number) && (skipped.isEmpty || isSkipped[k] == 0) { numbers.append(number) }
    }
    return numbers
  }

  private static func number(_ word: Word, _ statistics: PixelStatistics?) -> Value {
    guard let statistics else { return word == .pixels ? .integer(0) : .number(word == .sum ? 0 : .nan) }
    switch word {
    case .pixels: return .integer(statistics.count)
    case .min: return .number(statistics.minimum)
    case .max: return .number(statistics.maximum)
    case .mean: return .number(statistics.mean)
    case .median: return .number(statistics.median)
    case .std: return .number(statistics.deviation)
    case .robustDeviation: return .number(statistics.robustDeviation)
    case .sum: return .number(statistics.sum)
    }
  }

  /// - Parameter exact: a list whose whole numbers keep their digits.
  private static func table(_ rows: [Row], _ work: Work, exact: Value) throws -> Table {
    var table = Table(
      columns: ["name", "pixels", "excluded", "min", "median", "mean", "max", "std", "robust_std"])
    for row in rows {
      let numbers: [Table.Cell] =
        row.statistics.map {
          [$0.minimum, $0.median, $0.mean, $0.maximum, $0.deviation, $0.robustDeviation].map { .real($0) }
        } ?? [Table.Cell](repeating: .text("-"), count: 6)
      table.rows.append(
        [.text(row.name), .integer(row.statistics?.count ?? 0), .integer(row.excluded)] + numbers)
    }
    guard case .list(let items) = exact else { return table }
    for (place, column) in table.columns.enumerated() {
      guard let number = try ListFunctions.exact(column, of: items, work: work) else { continue }
      for row in table.rows.indices { table.rows[row][place] = try number.cell() }
    }
    return table
  }
}
