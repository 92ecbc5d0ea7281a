import Calling
import Files
import Kernels
import Pipeline

extension RunTalk {
  /// A run that talks to the user of a command.
  ///
  /// - Parameters:
  ///   - report: nil for the command's own.
  ///   - reviews: ask about each group of MEDIANCR.
  init(_ context: CommandContext, report: (@Sendable (String) -> Void)? = nil, reviews: Bool = false) {
    let review: @Sendable (ReviewedGroup) throws -> ReviewAnswer = {
      try ReviewDialogue(context: context).answer($0)
    }
    self.init(
      work: context.work, report: report ?? context.report, note: context.note,
      review: reviews ? review : nil)
  }
}

extension ExposureGroup {
  /// Reads files for a command.
  ///
  /// - Throws: `CRSError`.
  init(
    _ names: [String], hdu: HDUSelector? = nil, context: CommandContext, report: ((String) -> Void)? = nil
  ) throws {
    try self.init(names, report: report ?? context.report) {
      try context.reading.image(at: $0, hdu: hdu)
    }
    images.unlikenessNotes.forEach(context.note)
  }
}

extension Reduction {
  /// Says what is left out of the exposures and what contradicts their detector, before masks are made of them.
  mutating func prepare(
    _ group: ExposureGroup, _ planes: [ExposurePlanes], _ trim: Trim, _ context: CommandContext,
    report: (String) -> Void
  ) throws {
    guard case .made = masks, let image = group.images.first, let first = planes.first else { return }
    trims = trim == .header && compatibility == nil
    if trims {
      trim.lines(of: group.images).forEach(report)
      context.tellSections(of: group.images)
    }
    if compatibility == nil {
      context.tellMosaic(group.images)
      CombinationCheck.oneDetector(group.images).forEach(context.note)
    }
    isScatterExplained = try context.tell(
      image, first.detector, knowsNoise: first.knowsNoise, compatibility == nil ? trim : nil)
  }
}
