import Kernels
import Pipeline
import Plot

extension FigureStyle.Map: WordParameter {}

/// The parameters of a command that say how figures look; `none` takes one back.
@propertyWrapper
struct StyleParameters: DeclaredParameter {
  private final class Box {
    var changes: [(inout FigureStyle) -> Void] = []
  }
  private struct Entry {
    var parameter: ParameterManifest
    var take: (Value, CommandContext) throws -> (inout FigureStyle) -> Void
  }
  private let box = Box()
  private let prefix: String

  /// - Parameter prefix: of the names of all parameters.
  init(prefix: String = "") { self.prefix = prefix }

  var wrappedValue: StyleParameters { self }
  var isMissing: Bool { false }
  /// Whether any was given.
  var isGiven: Bool { !box.changes.isEmpty }

  /// The style with what was given.
  func applied(to style: FigureStyle) -> FigureStyle {
    var style = style
    for change in box.changes { change(&style) }
    return style
  }

  func manifests(named name: String) -> [ParameterManifest] { entries.map(\.parameter) }

  func bind(_ name: String, _ value: Value, _ context: CommandContext) throws {
    guard let entry = entries.first(where: { $0.parameter.name == name }) else { return }
    do {
      box.changes.append(try entry.take(value, context))
    } catch var error as CRSError {
      error.parameter = error.parameter ?? name
      throw error
    }
  }

  // MARK: - Declarations

  private var entries: [Entry] {
    [
      entry("font", \.font, "font family of the figures", aliases: []) { family in
        guard Fonts.contains(family) else {
          throw CRSError.usage(
            "there is no font '\(family)'", expected: "a family that fc-list names, sans, serif or monospace")
        }
      },
      entry(
        "fontsize", \.fontSize, "size of labels; ticks and legends follow", unit: "pt", in: 2...72,
        aliases: []),
      entry(
        "linewidth", \.lineWidth, "width of lines; frames follow", unit: "pt", in: 0.05...20, aliases: []),
      entry(
        "width", \.width, "width of figures: 3.5 for one column, 7 for two, with sizes that suit it",
        unit: "inch", in: 1.5...40, aliases: []),
      entry(
        "map", \.map, "colours of pictures; the figure's own when left out",
        aliases: prefix.isEmpty ? ["cmap"] : []),
      entry("dpi", \.dpi, "resolution of PNG files", unit: "pixels/inch", in: 10...1200, aliases: []),
    ]
  }

  private func entry<Content: ParameterValue>(
    _ name: String, _ path: WritableKeyPath<FigureStyle, Content?>, _ help: String, unit: String = "",
    in range: ClosedRange<Double>? = nil, aliases: [String],
    check: @escaping (Content) throws -> Void = { _ in }
  ) -> Entry {
    let limits = range.map { "\($0.lowerBound.plain)...\($0.upperBound.plain)" }
    let parameter = ParameterManifest(
      name: prefix + name, kind: Content.kind, unit: unit, defaultText: "none", range: limits,
      choices: Content.choices, help: help, isPositional: false, isRequired: false, isRest: false,
      aliases: aliases)
    return Entry(parameter: parameter) { value, context in
      let content = try Content?.make(from: value, context: context)
      if let content {
        for number in content.numbers where !(range?.contains(number) ?? true) {
          throw CRSError.usage(
            "\(number.plain) is out of range", expected: (limits ?? "") + (unit.isEmpty ? "" : " " + unit))
        }
        try check(content)
      }
      return { $0[keyPath: path] = content }
    }
  }
}
