import Calling
import Kernels
import Pipeline

/// `review`: accept or reject detections one by one.
struct ReviewCommand: Command {
  static let info = CommandInfo(
    "review", "Accept or reject the groups of a mask one by one", family: .masks,
    results: [.result("masks", .any, "MaskSet or Mask: what was given, without the rejected groups")],
    discussion: [
      "Each group is listed with its pixels; the answers are y (or nothing), n, a (this and all that follow) and s "
        + "(stop: nothing changes). Of a MaskSet the groups of MEDIANCR are asked about; rejected pixels leave "
        + "MEDIANCR alone."
    ])

  @Parameter("masks of crmasks, or a mask", positional: true) var masks: MaskOrSet

  func run(_ context: CommandContext) throws -> CommandResult {
    let dialogue = ReviewDialogue(context: context)
    switch masks {
    case .set(var set):
      let before = set.medianCR.flagged
      set.medianCR = try CRSError.naming(["verify_cr": "masks"]) {
        try set.medianCR.reviewed(dialogue.answer)
      }
      context.report("\(before - set.medianCR.flagged) of \(before) pixels rejected")
      return CommandResult([.maskSet(set)])
    case .mask(let mask):
      let kept = try CRSError.naming(["verify_cr": "masks"]) { try mask.reviewed(dialogue.answer) }
      context.report("\(mask.flagged - kept.flagged) of \(mask.flagged) pixels rejected")
      return CommandResult([.mask(kept)])
    }
  }
}
