import Files
import Kernels

/// What `CR2Images` made of a pair or of a single exposure.
package struct CR2ImagesResult: Sendable {
  /// The first exposure with its cosmic rays replaced, in its own pixel type. Its mask holds the pixels with values of
  /// the second one beside those that it had.
  package let clean1: Image
  /// The second exposure; as it was in single mode, and the median-filtered first one when there is none.
  package let clean2: Image
  /// The pixels replaced in `clean1`, and only these.
  package let mask1: Mask
  /// The pixels replaced in `clean2`, in its own frame; empty in single mode.
  package let mask2: Mask
  /// The numbers behind it.
  package let found: PairComparison
  /// Further results that are worth a line: the scale, masked and filled pixels.
  package let lines: [String]
  /// What a user must know beside the report, a sentence each.
  package let warnings: [String]
  /// The lines of the reference's report.
  package let report: [String]
  /// The settings as used, offsets found included.
  package let parameters: CR2ImagesParameters
}
