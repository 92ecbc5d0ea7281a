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
    let answer = context.ask(question)
    try context.work.checkCancelled()
    guard let line = answer else {
      throw CRSError.data(
        "nobody answers about detection #\(group.number)", parameter: "verify_cr",
        expected: "answers y, n, a or s on standard input")
    }
    switch line.trimmingCharacters(in: .whitespaces).lowercased().first {
    case "n": return .reject
    case "a": return .acceptAll
    case "s": throw CRSError.interrupted
    default: return .accept
    }
  }
}
