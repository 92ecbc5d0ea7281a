import Files
import Kernels

/// Decides which parameter each argument of a call means, one after the other in their order.
///
/// The only place that does: evaluation, `--check`, completion and subcommands all ask it, so that they agree on what
/// is no parameter, given twice or too much.
package struct Matcher: Sendable {
  private let manifest: CommandManifest
  private var given: Set<String> = []
  /// Positional parameters that no argument has reached yet.
  private var waiting: ArraySlice<ParameterManifest>
  /// An argument before stands for a number of values that is not known.
  private var isOpen = false

  package init(_ manifest: CommandManifest) {
    self.manifest = manifest
    waiting = manifest.parameters.filter(\.isPositional)[...]
  }

  /// The parameter that the next argument means; nil for a positional one behind a glob that is not expanded.
  ///
  /// - Throws: `CRSError` (usage) for what is not a parameter, given twice or too much.
  package mutating func parameter(named name: String?, at place: Place? = nil) throws -> ParameterManifest? {
    guard let name else { return try positional(at: place) }
    guard let parameter = manifest.parameter(named: name) else {
      throw CRSError.usage(
        "'\(name)' is not a parameter of \(manifest.name)",
        hint: didYouMean(name.replacingHyphens, among: manifest.parameters.map(\.name))
          ?? "see: help \(manifest.name)"
      ).at(place)
    }
    guard given.insert(parameter.name).inserted else { throw givenTwice(parameter, place) }
    return parameter
  }

  private mutating func positional(at place: Place?) throws -> ParameterManifest? {
    if isOpen { return nil }
    advance()
    guard let next = waiting.first else {
      throw CRSError.usage(
        "too many arguments for \(manifest.name)", expected: manifest.shortUsage,
        hint: "see: help \(manifest.name)"
      ).at(place)
    }
    if next.isRest {
      // Given by name before; positional ones may follow each other.
      guard given.insert(next.name).inserted || isInRest else { throw givenTwice(next, place) }
      isInRest = true
    } else {
      given.insert(next.name)
    }
    return next
  }

  /// Positional arguments have reached the parameter that takes all further ones.
  private var isInRest = false

  /// Leaves out positional parameters that were given, by name or by their place.
  private mutating func advance() {
    while let next = waiting.first, !next.isRest, given.contains(next.name) { waiting = waiting.dropFirst() }
  }

  /// The argument last matched, of that name, turned into so many values, each of which counts as an argument.
  ///
  /// - Throws: `CRSError` (usage) where the further ones have no place.
  package mutating func took(_ values: Int, named name: String?, at place: Place? = nil) throws {
    for _ in 1..<max(1, values) { _ = try parameter(named: name, at: place) }
  }

  /// The argument last matched may stand for any number of values: where further positional ones go is not known.
  package mutating func leaveOpen() { isOpen = true }

  package func isGiven(_ parameter: ParameterManifest) -> Bool { given.contains(parameter.name) }

  /// What may come next: the parameter of a positional argument, and the names that are not given yet.
  package var next: (positional: ParameterManifest?, keys: [ParameterManifest]) {
    var ahead = self
    ahead.advance()
    let keys = manifest.parameters.filter { !$0.isPositional && !given.contains($0.name) }
    guard let first = ahead.waiting.first, !isOpen || first.isRest else { return (nil, keys) }
    let isFree = !first.isRest || isInRest || !given.contains(first.name)
    return (isFree ? first : nil, keys)
  }

  /// Required parameters that are not given.
  package var missing: [ParameterManifest] {
    manifest.parameters.filter { $0.isRequired && !given.contains($0.name) && !(isOpen && $0.isPositional) }
  }

  /// - Throws: `CRSError` (usage) unless all that is required is given.
  package func checkIsComplete() throws {
    if let parameter = missing.first {
      throw CRSError.usage(
        "\(parameter.name) is missing", expected: manifest.shortUsage, hint: "see: help \(manifest.name)")
    }
  }

  private func givenTwice(_ parameter: ParameterManifest, _ place: Place?) -> CRSError {
    CRSError.usage("'\(parameter.name)' is given twice").at(place)
  }
}
