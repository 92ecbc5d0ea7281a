import Files
import Kernels
import Pipeline

/// Reads the values that another program sent. Nothing of them is trusted: every number, name and shape is looked at.
package final class ValueReceiver {
  private let folder: ExchangeFolder?
  /// Arrays that were sent there: their names mean them, unchanged.
  private let sent: [String: NumpyPlane]
  /// Arrays that were read; each file is read once.
  private var read: [String: NumpyPlane] = [:]
  /// A value of the session by its name; nil where there is no session to be asked.
  private let variable: (String) throws -> Value?
  /// What a result has from the arguments; nil for arguments.
  private let inheritance: Inheritance?

  package init(
    folder: ExchangeFolder?, sent: [String: NumpyPlane] = [:], inheritance: Inheritance? = nil,
    variable: @escaping (String) throws -> Value? = { _ in nil }
  ) {
    (self.folder, self.sent, self.inheritance, self.variable) = (folder, sent, inheritance, variable)
  }

  /// The names of all files that were read.
  package var files: [String] { Array(read.keys) + otherFiles }
  private var otherFiles: [String] = []

  /// - Parameters:
  ///   - like: the image whose sky a result shows.
  /// - Throws: `CRSError` (data) for what is not of the kind.
  package func value(_ json: JSONValue, kind: Kind, like: Image? = nil) throws -> Value {
    let value = try self.value(json, kind, like: like)
    guard Self.fits(value, kind) else {
      throw CRSError.data("\(json.beginning) is \(Self.said(value))", expected: kind.article)
    }
    return value
  }

  private static func said(_ value: Value) -> String {
    value.literal == nil ? "a value of kind \(value.kindName)" : value.kind.article
  }

  private static func fits(_ value: Value, _ kind: Kind) -> Bool {
    switch (kind, value) {
    case (.any, _), (_, .none): true
    case (.section, .list(let items)): items.count == 4 && items.allSatisfy { $0.kind == .integer }
    case (.word, .text), (.file, .text): true
    default: value.kind == kind
    }
  }

  private func value(_ json: JSONValue, _ kind: Kind, like: Image? = nil) throws -> Value {
    switch json {
    case .null: return .none
    case .bool(let flag): return .bool(flag)
    case .integer(let number): return kind == .number ? .number(Double(number)) : .integer(number)
    case .number(let number):
      if kind == .integer, let whole = Int(exactly: number) { return .integer(whole) }
      return .number(number)
    case .text(let text): return .text(text)
    case .list(let items): return .list(try items.map { try value($0, .any) })
    case .object(let members):
      if let number = json.double { return .number(number) }
      if let name = members["variable"]?.string {
        guard let value = try variable(name) else { throw HeaderJSON.wrong("a value here", json) }
        return value
      }
      if let image = members["image"]?.members { return .image(try self.image(image, like: like)) }
      if let stack = members["stack"] { return .stack(try self.stack(stack)) }
      if let mask = members["mask"]?.members { return .mask(try self.mask(mask)) }
      if let masks = members["maskset"]?.members { return .maskSet(try maskSet(masks)) }
      if let diagram = members["diagram"]?.members { return .diagram(try self.diagram(diagram)) }
      if let text = members["boundary"]?.string { return .boundary(try boundary(text, members)) }
      if let table = members["table"]?.members { return .table(try self.table(table)) }
      throw HeaderJSON.wrong("a value", json)
    }
  }

  // MARK: - Files

  func plane(_ json: JSONValue?, _ what: String, _ shape: Shape? = nil) throws -> NumpyPlane {
    guard let name = json?.string else {
      throw CRSError.data(
        "\(what) names no file: \((json ?? .null).beginning)", expected: "a name of a .npy file")
    }
    let plane: NumpyPlane
    if let known = sent[name] ?? read[name] {
      plane = known
    } else {
      plane = try place().plane(name)
      read[name] = plane
    }
    if let shape, plane.shape != shape {
      throw CRSError.data("\(what) is \(plane.shape)", expected: "\(shape), as the image is")
    }
    return plane
  }

  private func place() throws -> ExchangeFolder {
    guard let folder else {
      throw CRSError.usage("files need a folder", parameter: "folder", expected: "one in hello")
    }
    return folder
  }

  private func flags(_ json: JSONValue?, _ what: String, _ shape: Shape? = nil) throws -> Mask {
    Mask(plane: try plane(json, what, shape).flags())
  }

  // MARK: - Images

  private func image(_ members: [String: JSONValue], like: Image? = nil) throws -> Image {
    let sent = try plane(members["pixels"], "pixels")
    let pixels = sent.floats
    var image = Image(pixels: pixels, unit: .none)
    if let inheritance { inheritance.begin(&image, like: like) }
    // What single precision cannot hold stays what it is.
    if members["exact"] == nil, let (exact, type) = sent.exact(beyond: pixels) {
      (image.exactPixels, image.storedType) = (exact, type)
    }
    if let name = members["exact"] {
      image.exactPixels =
        switch try plane(name, "exact", pixels.shape) {
        case .numbers(.float64(let plane)): .float64(plane.pixels)
        case .numbers(.int64(let plane)): .int64(plane.pixels)
        case .numbers(.uint64(let plane)): .uint64(plane.pixels)
        case let other: .float64(other.doubles)
        }
    }
    if let type = members["type"]?.string.flatMap(PixelType.init) { image.storedType = type }
    if let json = members["input_type"] { image.inputType = json.string.flatMap(PixelType.init) }
    let known = inheritance?.headers ?? []
    if let json = members["header"] {
      image.header = json == .null ? Header() : try HeaderJSON.header(json, known: known)
    }
    if let json = members["primary_header"] {
      image.primaryHeader = json == .null ? nil : try HeaderJSON.header(json, known: known)
    }
    if let json = members["unit"] {
      guard json == .null || json.string != nil else { throw HeaderJSON.wrong("a unit", json) }
      image.unit = PixelUnit(parsing: json.string ?? "")
    }
    if let json = members["mask"] {
      image.mask = json == .null ? nil : try flags(json, "mask", pixels.shape)
    }
    if let json = members["uncertainty"] {
      image.uncertainty = json == .null ? nil : try uncertainty(members, pixels.shape, image.uncertainty)
    }
    try readDetector(members, into: &image)
    if let json = members["others"] {
      guard let items = json == .null ? [] : json.items else {
        throw HeaderJSON.wrong("a list of HDUs", json)
      }
      image.others = try items.map(companion)
      image.othersInFront = 0
    }
    if let count = members["others_in_front"]?.int, (0...image.others.count).contains(count) {
      image.othersInFront = count
    }
    if let json = members["origin"] { image.origin = Self.origin(json) }
    return image
  }

  private func uncertainty(
    _ members: [String: JSONValue], _ shape: Shape?, _ before: Uncertainty?
  ) throws -> Uncertainty {
    let values = try plane(members["uncertainty"], "uncertainty", shape)
    let word = members["uncertainty_kind"]?.string ?? before?.kind.word ?? "std"
    guard let kind = Uncertainty.Kind(word: word) else {
      throw CRSError.data("uncertainty_kind is '\(word.prefix(20))'", expected: "std, var or ivar")
    }
    var out = Uncertainty(kind: kind, values: values.floats)
    if let exact = members["uncertainty_exact"] {
      out.exactValues = try plane(exact, "uncertainty_exact", values.shape).doubles
    }
    if let name = members["uncertainty_name"]?.string { out.name = name }
    if let header = members["uncertainty_header"] { out.header = try HeaderJSON.header(header) }
    return out
  }

  private static func origin(_ json: JSONValue) -> ImageOrigin? {
    guard let file = json["file"]?.string, let hdu = json["hdu"]?.int else { return nil }
    var origin = ImageOrigin(file: file, hdu: hdu, name: json["name"]?.string ?? "")
    origin.siblings = json["siblings"]?.int ?? 0
    origin.plane = json["plane"]?.int
    return origin
  }

  private func companion(_ json: JSONValue) throws -> Companion {
    guard let members = json.members, let name = members["name"]?.string else {
      throw HeaderJSON.wrong("an HDU", json)
    }
    if let file = members["fits"]?.string {
      otherFiles.append(file)
      let bytes = try place().bytes(file)
      guard CarriedHDU.isFile(bytes) else {
        throw CRSError.data(
          "the file of the HDU \(PlainText.line(name)) is no FITS file",
          expected: "an empty primary HDU and one more")
      }
      return .carried(CarriedHDU(name: name, number: max(0, members["number"]?.int ?? 1), bytes: bytes))
    }
    let pixels = try plane(members["pixels"], "the HDU \(name)").unshifted
    var out = ExtraPlane(name: name, pixels: pixels, number: members["number"]?.int)
    if let header = members["header"] { out.header = try HeaderJSON.header(header) }
    out.scaling = (members["scaling"]?.items ?? []).compactMap(\.string)
    let axes = (members["further_axes"]?.items ?? []).compactMap(\.int)
    guard axes.allSatisfy({ $0 > 0 }), let depth = Self.product(axes), pixels.shape.height % depth == 0 else {
      throw HeaderJSON.wrong("an HDU", json)
    }
    out.furtherAxes = axes
    if let mask = members["mask"] { out.mask = try flags(mask, "mask") }
    if members["uncertainty"] != nil { out.uncertainty = try uncertainty(members, nil, nil) }
    return .plane(out)
  }

  private static func product(_ numbers: [Int]) -> Int? {
    numbers.reduce(1) { product, number in
      product.flatMap {
        let (value, overflow) = $0.multipliedReportingOverflow(by: number)
        return overflow ? nil : value
      }
    }
  }

  private func stack(_ json: JSONValue) throws -> Stack {
    guard let items = json["exposures"]?.items else { throw HeaderJSON.wrong("a stack", json) }
    return try Stack(
      exposures: items.map { item in
        if let name = item["variable"]?.string, case .image(let image)? = try variable(name) { return image }
        guard let members = item["image"]?.members else { throw HeaderJSON.wrong("an exposure", item) }
        return try image(members)
      })
  }

  // MARK: - Masks and what is made of them

  private func mask(_ members: [String: JSONValue]) throws -> Mask {
    var mask = try flags(members["pixels"], "mask")
    if let header = members["header"] {
      if header == .null { return mask }
      mask.owner = MaskHeader(
        header: try HeaderJSON.header(header, known: inheritance?.headers ?? []),
        origin: members["origin"].flatMap(Self.origin))
    } else if let image = inheritance?.images.first(where: { $0.shape == mask.shape }) {
      mask = image.owning(mask)
    }
    return mask
  }

  private func maskSet(_ members: [String: JSONValue]) throws -> MaskSet {
    var named: [(name: String, mask: Mask)] = []
    for item in members["masks"]?.items ?? [] {
      guard let pair = item.items, pair.count == 2, let name = pair[0].string,
        let mask = pair[1]["mask"]?.members
      else { throw HeaderJSON.wrong("a mask with its name", item) }
      named.append((name, try self.mask(mask)))
    }
    func numbered(_ stem: String) -> [Mask] {
      (1...max(1, named.count)).compactMap { k in named.first { $0.name == "\(stem)\(k)" }?.mask }
    }
    let exposures = numbered("CRMASK")
    guard let median = named.first(where: { $0.name == "MEDIANCR" })?.mask,
      let mean = named.first(where: { $0.name == "MEANCRT" })?.mask, !exposures.isEmpty
    else {
      throw CRSError.data(
        "the masks are not those of a set", expected: "MEDIANCR, MEANCRT, CRMASK1 and so on")
    }
    if let other = named.first(where: { $0.mask.shape != median.shape }) {
      throw CRSError.data("the mask \(other.name) is \(other.mask.shape)", expected: "\(median.shape)")
    }
    var out = MaskSet(
      medianCR: median, meanCRT: mean, exposures: exposures,
      fluxFactors: try numbers(members["flux_factors"]), uuid: members["uuid"]?.string ?? "",
      history: (members["history"]?.items ?? []).compactMap(\.string), leftOut: numbered("LEFTOUT"))
    if let skies = members["skies"], skies != .null {
      out.skies = try numbers(skies)
      guard out.skies.isEmpty || out.skies.count == exposures.count else {
        throw HeaderJSON.wrong("one number for each exposure", skies)
      }
    }
    if let json = members["lamedian"], json != .null {
      out.laMedian = try plane(json["image"]?["pixels"] ?? json["pixels"], "lamedian", median.shape).floats
    }
    if let json = members["significance"], json != .null {
      out.significance = try plane(json["pixels"], "significance", median.shape).floats
    }
    out.localMedians = try (members["local_medians"]?.items ?? []).map { row in
      let n = (row.items ?? []).compactMap(\.int)
      guard n.count == 4, n[2] > 0, n[3] > 0, n[2] < 1 << 20, n[3] < 1 << 20 else {
        throw HeaderJSON.wrong("a pixel with the widths of its box", row)
      }
      return LocalMedianPixel(x: n[0], y: n[1], xWidth: n[2], yWidth: n[3])
    }
    return out
  }

  private func numbers(_ json: JSONValue?) throws -> [Double] {
    guard let json else { return [] }
    let items = json.items ?? []
    let numbers = items.compactMap(\.double)
    guard json.items != nil, numbers.count == items.count else {
      throw HeaderJSON.wrong("a list of numbers", json)
    }
    return numbers
  }

  private func diagram(_ members: [String: JSONValue]) throws -> Diagram {
    let (x, y) = (try numbers(members["xedges"]), try numbers(members["yedges"]))
    guard x.count == Diagram.bins + 1, y.count == Diagram.bins + 1 else {
      throw CRSError.data(
        "the diagram has \(x.count) and \(y.count) edges", expected: "\(Diagram.bins + 1) along each axis")
    }
    let shape = Shape(width: Diagram.bins, height: Diagram.bins)
    let seed = members["seed"].flatMap {
      $0.string.flatMap(UInt64.init) ?? $0.int.map { UInt64(bitPattern: Int64($0)) }
    }
    let offsets = try (members["offsets"]?.items ?? []).map { row in
      let pair = try numbers(row)
      guard pair.count == 2 else { throw HeaderJSON.wrong("an offset", row) }
      return Offset(x: pair[0], y: pair[1])
    }
    var out = Diagram(
      xEdges: x, yEdges: y, simulated: try plane(members["simulated"], "simulated", shape).doubles,
      original: try plane(members["original"], "original", shape).doubles,
      simulations: members["simulations"]?.int ?? 0, seed: seed ?? 0, points: try points(members["points"]),
      fluxFactors: try numbers(members["flux_factors"]), offsets: offsets,
      gain: members["gain"]?.double ?? 1, readoutNoise: members["rnoise"]?.double ?? 0)
    out.values = members["values"]?.int ?? 0
    return out
  }

  private func points(_ json: JSONValue?) throws -> [BoundaryPoint] {
    try (json?.items ?? []).map { row in
      let parts = row.items ?? []
      guard parts.count >= 2, let x = parts[0].double, let y = parts[1].double else {
        throw HeaderJSON.wrong("a point", row)
      }
      return BoundaryPoint(
        x: x, y: y, weight: parts.count > 2 ? parts[2].double ?? 1 : 1,
        isFixed: parts.count > 3 && parts[3] == .bool(true))
    }
  }

  private func boundary(_ text: String, _ members: [String: JSONValue]) throws -> Boundary {
    var out = try Boundary(yaml: text)
    if let json = members["points"] { out.points = try points(json) }
    out.iterations = try (members["iterations"]?.items ?? []).map { row in
      guard let parts = row.items, parts.count == 2 else { throw HeaderJSON.wrong("a curve", row) }
      return try CubicSpline(knots: numbers(parts[0]), coefficients: numbers(parts[1]))
    }
    return out
  }

  private func table(_ members: [String: JSONValue]) throws -> Table {
    if let file = members["file"]?.string {
      otherFiles.append(file)
      return try Table(csv: String(decoding: try place().bytes(file), as: UTF8.self), name: file)
    }
    let columns = (members["columns"]?.items ?? []).compactMap(\.string)
    guard let rows = members["rows"]?.items, !columns.isEmpty, Set(columns).count == columns.count else {
      throw HeaderJSON.wrong("a table", .object(members))
    }
    var table = Table(
      columns: columns,
      rows: try rows.map { row in
        guard let cells = row.items, cells.count == columns.count else {
          throw CRSError.data("\(row.beginning) is no row", expected: "\(columns.count) cells")
        }
        return try cells.map { cell in
          switch cell {
          case .integer(let number): .integer(number)
          case .text(let text): .text(text)
          case .bool(let flag): .flag(flag)
          case .null: .real(.nan)
          default:
            if let number = cell.double { .real(number) } else { throw HeaderJSON.wrong("a cell", cell) }
          }
        }
      })
    table.isRow = members["row"] == true && table.rows.count == 1
    return table
  }
}
