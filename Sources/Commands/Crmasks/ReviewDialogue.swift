import Calling
import Foundation
import Kernels

/// Asks about detections one by one.
struct ReviewDialogue {
  let context: CommandContext

  /// - Throws: `CRSError`: interrupted when the user stops, data when there is nobody to answer.
  func answer(_ group: ReviewedGroup) throws -> ReviewAnswer {
    context.report(String(repeating: "-", count: 50))
    for pixel in group.pixels {
      context.report("pixel (x,y) = (\(pixel.x), \(pixel.y)):  mask = \(pixel.code)")
    }
    let question =
      "Accept this cosmic ray detection #\(group.number) of \(group.count) ([Y]es / [n]o / [a]ll / [s]top)? "
    while true {
      let answer = context.ask(question)
      try context.work.checkCancelled()
      guard let line = answer else {
        throw CRSError.data(
          "no answer for detection #\(group.number)", parameter: "verify_cr",
          expected: "y, n, a or s on standard input")
      }
      switch line.trimmingCharacters(in: .whitespaces).lowercased() {
      case "", "y", "yes": return .accept
      case "n", "no": return .reject
      case "a", "all": return .acceptAll
      case "s", "stop":
        throw CRSError(.interrupted, "the review was stopped at detection #\(group.number) of \(group.count)")
      default: context.report("'\(line)' is not an answer: y, n, a or s")
      }
    }
  }
}
