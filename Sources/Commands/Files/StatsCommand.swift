import Calling
import Files
import Kernels
import Pipeline

/// `stats`: statistics of the finite, unmasked pixels.
struct StatsCommand: Command {
  static let info = CommandInfo(
    "stats", "Statistics of an image, stack or mask", family: .files,
    results: [.result("statistics", .table, "pixels, minimum, median, mean, maximum, scatter")],
    discussion: ["robust_std is 0.7413 times the distance of the quartiles."], isListing: true)

  @Parameter("image, stack, mask or FITS file", positional: true) var value: Value

  func run(_ context: CommandContext) throws -> CommandResult {
    var table = Table(columns: ["name", "pixels", "min", "median", "mean", "max", "std", "robust_std"])
    switch value {
    case .stack(let stack):
      for (k, image) in stack.exposures.enumerated() { table.rows.append(row("\(k + 1)", image)) }
    case .mask(let mask):
      context.report(value.summary)
      table.rows.append(row("mask", Image(pixels: mask.plane.map { Float($0) })))
    default: table.rows.append(row("image", try context.reading.image(value)))
    }
    TableText.lines(table).forEach(context.report)
    return CommandResult([.table(table)])
  }

  private func row(_ name: String, _ image: Image) -> [Table.Cell] {
    var values: [Float] = []
    values.reserveCapacity(image.pixels.count)
    for (i, value) in image.pixels.pixels.enumerated()
    where value.isFinite && image.mask?.plane.pixels[i] ?? 0 == 0 {
      values.append(value)
    }
    guard !values.isEmpty else {
      return [.text(name), .integer(0)] + [Table.Cell](repeating: .text("-"), count: 6)
    }
    values.sort()
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    let squares = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    func quantile(_ q: Double) -> Double { Double(values[Int(q * Double(values.count - 1))]) }
    return [
      .text(name), .integer(values.count), .real(Double(values[0])), .real(quantile(0.5)), .real(mean),
      .real(Double(values[values.count - 1])), .real((squares / Double(values.count)).squareRoot()),
      .real(0.7413 * (quantile(0.75) - quantile(0.25))),
    ]
  }
}
