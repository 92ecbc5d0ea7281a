import Calling
import Files
import Kernels

/// `compare`: what two masks have in common.
struct CompareCommand: Command {
  static let info = CommandInfo(
    "compare", "Count the pixels that one mask, the other or both flag", family: .masks,
    results: [.result("comparison", .table, "one row: first, second, both, jaccard", columns: columns)],
    examples: ["m = median (simulate nx=40 ny=30 seed=1)\ncompare (m > 50) (m > 100)"],
    discussion: [
      "jaccard is the number of pixels that both masks flag, divided by the number that at least one flags; nan if "
        + "there is none."
    ])

  private static let columns = ["first", "second", "both", "jaccard"]

  @Parameter("first mask", positional: true) var first: Mask
  @Parameter("second mask", positional: true) var second: Mask

  func run(_ context: CommandContext) throws -> CommandResult {
    guard first.shape == second.shape else {
      throw CRSError.data(
        "the mask is \(second.shape)", parameter: "second", expected: "the shape of the first, \(first.shape)"
      )
    }
    let both = (first & second).flagged
    let any = first.flagged + second.flagged - both
    return CommandResult([
      .table(
        Table(
          columns: Self.columns,
          rows: [
            [
              .integer(first.flagged), .integer(second.flagged), .integer(both),
              .real(Double(both) / Double(any)),
            ]
          ]))
    ])
  }
}
