import Calling
import Files
import Foundation
import Kernels
import Pipeline

// What single commands refuse whatever happens.
extension StatementChecker {
  /// - Throws: `CRSError` for the first thing that is wrong; what depends on values is reported by itself.
  mutating func checkMeaning(
    of manifest: CommandManifest, _ given: GivenArguments, _ position: SourcePosition, isCertain: Bool
  ) throws {
    guard let entry = registry[manifest.name], entry.origin == .builtin, defined[manifest.name] == nil else {
      return
    }
    for (parameter, value, place) in given.values
    where parameter.kind == .mask && value.isNoisy && value.kind == .image {
      let error = CRSError.data(
        "an image is no mask", parameter: parameter.name, expected: "a Mask",
        hint: "a comparison makes one: x > 5")
      return report(error.at(place), position)
    }
    guard isCertain else { return }
    try given.judge(entry.check)
    checkShapes(of: manifest.name, given, position)
    guard let first = given.first else { return }
    switch manifest.name {
    case "median", "mean", "min", "max":
      guard given.values.count == 1, first.kind == .image || first.kind == .mask else { break }
      throw CRSError.usage(
        "\(manifest.name) combines the exposures of a stack",
        hint: "stats x \(manifest.name) is the \(manifest.name) of the pixels of an image")
    case "crmasks", "fluxfactor", "offsets":
      guard first.kind == .image, given["crmasks"] == nil else { break }
      throw CRSError.data("\(manifest.name): there is one exposure", expected: "at least 2 exposures")
    case "score":
      guard ![.mask, .maskset, .any, .text, .file].contains(first.kind),
        first.kind != .image || first.isNoisy
      else { break }
      throw CRSError.usage(
        "a value of kind \(first.kind.title) does not fit", parameter: "masks",
        expected: "a MaskSet or a Mask",
        hint: "masks = crmasks s gives them")
    case "maskof", "show", "plot":
      try checkLimits(given)
      guard
        [.number, .integer, .flag].contains(first.kind) || first.exact?.isNone ?? false
          || manifest.name != "plot" && first.kind == .list
          || manifest.name == "maskof" && [.table, .maskset, .diagram, .boundary].contains(first.kind)
      else { break }
      throw CRSError.usage(
        "a value of kind \(first.kind.title) does not fit", parameter: "value",
        expected: "an Image or a FITS file")
    case "save":
      let error = CRSError.usage(
        "a value of kind \(first.kind.title) has no file format", parameter: "value",
        expected: "an Image, Stack, Mask, MaskSet, Table or Boundary")
      if case .list(let items)? = first.exact, items.contains(where: { !$0.isPixelsOrFile }) { throw error }
      if case .text(let name)? = first.exact, !FileManager.default.fileExists(atPath: FileNames.home(name)) {
        return reportFile(error, position, file: name)
      }
      guard [.number, .integer, .flag].contains(first.kind) || first.exact?.isNone ?? false else { break }
      throw error
    case "pixels": checkBox(given, first, position)
    case "replacetext":
      guard let text = given["text"]?.exact?.text, let part = given["part"]?.exact?.text, !text.contains(part)
      else { break }
      let error = CRSError.data(
        "'\(text)' does not contain '\(part)'", parameter: "part", expected: "a part of the text")
      reportValue(error.at(given.place(of: "part")), position)
    case "header":
      guard written.isEmpty, given["default"] == nil, given["ext"] == nil, let file = first.exact?.text,
        !Words.isGlob(file), let keyword = given["keyword"]?.exact?.text?.uppercased(),
        !["HISTORY", "COMMENT"].contains(keyword),
        let header = try? FITSReader.header(at: FileNames.home(file), hdu: nil), header[keyword] == nil
      else { break }
      let error = CRSError.data(
        "the header has no \(keyword)", parameter: "keyword", hint: "default=VALUE gives a value then")
      reportValue(error.at(given.place(of: "keyword")), position)
    case "newtable":
      let names = given.all("columns").compactMap(\.exact?.text)
      if let name = names.first(where: { wanted in names.count { $0 == wanted } > 1 }) {
        throw CRSError.usage("the column '\(name)' is named twice", expected: "a name a column")
      }
    case "addrow":
      let cells = given.all("values")
      guard first.hasAllColumns, let columns = first.columns, cells.count != columns.count,
        !cells.contains(where: { $0.kind == .any || $0.kind == .list })
      else { break }
      reportValue(
        CRSError.usage(
          "\(cells.count) values for \(columns.count) columns", expected: columns.joined(separator: ", ")),
        position)
    default: break
    }
  }

  /// - Throws: `CRSError` (usage) for limits of colours in the wrong order.
  private func checkLimits(_ given: GivenArguments) throws {
    guard let low = given["vmin"]?.exact?.double, let high = given["vmax"]?.exact?.double, low >= high else {
      return
    }
    let error = CRSError.usage(
      "vmin \(low.plain) and vmax \(high.plain)", parameter: "vmin", expected: "vmin < vmax")
    throw given.place(of: "vmin").map { error.at($0) } ?? error
  }

  /// Pixels that belong together have equal shapes.
  private mutating func checkShapes(of name: String, _ given: GivenArguments, _ position: SourcePosition) {
    guard ["compare", "label", "stats", "pixels", "score", "lacosmic", "show", "plot"].contains(name) else {
      return
    }
    let parts = given.values.filter {
      $0.value.size != nil && $0.value.isPixels && $0.parameter.name != "psfk"
    }
    guard let first = parts.first, let other = parts.first(where: { $0.value.size != first.value.size }),
      let size = first.value.size, let found = other.value.size
    else { return }
    reportValue(
      CRSError.data(
        "the \(other.value.kind.title) is \(found)", parameter: other.parameter.name,
        expected: "the shape \(size)"
      ).at(other.place), position)
  }

  /// A place in pixels that the value does not have.
  private mutating func checkBox(_ given: GivenArguments, _ value: KnownValue, _ position: SourcePosition) {
    if let at = given["at"], at.kind == .number || at.kind == .integer {
      let error = CRSError.usage("1 number", parameter: "at", expected: "[x, y]")
      return report(error.at(given.place(of: "at")), position)
    }
    if case .list(let items)? = given["at"]?.exact {
      let numbers = items.compactMap(\.wholeNumber)
      guard numbers.count == 2 else {
        let error = CRSError.usage("\(items.count) numbers", parameter: "at", expected: "[x, y]")
        return report(error.at(given.place(of: "at")), position)
      }
      guard let size = value.size else { return }
      if !(1...size.width).contains(numbers[0]) || !(1...size.height).contains(numbers[1]) {
        reportValue(
          CRSError.data(
            "pixel [\(numbers[0]), \(numbers[1])] leaves the image", parameter: "at",
            expected: "x in 1...\(size.width), y in 1...\(size.height)"
          ).at(given.place(of: "at")), position)
      }
    }
  }

  /// A rectangle of a parameter that leaves the image.
  mutating func checkRegion(_ expression: Expression, of parameter: ParameterManifest, in value: KnownValue?)
  {
    guard parameter.name == "region", parameter.kind == .section, let size = value?.size,
      case .section(let places, let position) = expression
    else { return }
    let ends = places.compactMap { place -> ValuePlace? in
      switch place {
      case .at(.integer(let number, _, _)): return .number(number)
      case .range(let first, let last, _):
        func number(_ end: Expression?) -> Int?? {
          guard let end else { return .some(nil) }
          if case .integer(let number, _, _) = end { return .some(number) }
          return nil
        }
        guard let a = number(first), let b = number(last) else { return nil }
        return .range(a, b)
      default: return nil
      }
    }
    guard ends.count == places.count else { return }
    do { _ = try ends.section(of: size) } catch var error as CRSError {
      error.parameter = parameter.name
      reportValue(error, position)
    } catch {}
  }

  /// Names that commands on the session look up.
  mutating func checkNames(of manifest: CommandManifest, _ arguments: [ArgumentSyntax]) {
    guard ["drop", "provenance"].contains(manifest.name), !isOpen, definition == nil else { return }
    for case .word(let word, let position) in arguments.map(\.value)
    where known[word] == nil && (manifest.name == "provenance" || self.manifest(word) == nil) {
      reportValue(
        CRSError.usage("'\(word)' is not a variable", hint: didYouMean(word, among: known.sorted)),
        position)
    }
  }
}

extension Value {
  /// Whether it can be part of a file of images.
  fileprivate var isPixelsOrFile: Bool {
    switch self {
    case .number, .integer, .bool, .none: false
    default: true
    }
  }
}
