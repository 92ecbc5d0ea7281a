import TestSupport
import Testing

/// Suites that run statements with the program in a folder of their own.
protocol ScriptCase {
  var folder: ScratchFolder { get }
}

extension ScriptCase {
  @discardableResult
  func crs(_ text: String, status: Int32 = 0) throws -> Program.Ended {
    let ended = try Program.run(["-c", text], in: folder.url)
    #expect(ended.status == status, "\(text): \(ended.errors)")
    return ended
  }
}
