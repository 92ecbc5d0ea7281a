import Calling
import Files
import Kernels
import Pipeline

/// `label`: the connected groups of a mask.
struct LabelCommand: Command {
  static let info = CommandInfo(
    "label", "List the connected groups of a mask", family: .masks,
    results: [.result("groups", .table, "a row for each group, from the bottom up", columns: columns)],
    examples: [
      "groups = label ((median (simulate nx=40 ny=30 seed=1)) > 50)",
      "m = median (simulate nx=40 ny=30 seed=1)\ngroups = label (m > 50) image=m\nbrightest = sort groups peak descending=yes",
    ],
    discussion: [
      "Columns: group, pixels, and the first and last pixel x1 x2 y1 y2. With image= also peak, sum, and x y of "
        + "the brightest pixel. For a stack these refer to the exposure with the highest peak, and exposures lists "
        + "those whose value at the brightest pixel is closer to the highest than to the lowest. Coordinates refer "
        + "to the full frame, also for a section of it (header cards LTV1, LTV2): the report "
        + "names the pixel of the frame where the section begins, and x - that + 1 is the pixel in the section."
    ])

  private static let columns = [
    "group", "pixels", "x1", "x2", "y1", "y2", "peak", "sum", "x", "y", "exposures",
  ]

  @Parameter("mask", positional: true) var mask: Mask
  @Parameter("neighbours that connect: 4 (edges) or 8 (also corners)", in: 4...8) var connectivity = 4
  @Parameter("image or stack in which to measure the groups") var image: Stack? = nil

  func run(_ context: CommandContext) throws -> CommandResult {
    guard connectivity == 4 || connectivity == 8 else {
      throw CRSError.usage("\(connectivity) neighbours", parameter: "connectivity", expected: "4 or 8")
    }
    if let image, image.shape != mask.shape {
      throw CRSError.data(
        "the image is \(image.shape)", parameter: "image", expected: "the mask's shape \(mask.shape)")
    }
    let groups = ConnectedRuns(of: mask.plane, connectivity: connectivity == 4 ? .four : .eight)
    var measured = (0..<groups.count).map { _ in Group() }
    for (k, (run, group)) in zip(groups.runs, groups.groups).enumerated() {
      if k % 4096 == 0 { try context.work.checkCancelled() }
      measured[Int(group)].add(run, image?.exposures ?? [])
    }
    let ofImage = image?.exposures.first?.header.corner ?? (0, 0)
    let (dx, dy) = ofImage == (0, 0) ? mask.corner : ofImage
    var table = Table(columns: Array(Self.columns.prefix(6)))
    if let image { table.columns += Self.columns[6..<(image.count > 1 ? 11 : 10)] }
    for (k, size) in groups.sizes.enumerated() {
      if k % 4096 == 0 { try context.work.checkCancelled() }
      let group = measured[k]
      var row: [Table.Cell] = [
        .integer(k + 1), .integer(size), .integer(group.x1 + dx), .integer(group.x2 + dx),
        .integer(group.y1 + dy),
        .integer(group.y2 + dy),
      ]
      if let image {
        row += [
          .real(group.peak), .real(group.sum), .integer(group.x + 1 + dx), .integer(group.y + 1 + dy),
        ]
        if image.count > 1 { row.append(.text(group.exposures(in: image))) }
      }
      table.rows.append(row)
    }
    context.tellCorner((dx, dy))
    return CommandResult([.table(table)])
  }
}

/// A connected group and what it measures.
private struct Group {
  /// First and last pixel, from 1.
  var (x1, x2, y1, y2) = (Int.max, 0, Int.max, 0)
  /// The brightest pixel, from 0.
  var (x, y) = (0, 0)
  private var peaks: [(value: Double, x: Int, y: Int)] = []
  private var sums: [Double] = []

  mutating func add(_ run: ConnectedRuns.Run, _ exposures: [Image]) {
    let row = Int(run.row)
    (x1, x2) = (min(x1, Int(run.start) + 1), max(x2, Int(run.end)))
    (y1, y2) = (min(y1, row + 1), max(y2, row + 1))
    if peaks.isEmpty {
      peaks = exposures.map { _ in (-.infinity, Int(run.start), row) }
      sums = exposures.map { _ in 0 }
    }
    for (k, image) in exposures.enumerated() {
      for x in run.columns {
        let value = Double(image.pixels[x, row])
        guard value.isFinite else { continue }
        sums[k] += value
        if value > peaks[k].value { peaks[k] = (value, x, row) }
      }
    }
    if let best = brightest { (x, y) = (peaks[best].x, peaks[best].y) }
  }

  /// The exposure with the highest peak.
  private var brightest: Int? { peaks.indices.max { peaks[$0].value < peaks[$1].value } }

  var peak: Double { brightest.map { peaks[$0].value.isFinite ? peaks[$0].value : .nan } ?? .nan }

  var sum: Double { brightest.map { sums[$0] } ?? .nan }

  /// Numbers of the exposures in which the brightest pixel is hit.
  func exposures(in stack: Stack) -> String {
    let values = stack.exposures.map { Double($0.pixels[x, y]) }
    guard let low = values.filter(\.isFinite).min() else { return "" }
    let middle = (low + peak) / 2
    return values.indices.filter { values[$0] > middle }.map { "\($0 + 1)" }.joined(separator: " ")
  }
}
