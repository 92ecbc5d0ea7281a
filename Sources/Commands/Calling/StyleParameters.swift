import Kernels
import Pipeline
import Plot

extension FigureStyle.Map: WordParameter {}
extension Norm.Kind: WordParameter {}

/// The parameters of a command that say how figures look; `none` takes one back.
@propertyWrapper
package struct StyleParameters: DeclaredParameter {
  private final class Box {
    var changes: [(inout FigureStyle) -> Void] = []
  }
  private struct Declared {
    var parameter: ParameterManifest
    var take: (Value) throws -> (inout FigureStyle) -> Void
  }
  private let box = Box()
  private let prefix: String

  /// - Parameter prefix: of the names of all parameters.
  package init(prefix: String = "") { self.prefix = prefix }

  package var wrappedValue: StyleParameters { self }
  /// Whether any was given.
  package var isGiven: Bool { !box.changes.isEmpty }

  /// The style with what was given.
  package func applied(to style: FigureStyle) -> FigureStyle {
    var style = style
    for change in box.changes { change(&style) }
    return style
  }

  package func manifests(named name: String) -> [ParameterManifest] { entries.map(\.parameter) }

  package func receive(_ bound: Bound, named name: String) throws {
    for entry in entries {
      guard let value = bound[entry.parameter.name] else { continue }
      do {
        box.changes.append(try entry.take(value))
      } catch let error as CRSError {
        throw bound.located(error, parameter: entry.parameter.name)
      }
    }
  }

  // MARK: - Declarations

  private var entries: [Declared] {
    [
      entry("font", \.font, "font family of the figures", aliases: []) { family in
        guard Fonts.contains(family) else {
          throw CRSError.usage(
            "there is no font '\(family)'", expected: "a family that fc-list names, sans, serif or monospace")
        }
      },
      entry(
        "fontsize", \.fontSize, "font size of labels; ticks and legends follow", unit: "pt", in: 2...72,
        aliases: []),
      entry(
        "linewidth", \.lineWidth, "line width; frames follow", unit: "pt", in: 0.05...20, aliases: []),
      entry(
        "width", \.width, "width of figures; 3.5 for one column, 7 for two",
        unit: "inch", in: 1.5...40, aliases: []),
      entry(
        "map", \.map, "colour map; if omitted, that of the figure",
        aliases: prefix.isEmpty ? ["cmap"] : []),
      entry("dpi", \.dpi, "resolution of PNG files", unit: "pixels/inch", in: 10...1200, aliases: []),
    ]
  }

  private func entry<Content: ParameterValue>(
    _ name: String, _ path: WritableKeyPath<FigureStyle, Content?>, _ help: String, unit: String = "",
    in range: ClosedRange<Double>? = nil, aliases: [String],
    check: @escaping (Content) throws -> Void = { _ in }
  ) -> Declared {
    let parameter = ParameterManifest(
      name: prefix + name, kind: Content.kind, unit: unit, default: .null,
      limits: range.map { Limits($0) } ?? Limits(), choices: Content.choices, help: help, aliases: aliases)
    return Declared(parameter: parameter) { value in
      let content = try Content?.make(from: value)
      if let content { try check(content) }
      return { $0[keyPath: path] = content }
    }
  }
}
