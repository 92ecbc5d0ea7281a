/// Where a value comes from, as reports and errors print it.
package enum Source: Sendable, Hashable {
  /// An argument of the command.
  case argument
  /// The value itself: it was loaded with it, or calculated.
  case value
  /// A card of an HDU (nil where the image comes from no file), with a remark such as "text".
  case header(hdu: Int?, card: String, note: String?)
  /// A profile of an instrument, by its name.
  case profile(String)
  /// The pixels themselves, with what of them told it.
  case measured(String)
  /// Nobody gave it.
  case assumed

  /// The card, where it is one.
  package var card: String? {
    if case .header(_, let card, _) = self { card } else { nil }
  }
}

extension Source: CustomStringConvertible {
  package var description: String {
    switch self {
    case .argument: "argument"
    case .value: "value"
    case .header(let hdu, let card, let note):
      "header \(card)" + (hdu.map { $0 == 0 ? ", HDU 0" : ", HDU \($0)" } ?? "")
        + (note.map { ", \($0)" } ?? "")
    case .profile(let name): "profile \(name)"
    case .measured(let place): "auto: \(place)"
    case .assumed: "default"
    }
  }
}

/// A value together with where it comes from.
package struct Known<Value: Sendable>: Sendable {
  package var value: Value
  package var source: Source

  package init(_ value: Value, _ source: Source) { (self.value, self.source) = (value, source) }
}

extension Known: Equatable where Value: Equatable {}
