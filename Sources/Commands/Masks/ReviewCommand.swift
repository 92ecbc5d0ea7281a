import Calling
import Kernels
import Pipeline

/// `review`: accept or reject detections one by one.
struct ReviewCommand: Command {
  static let info = CommandInfo(
    "review", "Accept or reject the groups of a mask one by one", family: .masks,
    results: [.result("masks", .any, "MaskSet or Mask: what was given, without the rejected groups")],
    discussion: [
      "review prints the pixels of each group and asks: y (or nothing) accepts it, n rejects it, a accepts this "
        + "and all that follow, s stops without any change. For a MaskSet it asks about the groups of MEDIANCR and "
        + "removes rejected pixels from MEDIANCR only."
    ])

  @Parameter("masks of crmasks, or a mask", positional: true) var masks: MaskOrSet

  func run(_ context: CommandContext) throws -> CommandResult {
    switch masks {
    case .set(var set):
      set.medianCR = try reviewed(set.medianCR, context)
      return CommandResult([.maskSet(set)])
    case .mask(let mask): return CommandResult([.mask(try reviewed(mask, context))])
    }
  }

  /// The mask without what was rejected; as it was where the user stops.
  private func reviewed(_ mask: Mask, _ context: CommandContext) throws -> Mask {
    do {
      let kept = try CRSError.naming(["verify_cr": "masks"]) {
        try mask.reviewed(ReviewDialogue(context: context).answer)
      }
      context.report("\(mask.flagged - kept.flagged) of \(mask.flagged) pixels rejected")
      return kept
    } catch let error as CRSError where error.kind == .interrupted && !context.work.cancellation.isRaised {
      context.note("\(error.message): nothing is rejected")
      return mask
    }
  }
}
