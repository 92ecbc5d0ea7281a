import Files
import Kernels
import Pipeline

/// Turns the value of an argument into the kind that its parameter declares: reads the files that it names, finds its
/// words among the choices and holds its numbers against the limits.
package struct ValueReading: Sendable {
  let work: Work
  /// Takes what is to be known about a file that was read.
  let note: @Sendable (String) -> Void

  package init(work: Work, note: @escaping @Sendable (String) -> Void) {
    (self.work, self.note) = (work, note)
  }

  /// A value of the parameter's kind; of a parameter that takes several, one of them.
  ///
  /// - Throws: `CRSError` with the parameter's name: usage for a value that is not of its kind, file and data for a
  ///   file.
  package func value(_ value: Value, for parameter: ParameterManifest) throws -> Value {
    try Self.naming(parameter) {
      if let word = Self.wordOrNone(value, parameter) { return word }
      if parameter.also.contains(Kind(of: value)) { return value }
      switch parameter.kind {
      case .image: return .image(try image(value))
      case .stack: return .stack(try stack(value))
      case .mask: return .mask(try mask(value))
      case .maskset: return .maskSet(try maskSet(value))
      case .boundary: return .boundary(try boundary(value))
      case .diagram: return .diagram(try Diagram.make(from: value))
      case .table: return .table(try Table.make(from: value))
      case .number, .integer, .flag, .text, .word, .file, .section, .list, .any:
        return try Self.converted(value, parameter)
      }
    }
  }

  /// A value of a kind that needs no file.
  ///
  /// - Throws: `CRSError` (usage) with the parameter's name.
  static func plain(_ value: Value, for parameter: ParameterManifest) throws -> Value {
    try naming(parameter) { try wordOrNone(value, parameter) ?? converted(value, parameter) }
  }

  private static func naming<Result>(
    _ parameter: ParameterManifest, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch var error as CRSError {
      error.parameter = error.parameter ?? parameter.name
      throw error
    }
  }

  // MARK: - Words

  /// One of the choices, or none where that may be given; nil for every other value.
  private static func wordOrNone(_ value: Value, _ parameter: ParameterManifest) -> Value? {
    if let word = written(value), let choice = choice(word, among: parameter.choices) { return .text(choice) }
    guard parameter.default == .null else { return nil }
    switch value {
    case .none: return Value.none
    case .text(let text) where ["none", "null"].contains(text.lowercased()): return Value.none
    default: return nil
    }
  }

  /// A word that stands for none where that may be given, else the value itself.
  package static func withoutNone(_ value: Value, for parameter: ParameterManifest) -> Value {
    guard case .text = value, wordOrNone(value, parameter)?.isNone ?? false else { return value }
    return .none
  }

  private static func choice(_ word: String, among choices: [String]) -> String? {
    choices.first { $0 == word } ?? choices.first { $0.lowercased() == word.lowercased() }
  }

  /// How a value that may be a word is written.
  private static func written(_ value: Value) -> String? {
    switch value {
    case .text(let text) where text.lowercased() == "null": "none"
    case .text(let text): text
    case .integer, .number, .none: value.literal
    default: nil
    }
  }

  private static func word(_ value: Value, _ parameter: ParameterManifest) throws -> Value {
    guard !parameter.choices.isEmpty else { return .text(try VariableName.make(from: value).name) }
    let words = parameter.choices.joined(separator: ", ")
    guard case .text(let text) = value else { throw Value.mismatch(value, "one of " + words) }
    throw CRSError.usage(
      "'\(text)' is not one of the words", expected: words, hint: didYouMean(text, among: parameter.choices))
  }

  // MARK: - Kinds without files

  private static func converted(_ value: Value, _ parameter: ParameterManifest) throws -> Value {
    switch parameter.kind {
    case .number:
      let number = try scalar(Double.self, value, parameter)
      try check([number], parameter)
      return .number(number)
    case .integer:
      let number = try scalar(Int.self, value, parameter)
      try check([Double(number)], parameter)
      return .integer(number)
    case .flag: return .bool(try scalar(Bool.self, value, parameter))
    case .text: return .text(try String.make(from: value))
    case .file: return .text(try FileName.make(from: value).path)
    case .section: return ListText.value(of: try Section.make(from: value))
    case .list:
      let items = try ListText.items(of: value, splitsCommas: true)
      if case .text(let text)? = items.first, items.count == 1, !parameter.choices.isEmpty {
        throw Value.mismatch(value, parameter.expectation, hint: didYouMean(text, among: parameter.choices))
      }
      try check(numbers(in: items), parameter)
      return .list(items)
    case .word: return try word(value, parameter)
    case .image, .stack, .mask, .maskset, .diagram, .boundary, .table, .any: return value
    }
  }

  private static func scalar<Content: ParameterValue>(
    _ type: Content.Type, _ value: Value, _ parameter: ParameterManifest
  ) throws -> Content {
    guard let content = try? type.make(from: value) else {
      throw Value.mismatch(value, parameter.expectation)
    }
    return content
  }

  private static func check(_ numbers: [Double], _ parameter: ParameterManifest) throws {
    guard let number = numbers.first(where: { !parameter.limits.contains($0) }) else { return }
    throw CRSError.usage(
      "\(number.plain) is out of range", expected: parameter.expectation(beside: number))
  }

  private static func numbers(in values: [Value]) -> [Double] {
    values.flatMap { value -> [Double] in
      if case .list(let items) = value { return numbers(in: items) }
      return value.double.map { [$0] } ?? []
    }
  }
}

// MARK: - Kinds that files hold

extension ValueReading {
  /// Wherever an image is expected a FITS file name is accepted too.
  ///
  /// - Throws: `CRSError`, as all of these.
  package func image(_ value: Value) throws -> Image {
    switch value {
    case .image(let image): return image
    case .text(let path): return try image(at: path)
    case .mask(let mask): return Image(pixels: mask.plane.map { Float($0) }, unit: .none, storedType: .uint8)
    default: throw Image.mismatch(value, Image.expectation)
    }
  }

  /// Reads a file and tells what it took: the HDU where there are several, masks and errors.
  ///
  /// - Parameter report: takes the line on masks and errors; nil for a note.
  package func image(
    at path: String, hdu: HDUSelector? = nil, options: PlaneOptions = PlaneOptions(), strict: Bool = false,
    report: ((String) -> Void)? = nil
  ) throws -> Image {
    let report = report ?? { note("\(path): \($0)") }
    return try FITSReader.image(at: path, hdu: hdu, options: options, strict: strict, work: work) { told in
      told.notes.forEach { note("\(path): \($0)") }
      if let line = told.planes { report(line) }
    }
  }

  package func stack(_ value: Value) throws -> Stack {
    switch value {
    case .stack(let stack): return stack
    case .image(let image): return try Stack(exposures: [image])
    case .text(let path):
      if let stack = try FITSReader.stack(at: path, work: work) { return stack }
      return try Stack(exposures: [image(at: path)])
    case .list(let values):
      let stack = try Stack(exposures: values.map { try image($0) })
      stack.equalityNotes.forEach(note)
      stack.exposures.unlikenessNotes.forEach(note)
      return stack
    default: throw Stack.mismatch(value, Stack.expectation)
    }
  }

  package func mask(_ value: Value) throws -> Mask {
    switch value {
    case .mask(let mask): return mask
    case .text(let path): return try FITSReader.mask(at: path, work: work)
    case .image(let image):
      guard image.storedType.isInteger else { return try Mask(flagsOf: image) }
      let numbers = try MaskNumbers(image.pixels)
      let name = image.place.map { "\($0): " } ?? ""
      numbers.remarks.forEach { note(name + $0) }
      return image.owning(numbers.mask)
    default: throw Mask.mismatch(value, Mask.expectation)
    }
  }

  package func maskSet(_ value: Value) throws -> MaskSet {
    switch value {
    case .maskSet(let masks): return masks
    case .list(let values) where !values.isEmpty:
      return try MaskSet(exposures: values.map { try mask($0) })
    case .text(let path): return try FITSReader.maskSet(at: path, work: work)
    default: throw MaskSet.mismatch(value, MaskSet.expectation)
    }
  }

  package func boundary(_ value: Value) throws -> Boundary {
    switch value {
    case .boundary(let boundary): return boundary
    case .text(let path): return try Boundary.read(path)
    default: throw Boundary.mismatch(value, Boundary.expectation)
    }
  }
}
