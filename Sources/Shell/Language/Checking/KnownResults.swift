import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// The arguments of a call by their parameters, as far as they are known.
struct GivenArguments {
  private(set) var values: [(parameter: ParameterManifest, value: KnownValue)] = []
  /// The files that positional arguments name; nil where they are not certain.
  private(set) var files: [String]? = []

  mutating func add(_ parameter: ParameterManifest, _ value: KnownValue, files named: [String]? = nil) {
    values.append((parameter, value))
    guard parameter.isPositional else { return }
    files = named.flatMap { named in files.map { $0 + named } }
  }

  var first: KnownValue? { values.first?.value }

  subscript(name: String) -> KnownValue? { values.first { $0.parameter.name == name }?.value }
}

/// What a call gives: what its manifest says, and what follows from the arguments.
struct KnownResults {
  private let manifest: CommandManifest
  private let isBuiltIn: Bool
  private let given: GivenArguments

  init(of manifest: CommandManifest, isBuiltIn: Bool, _ given: GivenArguments) {
    (self.manifest, self.isBuiltIn, self.given) = (manifest, isBuiltIn, given)
  }

  var values: [KnownValue] {
    manifest.results.enumerated().map { k, result in
      var value = KnownValue(result.kind, columns: result.columns)
      guard isBuiltIn else { return value }
      if k == 0, result.kind == .any { value = anyResult }
      if value.isPixels || value.kind == .maskset { value.size = value.size ?? size }
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
        KnownValue($0.kind == .table || $0.kind == .list ? $0.kind : .any, columns: $0.columns)
      }
        ?? .unknown
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

  /// What the files hold that are there now.
  private var loaded: KnownValue {
    guard given["ext"] == nil, given["planes"] == nil, let files = given.files, let first = files.first else {
      return .unknown
    }
    if files.count > 1 { return KnownValue(.stack, size: frame(of: first)) }
    let name = first.lowercased()
    if name.hasSuffix(".csv") { return KnownValue(.table) }
    if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return KnownValue(.boundary) }
    guard let listing = try? FITSReader.listing(of: first), !first.contains("["),
      listing.filter({ $0.dimensions.count >= 2 }).count == 1,
      let hdu = listing.first(where: { $0.dimensions.count == 2 }),
      let header = try? FITSReader.header(at: first, hdu: nil), header["CRSMASK"] == nil,
      hdu.name != "MEDIANCR"
    else { return .unknown }
    return KnownValue(.image, size: Shape(width: hdu.dimensions[0], height: hdu.dimensions[1]))
  }

  private func frame(of file: String) -> Shape? {
    guard !file.contains("["), let listing = try? FITSReader.listing(of: file), listing.count == 1,
      let dimensions = listing.first?.dimensions, dimensions.count == 2
    else { return nil }
    return Shape(width: dimensions[0], height: dimensions[1])
  }
}
