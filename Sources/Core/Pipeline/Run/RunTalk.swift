import Kernels

/// Whom a run talks to while it works.
package struct RunTalk: Sendable {
  package let work: Work
  /// Takes each line of the report as soon as it is known.
  package let report: @Sendable (String) -> Void
  /// Takes warnings.
  package let note: @Sendable (String) -> Void
  /// Asked about each group of MEDIANCR; nil: all are kept.
  package let review: (@Sendable (ReviewedGroup) throws -> ReviewAnswer)?

  package init(
    work: Work, report: @escaping @Sendable (String) -> Void, note: @escaping @Sendable (String) -> Void,
    review: (@Sendable (ReviewedGroup) throws -> ReviewAnswer)? = nil
  ) {
    (self.work, self.report, self.note, self.review) = (work, report, note, review)
  }
}
