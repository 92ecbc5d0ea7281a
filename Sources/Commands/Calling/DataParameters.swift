import Files
import Kernels
import Pipeline

/// A type that a value of the session holds as it is.
package protocol DataParameter: ParameterValue {
  /// nil when the value holds something else.
  static func content(of value: Value) -> Self?
  static var expectation: String { get }
}

extension DataParameter {
  /// JSON has no such values; a default of nil is told by `Optional`.
  package var json: JSONValue { .null }

  package static func make(from value: Value) throws -> Self {
    guard let content = content(of: value) else { throw mismatch(value, expectation) }
    return content
  }
}

extension Image: DataParameter {
  package static var kind: Kind { .image }
  package static var expectation: String { "an Image or a FITS file" }
  package static func content(of value: Value) -> Image? {
    if case .image(let image) = value { image } else { nil }
  }
}

extension Stack: DataParameter {
  package static var kind: Kind { .stack }
  package static var expectation: String { "a Stack, a list of FITS files, or a stack file" }
  package static func content(of value: Value) -> Stack? {
    if case .stack(let stack) = value { stack } else { nil }
  }
}

extension Mask: DataParameter {
  package static var kind: Kind { .mask }
  package static var expectation: String { "a Mask or a FITS file" }
  package static func content(of value: Value) -> Mask? {
    if case .mask(let mask) = value { mask } else { nil }
  }
}

/// One mask, or all masks of a run.
package enum MaskOrSet: ParameterValue, Sendable {
  case mask(Mask)
  case set(MaskSet)

  package static var kind: Kind { .mask }
  package static var otherKinds: [Kind] { [.maskset] }
  package var json: JSONValue { .null }
  package static func make(from value: Value) throws -> MaskOrSet {
    if case .maskSet(let masks) = value { return .set(masks) }
    return .mask(try Mask.make(from: value))
  }
}

extension MaskSet: DataParameter {
  package static var kind: Kind { .maskset }
  package static var expectation: String { "a MaskSet, a crmasks.fits file, or a list of masks" }
  package static func content(of value: Value) -> MaskSet? {
    if case .maskSet(let masks) = value { masks } else { nil }
  }
}

extension Diagram: DataParameter {
  package static var kind: Kind { .diagram }
  package static var expectation: String { "a Diagram, made by mmdiagram" }
  package static func content(of value: Value) -> Diagram? {
    if case .diagram(let diagram) = value { diagram } else { nil }
  }
}

extension Boundary: DataParameter {
  package static var kind: Kind { .boundary }
  package static var expectation: String { "a Boundary or a boundary file" }
  package static func content(of value: Value) -> Boundary? {
    if case .boundary(let boundary) = value { boundary } else { nil }
  }
}

extension Table: DataParameter {
  package static var kind: Kind { .table }
  package static var expectation: String { "a Table" }
  package static func content(of value: Value) -> Table? {
    if case .table(let table) = value { table } else { nil }
  }
}

/// Any value as it was given; text may name a file.
extension Value: ParameterValue {
  package static var kind: Kind { .any }
  package var json: JSONValue { JSONValue(self) ?? .null }
  package static func make(from value: Value) throws -> Value { value }
}
