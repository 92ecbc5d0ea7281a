import Calling
import Kernels
import Pipeline

/// Bits of a quality plane as their sum: 80, 16+64 or [16, 64].
struct BitList: ParameterValue, Sendable {
  var bits: UInt64

  static var kind: Kind { .text }
  var json: JSONValue { .text("\(bits)") }

  static func make(from value: Value) throws -> BitList {
    func failure() -> CRSError { mismatch(value, "bits such as 16 or 16+64") }
    switch value {
    case .integer(let number) where number >= 0: return BitList(bits: UInt64(number))
    case .text(let text):
      let parts = text.split(whereSeparator: { "+|,".contains($0) }).map { UInt64($0.filter { $0 != " " }) }
      guard !parts.isEmpty, !parts.contains(nil) else { throw failure() }
      return BitList(bits: parts.compactMap { $0 }.reduce(0, |))
    case .list(let values):
      return BitList(bits: try values.map { try make(from: $0).bits }.reduce(0, |))
    default: throw failure()
    }
  }
}
