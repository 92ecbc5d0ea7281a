import Calling
import Kernels
import Pipeline

/// Looks for what is wrong in the manifest of a plugin's command; those of the built-in commands are made by the
/// compiler.
enum ManifestCheck {
  struct Fault {
    /// What it is about, empty for the command itself.
    var key: String
    var reason: String
    var expected: String?
  }

  static let nameRule = "small letters, digits and _, a letter first, at most 64"

  static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, (97...122).contains(first), name.utf8.count <= 64 else { return false }
    return name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
  }

  /// nil for a sound manifest.
  static func fault(of manifest: CommandManifest) -> Fault? {
    guard isName(manifest.name) else {
      return Fault(key: "name", reason: "'\(manifest.name)' is no name", expected: nameRule)
    }
    if manifest.effect == .folder || manifest.effect == .session {
      return Fault(
        key: "effect", reason: "'\(manifest.effect.rawValue)' is not for plugins",
        expected: "nothing or files")
    }
    if manifest.summary.isEmpty { return Fault(key: "summary", reason: "is empty", expected: "a line") }
    if manifest.family.isEmpty { return Fault(key: "family", reason: "is empty", expected: "a line") }
    if manifest.effect == .files,
      manifest.parameters.contains(where: { $0.name == "overwrite" && $0.kind != .flag })
    {
      return Fault(key: "overwrite", reason: "is the parameter that crs adds", expected: "another name")
    }
    return faultOfNames(manifest) ?? manifest.parameters.lazy.compactMap(fault).first
      ?? faultOfResults(manifest)
  }

  private static func faultOfNames(_ manifest: CommandManifest) -> Fault? {
    var seen: [String: String] = [:]
    for parameter in manifest.parameters {
      for name in [parameter.name] + parameter.aliases {
        let said = "parameters, \(parameter.name)"
        guard isName(name) else {
          return Fault(key: said, reason: "'\(name)' is no name", expected: nameRule)
        }
        if let other = seen[name] {
          let reason =
            other == parameter.name
            ? "has the name '\(name)' twice" : "'\(name)' is a name of the parameter \(other) too"
          return Fault(key: said, reason: reason)
        }
        seen[name] = parameter.name
      }
    }
    let positional = manifest.parameters.filter(\.isPositional)
    if let rest = positional.dropLast().first(where: \.isRest) {
      return Fault(
        key: "parameters, \(rest.name)", reason: "takes the rest and is not the last positional one")
    }
    return nil
  }

  private static func fault(of parameter: ParameterManifest) -> Fault? {
    let said = "parameters, \(parameter.name)"
    let limits = parameter.limits
    if let low = limits.minimum ?? limits.exclusiveMinimum, let high = limits.maximum, low > high {
      return Fault(key: said, reason: "its minimum is above its maximum")
    }
    if parameter.choices.contains(where: { $0.isEmpty || $0.contains { $0.isWhitespace } }) {
      return Fault(key: said + ", choices", reason: "one of them is no word")
    }
    guard let standard = parameter.default, standard != .null, !parameter.isRest else { return nil }
    do {
      let value = Value(standard, kind: parameter.kind)
      guard ![.image, .stack, .mask, .maskset, .diagram, .boundary, .table].contains(parameter.kind) else {
        return Fault(
          key: said + ", default", reason: "\(parameter.kind.article) has no default", expected: "null")
      }
      try Binder.check(value, for: parameter, at: nil)
      return nil
    } catch {
      let reason = (error as? CRSError)?.message ?? "does not fit"
      return Fault(key: said + ", default", reason: reason, expected: (error as? CRSError)?.expected)
    }
  }

  private static func faultOfResults(_ manifest: CommandManifest) -> Fault? {
    var seen: Set<String> = []
    for result in manifest.results {
      let said = "results, \(result.name)"
      guard isName(result.name) else {
        return Fault(key: said, reason: "'\(result.name)' is no name", expected: nameRule)
      }
      guard seen.insert(result.name).inserted else {
        return Fault(key: said, reason: "there are two results of this name")
      }
      guard let like = result.like else { continue }
      guard let parameter = manifest.parameters.first(where: { $0.name == like }), parameter.kind == .image
      else {
        return Fault(key: said + ", like", reason: "'\(like)' is no parameter of kind image")
      }
    }
    return nil
  }
}
