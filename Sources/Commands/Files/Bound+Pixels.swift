import Calling
import Files
import Kernels
import Pipeline

extension Bound {
  /// - Throws: `CRSError` (usage) where the parameter `value` got something without pixels.
  func checkHasPixels(expected: String) throws {
    switch self["value"] {
    case .table?, .diagram?, .boundary?, .maskSet?, .bool?, .number?, .integer?:
      throw located(
        CRSError.usage(
          "a value of kind \(self["value"]?.kindName ?? "none") has no pixels", expected: expected),
        parameter: "value")
    case .image?, .stack?, .mask?, .list?, .text?, Value.none?, nil: break
    }
  }
}
