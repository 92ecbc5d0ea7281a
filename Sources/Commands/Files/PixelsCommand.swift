import Calling
import Files
import Kernels
import Pipeline

/// `pixels`: the values of pixels as a table.
struct PixelsCommand: Command {
  static let info = CommandInfo(
    "pixels", "Print pixels around a place, in a region or under a mask", family: .files,
    results: [.result("pixels", .table, "x, y and value, of a stack x, y, e1, e2, ...")],
    examples: [
      "s = simulate nx=40 ny=30 seed=1\npixels s at=[20, 15] size=3",
      "m = median (simulate nx=40 ny=30 seed=1)\nt = pixels m where=(m > 100)",
    ],
    discussion: [
      "at= and region= also print the pixels as a grid with their FITS coordinates, the highest row first; for a "
        + "stack one grid per exposure. A box that leaves the image is cut at its edge.",
      "at= and region= are pixels of the image itself, as in x[5, 5]. If the image is a section of a frame, "
        + "printed and listed coordinates are those of the full frame.",
    ], isListing: true)

  @Parameter("image, stack, mask or FITS file", positional: true) var value: Value
  @Parameter("[x, y] of a pixel; the box around it is shown", unit: "pixel") var at: [Int]? = nil
  @Parameter("width and height of the box", unit: "pixel", in: 1...99) var size = 5
  @Parameter("part of the image", unit: "pixel") var region: Section? = nil
  @Parameter("mask of the pixels to list") var `where`: Mask? = nil
  @Parameter("mask of the pixels to mark with a star") var marks: Mask? = nil

  static func check(_ bound: Bound) throws {
    try bound.checkHasPixels(expected: "an Image, Stack, Mask or FITS file")
    guard ["at", "region", "where"].filter({ bound[$0] != nil }).count == 1 else {
      throw CRSError.usage(
        "pixels needs a place", expected: "at=[x, y], region=[x1:x2, y1:y2] or where=MASK, one of them")
    }
    if bound["at"] == nil { try bound.refuse(["size"], "without at=") }
    if bound["where"] != nil { try bound.refuse(["marks"], "beside where=: there is no grid") }
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    let images: [Image]
    let names: [String]
    if case .text = value { images = [try context.reading.image(value)] } else { images = try value.planes() }
    if case .stack = value { names = images.indices.map { "e\($0 + 1)" } } else { names = ["value"] }
    guard let first = images.first else { throw CRSError.data("the stack has no exposures") }
    let shape = first.shape
    for (name, mask) in [("where", `where`), ("marks", marks)] {
      guard let mask, mask.shape != shape else { continue }
      throw CRSError.data(
        "the mask is \(mask.shape)", parameter: name, expected: "the image's shape \(shape)")
    }
    let bound = context.call.bound
    var table = Table(columns: ["x", "y"] + names)
    let corner = first.header.corner
    func add(_ x: Int, _ y: Int) {
      table.rows.append(
        [.integer(x + 1 + corner.x), .integer(y + 1 + corner.y)] + images.map { $0.cell(x, y) })
    }
    if let mask = `where` {
      let count = mask.flagged
      try context.work.require(
        bytes: Table.bytes(rows: count, columns: table.columns.count), for: "a table of \(count) pixels")
      table.rows.reserveCapacity(count)
      for y in 0..<shape.height { for x in 0..<shape.width where mask[x, y] { add(x, y) } }
      context.tellCorner(corner)
      return CommandResult([.table(table)])
    }
    let section = try section(of: shape)
    for y in section.rows { for x in section.columns { add(x, y) } }
    guard section.width <= Self.widest else {
      try bound.refuse(["marks"], "on more than \(Self.widest) columns: there is no grid")
      context.tellCorner(corner)
      return CommandResult([.table(table)])
    }
    context.tellCorner(corner)
    for (name, image) in zip(names, images) {
      if images.count > 1 { context.report("\(name):") }
      PixelGrid.lines(image, section, marks: marks).forEach(context.report)
    }
    // The grid says it all where no name takes the table.
    return CommandResult([.table(table)], lines: [])
  }

  /// Columns of a grid that can still be read.
  private static let widest = 40

  private func section(of shape: Shape) throws -> Section {
    if let region { return try region.validated(inside: shape, parameter: "region") }
    guard let at, at.count == 2 else {
      throw CRSError.usage("\(at?.count ?? 0) numbers", parameter: "at", expected: "[x, y]")
    }
    guard (1...max(1, shape.width)).contains(at[0]), (1...max(1, shape.height)).contains(at[1]) else {
      throw CRSError.data(
        "pixel [\(at[0]), \(at[1])] leaves the image", parameter: "at",
        expected: "x in 1...\(shape.width), y in 1...\(shape.height)")
    }
    let (before, after) = ((size - 1) / 2, size / 2)
    return try Section(
      x1: max(1, at[0] - before), x2: min(shape.width, at[0] + after), y1: max(1, at[1] - before),
      y2: min(shape.height, at[1] + after))
  }
}

extension Value {
  /// The images that it holds: one, or the exposures of a stack.
  fileprivate func planes() throws -> [Image] {
    switch self {
    case .image(let image): return [image]
    case .mask(let mask):
      return [
        Image(
          pixels: mask.plane.map { Float($0) }, unit: .none,
          header: (mask.owner as? MaskHeader)?.header ?? Header(),
          storedType: .uint8)
      ]
    case .stack(let stack): return stack.exposures
    case .list(let items): return try Stack(exposures: items.flatMap { try $0.planes() }).exposures
    default:
      throw CRSError.usage(
        "a value of kind \(kindName) has no pixels", parameter: "value",
        expected: "an Image, Stack, Mask or FITS file")
    }
  }
}

extension Image {
  /// A pixel as a cell: whole numbers stay so.
  fileprivate func cell(_ x: Int, _ y: Int) -> Table.Cell {
    let place = y * width + x
    let pixel = pixels.pixels[place]
    if pixel.isNaN { return .real(.nan) }
    switch exactPixels {
    case .float64(let values): return .real(values[place])
    case .int64(let values): return .integer(Int(values[place]))
    case .uint64(let values):
      return Int(exactly: values[place]).map { .integer($0) } ?? .real(Double(values[place]))
    case nil:
      return storedType.isInteger
        ? Int(exactly: pixel).map { .integer($0) } ?? .real(Double(pixel)) : .real(Double(pixel))
    }
  }
}
