import Calling
import Files
import Kernels

/// `label`: the connected groups of a mask.
struct LabelCommand: Command {
  static let info = CommandInfo(
    "label", "List the connected groups of a mask", family: .masks,
    results: [.result("groups", .table, "number, pixels, first pixel and extent of each group")],
    examples: ["groups = label ((median (simulate nx=40 ny=30 seed=1)) > 50)"])

  @Parameter("mask", positional: true) var mask: Mask
  @Parameter("neighbours of a pixel: 4 (edges) or 8 (corners too)", in: 4...8) var connectivity = 4

  func run(_ context: CommandContext) throws -> CommandResult {
    guard connectivity == 4 || connectivity == 8 else {
      throw CRSError.usage("\(connectivity) neighbours", parameter: "connectivity", expected: "4 or 8")
    }
    let groups = ConnectedRuns(of: mask.plane, connectivity: connectivity == 4 ? .four : .eight)
    var box = [(x1: Int, x2: Int, y1: Int, y2: Int)](repeating: (.max, 0, .max, 0), count: groups.count)
    for (run, group) in zip(groups.runs, groups.groups) {
      let k = Int(group)
      box[k] = (
        min(box[k].x1, Int(run.start) + 1), max(box[k].x2, Int(run.end)), min(box[k].y1, Int(run.row) + 1),
        max(box[k].y2, Int(run.row) + 1)
      )
    }
    var table = Table(columns: ["group", "pixels", "x1", "x2", "y1", "y2"])
    for (k, size) in groups.sizes.enumerated() {
      table.rows.append([
        .integer(k + 1), .integer(size), .integer(box[k].x1), .integer(box[k].x2), .integer(box[k].y1),
        .integer(box[k].y2),
      ])
    }
    return CommandResult([.table(table)])
  }
}
