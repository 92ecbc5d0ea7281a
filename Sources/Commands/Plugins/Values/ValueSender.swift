import Files
import Kernels
import Pipeline

/// Writes values for another program: small ones into the message, pixels into files beside it.
package final class ValueSender {
  private let folder: ExchangeFolder
  private let prefix: String
  private var count = 0
  /// What was written, by the names of the files.
  package private(set) var planes: [String: NumpyPlane] = [:]

  /// - Parameter prefix: the beginning of the names of files, which the other side does not use.
  package init(folder: ExchangeFolder, prefix: String) { (self.folder, self.prefix) = (folder, prefix) }

  /// Rows from which a table crosses as a file.
  private static let longTable = 10_000

  /// - Throws: `CRSError` (file) when the pixels cannot be written.
  package func json(_ value: Value) throws -> JSONValue {
    switch value {
    case .none: return .null
    case .bool(let flag): return .bool(flag)
    case .integer(let number): return .integer(number)
    case .number(let number): return JSONValue(number: number)
    case .text(let text): return .text(text)
    case .list(let items): return .list(try items.map(json))
    case .image(let image): return ["image": .object(try members(of: image))]
    case .stack(let stack):
      return [
        "stack": ["exposures": .list(try stack.exposures.map { ["image": .object(try members(of: $0))] })]
      ]
    case .mask(let mask): return try json(mask)
    case .maskSet(let masks): return try json(masks)
    case .diagram(let diagram): return try json(diagram)
    case .boundary(let boundary): return Self.json(boundary)
    case .table(let table): return try json(table)
    }
  }

  // MARK: - Files

  private func file(_ pixels: StoredPixels) throws -> JSONValue { try file(.numbers(pixels)) }

  private func file(_ mask: Mask) throws -> JSONValue { try file(.flags(mask.plane)) }

  private func file(_ plane: NumpyPlane) throws -> JSONValue {
    let name = nextName(".npy")
    try folder.write(plane, as: name)
    planes[name] = plane
    return .text(name)
  }

  private func nextName(_ ending: String) -> String {
    count += 1
    return "\(prefix)\(count)\(ending)"
  }

  private func file(_ exact: ExactPixels, _ shape: Shape) throws -> JSONValue {
    let (width, height) = (shape.width, shape.height)
    return switch exact {
    case .float64(let pixels): try file(.float64(Plane(width: width, height: height, pixels: pixels)))
    case .int64(let pixels): try file(.int64(Plane(width: width, height: height, pixels: pixels)))
    case .uint64(let pixels): try file(.uint64(Plane(width: width, height: height, pixels: pixels)))
    }
  }

  // MARK: - Images

  private func members(of image: Image) throws -> [String: JSONValue] {
    var out: [String: JSONValue] = [
      "pixels": try file(.float32(image.pixels)), "type": .text(image.storedType.rawValue),
      "unit": .text(image.unit.description), "header": HeaderJSON.json(image.header),
    ]
    // What is not there is said: a result without it inherits it.
    if let exact = image.exactPixels { out["exact"] = try file(exact, image.shape) }
    out["input_type"] = image.inputType.map { .text($0.rawValue) } ?? .null
    out["primary_header"] = image.primaryHeader.map(HeaderJSON.json) ?? .null
    out["mask"] = try image.mask.map { try file($0) } ?? .null
    out["uncertainty"] = .null
    if let errors = image.uncertainty {
      out["uncertainty"] = try file(.float32(errors.values))
      out["uncertainty_kind"] = .text(errors.kind.word)
      out["uncertainty_name"] = .text(errors.name)
      out["uncertainty_header"] = HeaderJSON.json(errors.header)
      if let exact = errors.exactValues { out["uncertainty_exact"] = try file(.float64(exact), image.shape) }
    }
    try addDetector(of: image, to: &out)
    out["others"] = .list(try image.others.map(json))
    if image.othersInFront > 0 { out["others_in_front"] = .integer(image.othersInFront) }
    out["origin"] = image.origin.map(Self.json) ?? .null
    return out
  }

  /// What is known of the detector, also what only the cards say; `from_header` names the latter.
  private func addDetector(of image: Image, to out: inout [String: JSONValue]) throws {
    let known = image.knownDetector
    let own = image.detector
    var fromHeader: [JSONValue] = []
    var sources: [String: JSONValue] = [:]
    func add(_ name: String, _ value: DetectorValue?, own source: Source?) throws {
      guard let value else {
        out[name] = .null
        return
      }
      out[name] = try json(value)
      if let source { sources[name] = SourceJSON.json(source) } else { fromHeader.append(.text(name)) }
    }
    try add("gain", known.gain?.value, own: own.gain?.source)
    try add("rnoise", known.readoutNoise?.value, own: own.readoutNoise?.source)
    try add("bias", known.bias?.value, own: own.bias?.source)
    try add("saturation", known.saturation.map { .constant($0.value) }, own: own.saturation?.source)
    try add("exptime", known.exposureTime.map { .constant($0.value) }, own: own.exposureTime?.source)
    if !fromHeader.isEmpty { out["from_header"] = .list(fromHeader) }
    if !sources.isEmpty { out["sources"] = .object(sources) }
    out["lost"] = own.lost.map { .text($0) } ?? .null
  }

  private func json(_ value: DetectorValue) throws -> JSONValue {
    switch value {
    case .constant(let number): JSONValue(number: number)
    case .plane(let plane): ["pixels": try file(.float32(plane))]
    }
  }

  private static func json(_ origin: ImageOrigin) -> JSONValue {
    var out: [String: JSONValue] = [
      "file": .text(origin.file), "hdu": .integer(origin.hdu), "name": .text(origin.name),
      "siblings": .integer(origin.siblings),
    ]
    if let plane = origin.plane { out["plane"] = .integer(plane) }
    return .object(out)
  }

  private func json(_ companion: Companion) throws -> JSONValue {
    switch companion {
    case .carried(let hdu):
      let name = nextName(".fits")
      try folder.write(hdu.bytes, as: name)
      return ["name": .text(hdu.name), "fits": .text(name), "number": .integer(hdu.number)]
    case .plane(let plane):
      var out: [String: JSONValue] = [
        "name": .text(plane.name), "pixels": try file(plane.pixels),
        "header": HeaderJSON.json(plane.header),
      ]
      if let number = plane.number { out["number"] = .integer(number) }
      if !plane.scaling.isEmpty { out["scaling"] = .list(plane.scaling.map { .text($0) }) }
      if !plane.furtherAxes.isEmpty { out["further_axes"] = .list(plane.furtherAxes.map { .integer($0) }) }
      if let mask = plane.mask { out["mask"] = try file(mask) }
      if let errors = plane.uncertainty {
        out["uncertainty"] = try file(.float32(errors.values))
        out["uncertainty_kind"] = .text(errors.kind.word)
        out["uncertainty_name"] = .text(errors.name)
        out["uncertainty_header"] = HeaderJSON.json(errors.header)
        if let exact = errors.exactValues {
          out["uncertainty_exact"] = try file(.float64(exact), errors.values.shape)
        }
      }
      return .object(out)
    }
  }

  // MARK: - Masks and what is made of them

  private func json(_ mask: Mask) throws -> JSONValue {
    var out: [String: JSONValue] = ["pixels": try file(mask)]
    out["header"] = .null
    if let owner = mask.owner as? MaskHeader {
      out["header"] = HeaderJSON.json(owner.header)
      if let origin = owner.origin { out["origin"] = Self.json(origin) }
    }
    return ["mask": .object(out)]
  }

  private func json(_ masks: MaskSet) throws -> JSONValue {
    var named: [(String, Mask)] = [("MEDIANCR", masks.medianCR), ("MEANCRT", masks.meanCRT)]
    named += masks.exposures.enumerated().map { ("CRMASK\($0 + 1)", $1) }
    named += masks.leftOut.enumerated().map { ("LEFTOUT\($0 + 1)", $1) }
    var out: [String: JSONValue] = [
      "masks": .list(try named.map { .list([.text($0), try json($1)]) }), "uuid": .text(masks.uuid),
      "flux_factors": .list(masks.fluxFactors.map { JSONValue(number: $0) }),
      "local_medians": .list(
        masks.localMedians.map { .list([$0.x, $0.y, $0.xWidth, $0.yWidth].map { .integer($0) }) }),
      "history": .list(masks.history.map { .text($0) }),
    ]
    if !masks.skies.isEmpty { out["skies"] = .list(masks.skies.map { JSONValue(number: $0) }) }
    if let median = masks.laMedian { out["lamedian"] = ["image": ["pixels": try file(.float32(median))]] }
    if let plane = masks.significance { out["significance"] = ["pixels": try file(.float32(plane))] }
    return ["maskset": .object(out)]
  }

  private func json(_ diagram: Diagram) throws -> JSONValue {
    let bins = (width: max(0, diagram.xEdges.count - 1), height: max(0, diagram.yEdges.count - 1))
    func counts(_ numbers: [Double]) throws -> JSONValue {
      guard numbers.count == bins.width * bins.height else {
        throw CRSError.data("the diagram has \(numbers.count) bins")
      }
      return try file(.float64(Plane(width: bins.width, height: bins.height, pixels: numbers)))
    }
    func list(_ numbers: [Double]) -> JSONValue { .list(numbers.map { JSONValue(number: $0) }) }
    return [
      "diagram": .object([
        "xedges": list(diagram.xEdges), "yedges": list(diagram.yEdges),
        "simulated": try counts(diagram.simulated), "original": try counts(diagram.original),
        "simulations": .integer(diagram.simulations),
        "seed": Int(exactly: diagram.seed).map { .integer($0) } ?? .text("\(diagram.seed)"),
        "points": Self.json(diagram.points), "flux_factors": list(diagram.fluxFactors),
        "offsets": .list(diagram.offsets.map { list([$0.x, $0.y]) }), "gain": JSONValue(number: diagram.gain),
        "rnoise": JSONValue(number: diagram.readoutNoise), "values": .integer(diagram.values),
      ])
    ]
  }

  /// x, y, weight, and whether the point was fixed by hand.
  static func json(_ points: [BoundaryPoint]) -> JSONValue {
    .list(
      points.map {
        .list([
          JSONValue(number: $0.x), JSONValue(number: $0.y), JSONValue(number: $0.weight), .bool($0.isFixed),
        ])
      })
  }

  private static func json(_ boundary: Boundary) -> JSONValue {
    func list(_ numbers: [Double]) -> JSONValue { .list(numbers.map { JSONValue(number: $0) }) }
    return [
      "boundary": .text(boundary.yamlText), "points": json(boundary.points),
      "iterations": .list(boundary.iterations.map { .list([list($0.knots), list($0.coefficients)]) }),
    ]
  }

  private func json(_ table: Table) throws -> JSONValue {
    if table.rows.count > Self.longTable, !table.isRow {
      let name = nextName(".csv")
      try folder.write(Array(table.csv.utf8), as: name)
      return ["table": ["file": .text(name)]]
    }
    let rows: [JSONValue] = table.rows.map { row in
      .list(
        row.map { cell in
          switch cell {
          case .integer(let number): .integer(number)
          case .real(let number): JSONValue(number: number)
          case .text(let text): .text(text)
          case .flag(let flag): .bool(flag)
          }
        })
    }
    var out: [String: JSONValue] = ["columns": .list(table.columns.map { .text($0) }), "rows": .list(rows)]
    if table.isRow { out["row"] = true }
    return ["table": .object(out)]
  }
}

extension Uncertainty.Kind {
  /// As messages call it.
  var word: String {
    switch self {
    case .standardDeviation: "std"
    case .variance: "var"
    case .inverseVariance: "ivar"
    }
  }

  init?(word: String) {
    switch word {
    case "std": self = .standardDeviation
    case "var": self = .variance
    case "ivar": self = .inverseVariance
    default: return nil
    }
  }
}

extension NumpyPlane {
  /// In a type that FITS stores as it is, wider where it has none.
  var unshifted: StoredPixels {
    switch pixels {
    case .int8(let plane): .int16(plane.map { Int16($0) })
    case .uint16(let plane): .int32(plane.map { Int32($0) })
    case .uint32(let plane): .int64(plane.map { Int64($0) })
    case .uint64(let plane): .float64(plane.map { Double($0) })
    case let pixels: pixels
    }
  }
}
