import Calling
import Kernels
import Pipeline

/// The functions of the language: what is called `name(a, b)` and is no command.
package struct FunctionTable {
  package struct Entry: Sendable {
    package var name: String
    /// Names of the parameters in their order; those behind `required` may be left out.
    package var parameters: [String]
    package var required: Int
    /// A sentence without a full stop.
    package var help: String
    /// Whether a text stands for the image of a file.
    var takesPixels = false
    /// The kinds that the parameters take, one after the other; the last ones hold for all further ones.
    var kinds: [[Kind]] = [[.image, .stack, .list, .number, .integer]]
    let run: @Sendable ([Value], Work) throws -> Value

    /// The kinds that an argument may have, counted from 0.
    func kinds(at place: Int) -> [Kind] { kinds.isEmpty ? [] : kinds[min(max(0, place), kinds.count - 1)] }

    /// `clip(a, low, high)`
    package var usage: String {
      let names = parameters.enumerated().map { $0 < required ? $1 : "[\($1)]" }
      return name + "(" + names.joined(separator: ", ") + ")"
    }

    /// The function as the matcher of arguments sees it.
    var manifest: CommandManifest {
      CommandManifest(
        name: name, summary: help, family: "",
        parameters: parameters.enumerated().map { place, parameter in
          ParameterManifest(
            name: parameter, kind: .any, default: place < required ? nil : .null, help: "",
            isPositional: true)
        })
    }
  }

  package static let all: [Entry] = elementwise + choosing + lists + texts

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  package static subscript(name: String) -> Entry? { byName[name] }

  /// In alphabetical order.
  package static let names = byName.keys.sorted()

  // MARK: - Element by element

  private static let meanings: [(PixelFunction, String)] = [
    (.abs, "size without its sign"), (.sqrt, "square root"), (.exp, "exponential"),
    (.log, "natural logarithm"),
    (.log10, "decimal logarithm"), (.floor, "next whole number below"), (.ceil, "next whole number above"),
    (.round, "nearest whole number, halves to the even one"), (.sign, "-1, 0 or 1"),
  ]

  private static let elementwise = meanings.map { function, meaning in
    Entry(name: function.rawValue, parameters: ["a"], required: 1, help: meaning, takesPixels: true) {
      try ValueFunctions.apply(function, $0[0], work: $1)
    }
  }

  private static let choosing = [
    Entry(
      name: "isfinite", parameters: ["a"], required: 1,
      help: "flags what is neither NaN, infinite nor masked", takesPixels: true
    ) {
      try ValueFunctions.isFinite($0[0], work: $1)
    },
    Entry(
      name: "minimum", parameters: ["a", "b"], required: 2, help: "the smaller of two values, pixel by pixel",
      takesPixels: true
    ) {
      try ValueFunctions.extreme(.minimum, $0[0], $0[1], work: $1)
    },
    Entry(
      name: "maximum", parameters: ["a", "b"], required: 2, help: "the larger of two values, pixel by pixel",
      takesPixels: true
    ) {
      try ValueFunctions.extreme(.maximum, $0[0], $0[1], work: $1)
    },
    Entry(
      name: "clip", parameters: ["a", "low", "high"], required: 3, help: "values held between two limits",
      takesPixels: true
    ) {
      try ValueFunctions.clip($0[0], $0[1], $0[2], work: $1)
    },
    Entry(
      name: "where", parameters: ["mask", "a", "b"], required: 3, help: "a where the mask flags, else b",
      takesPixels: true,
      kinds: [[.mask, .flag, .list], [.image, .stack, .mask, .list, .number, .integer, .flag]]
    ) {
      try ValueFunctions.choose($0[0], $0[1], $0[2], work: $1)
    },
  ]

  // MARK: - Lists

  private static let lists = [
    Entry(
      name: "len", parameters: ["v"], required: 1, help: "number of elements, exposures, rows or characters",
      kinds: [[.list, .stack, .table, .text, .maskset]]
    ) {
      values, _ in try ListFunctions.length(values[0])
    },
    Entry(
      name: "append", parameters: ["l", "v"], required: 2, help: "a list or stack with one more element",
      kinds: [[.list, .stack], [.image, .mask, .list, .number, .integer, .text, .flag]]
    ) {
      values, _ in try ListFunctions.append(values[0], values[1])
    },
    Entry(
      name: "any", parameters: ["l"], required: 1, help: "whether one of them is yes; of a mask: any pixel",
      kinds: [[.mask, .list, .flag]]
    ) {
      values, _ in try ListFunctions.any(values[0], all: false)
    },
    Entry(
      name: "all", parameters: ["l"], required: 1, help: "whether each of them is yes; of a mask: all pixels",
      kinds: [[.mask, .list, .flag]]
    ) {
      values, _ in try ListFunctions.any(values[0], all: true)
    },
    Entry(
      name: "SliceRegion2D", parameters: ["region"], required: 1,
      help: "rectangle [x1:x2, y1:y2] of FITS pixels, as cr2images of teareduce takes it",
      kinds: [[.text, .list]]
    ) {
      values, _ in ListText.value(of: try Section.make(from: values[0]))
    },
  ]

  // MARK: - Texts

  private static let textual: [[Kind]] = [[.text, .list], [.text]]

  private static let texts = [
    Entry(
      name: "stem", parameters: ["f"], required: 1, help: "name of a file without folder and endings",
      kinds: textual
    ) {
      values, _ in try TextFunctions.stem(values[0])
    },
    Entry(name: "folder", parameters: ["f"], required: 1, help: "folder of a file", kinds: textual) {
      values, _ in try TextFunctions.folder(values[0])
    },
    Entry(
      name: "split", parameters: ["t", "sep"], required: 2, help: "list of the parts of a text",
      kinds: textual
    ) {
      values, _ in try TextFunctions.split(values[0], values[1])
    },
    Entry(
      name: "join", parameters: ["l", "sep"], required: 2, help: "text of the elements of a list",
      kinds: [[.list], [.text]]
    ) {
      values, _ in try TextFunctions.join(values[0], values[1])
    },
    Entry(
      name: "replace", parameters: ["t", "a", "b"], required: 3, help: "text with every a replaced by b",
      kinds: textual
    ) {
      values, _ in try TextFunctions.replace(values[0], values[1], values[2])
    },
    Entry(name: "number", parameters: ["t"], required: 1, help: "number that a text holds", kinds: textual) {
      values, _ in try TextFunctions.number(values[0])
    },
  ]
}
