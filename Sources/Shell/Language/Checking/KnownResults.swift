import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// The arguments of a call by their parameters, as far as they are known.
struct GivenArguments {
  private(set) var values: [(parameter: ParameterManifest, value: KnownValue, place: Place)] = []
  /// The files that positional arguments name; nil where they are not certain.
  private(set) var files: [String]? = []

  mutating func add(
    _ parameter: ParameterManifest, _ value: KnownValue, at place: Place, files named: [String]? = nil
  ) {
    values.append((parameter, value, place))
    guard parameter.isPositional else { return }
    files = named.flatMap { named in files.map { $0 + named } }
  }

  var first: KnownValue? { values.first?.value }

  subscript(name: String) -> KnownValue? { values.first { $0.parameter.name == name }?.value }

  func all(_ name: String) -> [KnownValue] { values.filter { $0.parameter.name == name }.map(\.value) }

  func place(of name: String) -> Place? { values.first { $0.parameter.name == name }?.place }

  /// The error of a check that comes whatever the values that nobody knows yet turn out to be.
  ///
  /// - Parameter check: what a command refuses before it looks at pixels.
  /// - Throws: that error.
  func judge(_ check: (Bound) throws -> Void) throws {
    var found: CRSError?
    for trial in trials {
      do {
        try check(bound(trial))
        return
      } catch let error as CRSError {
        guard found == nil || found?.message == error.message && found?.parameter == error.parameter else {
          return
        }
        found = found ?? error
      }
    }
    if let found { throw found }
  }

  /// What the settings that are known only at run time may be, by name; nil for one that is left out.
  private var trials: [[String: Value?]] {
    var trials: [[String: Value?]] = [[:]]
    for (parameter, value, _) in values where value.exact == nil && !parameter.isRest {
      guard [.any, .number, .integer, .flag, .text].contains(value.kind) else { continue }
      var candidates = Self.candidates(for: parameter)
      if candidates.isEmpty { continue }
      // Beyond that nothing is said of it.
      if trials.count * candidates.count > 512 { candidates = [.some(Value.none)] }
      trials = trials.flatMap { trial in
        candidates.map { candidate in trial.merging([parameter.name: candidate]) { $1 } }
      }
    }
    return trials
  }

  /// What a setting may be, so that rules about it say all that they can; empty where there is too much of it.
  private static func candidates(for parameter: ParameterManifest) -> [Value?] {
    var candidates: [Value?] = parameter.choices.map { .some(.text($0)) }
    switch parameter.kind {
    case .flag: candidates += [.bool(true), .bool(false)]
    case .word: break
    case .number, .integer:
      let limits = parameter.limits
      let ends = [limits.minimum, limits.exclusiveMinimum.map { $0 + 1 }, limits.maximum].compactMap { $0 }
      let isWhole = parameter.kind == .integer
      let numbers = ends + [0, 1, 2] + (isWhole ? [] : [0.5])
      for number in Set(numbers.filter(limits.contains)).sorted() {
        if !isWhole { candidates.append(.number(number)) }
        if isWhole, let whole = Int(exactly: number) { candidates.append(.integer(whole)) }
      }
    default: return []
    }
    // None asks for nothing, as a setting that is left out.
    return candidates.isEmpty || parameter.default != .null ? candidates : candidates + [nil]
  }

  /// The arguments as a command would get them, with values that stand for what they will be.
  private func bound(_ trial: [String: Value?]) -> Bound {
    var bound = Bound()
    for parameter in Set(values.map(\.parameter.name)) {
      let all = values.filter { $0.parameter.name == parameter }
      guard let first = all.first else { continue }
      if let tried = trial[parameter] {
        guard let tried else { continue }
        bound.set(parameter, to: tried, given: Argument(name: parameter, value: tried, place: first.place))
        continue
      }
      let standIns = all.map { item -> Value in
        item.value.sample.map { ValueReading.withoutNone($0, for: item.parameter) }
          ?? (item.parameter.kind == .flag ? .bool(false) : .none)
      }
      let value = first.parameter.isRest ? Value.list(standIns) : standIns[0]
      bound.set(parameter, to: value, given: Argument(name: parameter, value: value, place: first.place))
    }
    return bound
  }
}

/// What a call gives: what its manifest says, and what follows from the arguments.
struct KnownResults {
  private let manifest: CommandManifest
  private let isBuiltIn: Bool
  /// Whether files are still what they are now.
  private let filesAreCertain: Bool
  /// Whether pixels of files are read, which takes time.
  private let looksAtPixels: Bool
  private let given: GivenArguments

  init(
    of manifest: CommandManifest, isBuiltIn: Bool, filesAreCertain: Bool, looksAtPixels: Bool,
    _ given: GivenArguments
  ) {
    (self.manifest, self.isBuiltIn, self.given) = (manifest, isBuiltIn, given)
    (self.filesAreCertain, self.looksAtPixels) = (filesAreCertain, looksAtPixels)
  }

  var values: [KnownValue] {
    // Without a word they only print.
    if isBuiltIn, ["header": "keyword", "info": "word"][manifest.name].map({ given[$0] == nil }) ?? false {
      return []
    }
    return manifest.results.enumerated().map { k, result in
      var value = KnownValue(result.kind, columns: result.columns)
      guard isBuiltIn else { return value }
      if k == 0, result.kind == .any { value = anyResult }
      if value.isPixels || value.kind == .maskset { value.size = value.size ?? size }
      complete(&value, result: k)
      return value
    }
  }

  /// The frame of what a command was given; its results have the same.
  private var size: Shape? {
    if manifest.name == "simulate" {
      guard let nx = number("nx"), let ny = number("ny"), nx > 0, ny > 0 else { return nil }
      return Shape(width: nx, height: ny)
    }
    let sizes = given.values.compactMap(\.value.size)
    return Set(sizes).count == 1 ? sizes.first : nil
  }

  /// How many exposures there are, whether noise is in them, and the columns of a table.
  private func complete(_ value: inout KnownValue, result k: Int) {
    switch (manifest.name, value.kind) {
    case ("simulate", .stack):
      value.count = number("n")
      // The usual readout noise, unless anything else is said.
      let harmless: Set<String> = ["nx", "ny", "n", "seed", "prefix", "overwrite"]
      // The truth is in electrons.
      value.unit = k == 0 ? .adu : .electron
      value.isReal = true
      value.isNoisy = k == 0 && given.values.allSatisfy { harmless.contains($0.parameter.name) }
    case ("crmasks", .maskset): value.count = given.first?.kind == .stack ? given.first?.count : nil
    case ("median", .image), ("mean", .image), ("min", .image), ("max", .image), ("copy", .image):
      value.isNoisy = given.first?.isNoisy ?? false
      value.unit = given.first?.unit
      value.isReal = manifest.name != "copy" || given.first?.isReal ?? false
    case ("newtable", .table):
      let names = given.all("columns").map(\.exact?.text)
      guard !names.isEmpty, !names.contains(nil) else { return }
      (value.columns, value.hasAllColumns) = (names.compactMap { $0 }, true)
    case ("addrow", .table), ("sort", .table):
      (value.columns, value.hasAllColumns) = (given.first?.columns, given.first?.hasAllColumns ?? false)
    default: break
    }
  }

  private func number(_ name: String) -> Int? {
    if let value = given[name] { return value.wholeNumber }
    guard case .integer(let number)? = manifest.parameter(named: name)?.default else { return nil }
    return number
  }

  // MARK: - What manifests leave open

  private var anyResult: KnownValue {
    switch manifest.name {
    case "load": loaded
    case "stats": given["word"] == nil ? KnownValue(.table) : single
    case "sort":
      given.first.map {
        KnownValue(
          $0.kind == .table || $0.kind == .list ? $0.kind : .any, columns: $0.columns, count: $0.count)
      }
        ?? .unknown
    case "header": header
    case "maskof":
      given.first.map { $0.kind == .image ? KnownValue(.mask, size: $0.size) : .unknown } ?? .unknown
    default: .unknown
    }
  }

  /// A number of an image, which may be whole; a stack has a list of them.
  private var single: KnownValue {
    switch given.first?.kind {
    case .image?, .mask?: KnownValue(.integer)
    case .stack?: KnownValue(.list)
    default: .unknown
    }
  }

  /// A card of a file that is there; a value alone has no keyword.
  private var header: KnownValue {
    guard filesAreCertain, given["default"] == nil, given["ext"] == nil,
      let file = given.first?.exact?.text, !Words.isGlob(file),
      let keyword = given["keyword"]?.exact?.text?.uppercased(), !["HISTORY", "COMMENT"].contains(keyword),
      let header = try? FITSReader.header(at: file, hdu: nil), let value = header[keyword]
    else { return .unknown }
    return switch value {
    case .integer(let number): KnownValue(exact: .integer(number))
    case .real(let number): KnownValue(exact: .number(number))
    case .logical(let flag): KnownValue(exact: .bool(flag))
    case .text: KnownValue(.text)
    }
  }

  /// What the files hold that are there now.
  private var loaded: KnownValue {
    guard given["ext"] == nil, given["planes"] == nil, let files = given.files, let first = files.first else {
      return .unknown
    }
    if files.count > 1 {
      guard filesAreCertain else { return .unknown }
      return KnownValue(
        .stack, size: frame(of: first), count: files.count, isNoisy: files.allSatisfy(isNoisy))
    }
    let name = first.lowercased()
    if name.hasSuffix(".csv") { return table(in: first) }
    if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return KnownValue(.boundary) }
    guard filesAreCertain, let listing = try? FITSReader.listing(of: first), !first.contains("["),
      listing.filter({ $0.dimensions.count >= 2 }).count == 1,
      let hdu = listing.first(where: { $0.dimensions.count == 2 }),
      let header = try? FITSReader.header(at: first, hdu: nil), header["CRSMASK"] == nil,
      hdu.name != "MEDIANCR"
    else { return .unknown }
    return KnownValue(
      .image, size: Shape(width: hdu.dimensions[0], height: hdu.dimensions[1]), isNoisy: isNoisy(first))
  }

  /// The columns of a small file, where it is certain what it holds.
  private func table(in file: String) -> KnownValue {
    guard looksAtPixels, filesAreCertain,
      let attributes = try? FileManager.default.attributesOfItem(atPath: file),
      let size = attributes[.size] as? Int, size < 1 << 22,
      let text = try? String(contentsOfFile: file, encoding: .utf8),
      let table = try? Table(csv: text, name: file)
    else { return KnownValue(.table) }
    var value = KnownValue(.table, columns: table.columns)
    value.hasAllColumns = true
    return value
  }

  /// Whether the middle row of a file has fractions: then it is no mask.
  private func isNoisy(_ file: String) -> Bool {
    guard looksAtPixels, !file.hasSuffix("z"), !file.hasSuffix("Z"), let shape = frame(of: file),
      shape.height > 0,
      let row = try? FITSReader.image(
        at: "\(file)[1:\(shape.width),\((shape.height + 1) / 2):\((shape.height + 1) / 2)]",
        work: Work(threads: 1)),
      !row.storedType.isInteger
    else { return false }
    return row.pixels.pixels.contains { $0.isFinite && $0 != $0.rounded() }
  }

  private func frame(of file: String) -> Shape? {
    guard !file.contains("["), let listing = try? FITSReader.listing(of: file), listing.count == 1,
      let dimensions = listing.first?.dimensions, dimensions.count == 2
    else { return nil }
    return Shape(width: dimensions[0], height: dimensions[1])
  }
}
