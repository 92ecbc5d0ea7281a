import Files
import Kernels
import Pipeline

/// Finds where two values differ in a bit: of pixels, cards, types or numbers.
package enum ValueDifference {
  /// The first difference, such as `1.mask`; nil for values that are the same.
  package static func first(_ a: [Value], _ b: [Value]) -> String? {
    if a.count != b.count { return "\(a.count) and \(b.count) values" }
    return zip(a, b).enumerated().lazy.compactMap { k, pair in
      first(pair.0, pair.1).map { "value \(k + 1): " + $0 }
    }.first
  }

  package static func first(_ a: Value, _ b: Value) -> String? {
    switch (a, b) {
    case (.image(let a), .image(let b)): image(a, b)
    case (.stack(let a), .stack(let b)): list(a.exposures, b.exposures, "exposure", image)
    case (.mask(let a), .mask(let b)): mask(a, b)
    case (.maskSet(let a), .maskSet(let b)): masks(a, b)
    case (.diagram(let a), .diagram(let b)): a == b ? nil : "the diagram"
    case (.boundary(let a), .boundary(let b)): a == b ? nil : "the boundary"
    case (.table(let a), .table(let b)): table(a, b)
    case (.number(let a), .number(let b)):
      a.bitPattern == b.bitPattern || a.isNaN && b.isNaN ? nil : "\(a), \(b)"
    case (.integer(let a), .integer(let b)): a == b ? nil : "\(a), \(b)"
    case (.bool(let a), .bool(let b)): a == b ? nil : "\(a), \(b)"
    case (.text(let a), .text(let b)): a == b ? nil : "'\(a)', '\(b)'"
    case (.list(let a), .list(let b)): list(a, b, "item", first)
    case (.none, .none): nil
    default: "\(a.kind.rawValue), \(b.kind.rawValue)"
    }
  }

  private static func list<Item>(
    _ a: [Item], _ b: [Item], _ name: String, _ differ: (Item, Item) -> String?
  ) -> String? {
    if a.count != b.count { return "\(a.count) and \(b.count) of \(name)" }
    for (k, pair) in zip(a, b).enumerated() {
      if let found = differ(pair.0, pair.1) { return "\(name) \(k + 1), \(found)" }
    }
    return nil
  }

  private static func same(_ a: Plane<Float>?, _ b: Plane<Float>?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return a.shape == b.shape && zip(a.pixels, b.pixels).allSatisfy { $0.bitPattern == $1.bitPattern }
  }

  private static func same(_ a: [Double]?, _ b: [Double]?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern }
  }

  private static func image(_ a: Image, _ b: Image) -> String? {
    if !same(a.pixels, b.pixels) { return "pixels" }
    switch (a.exactPixels, b.exactPixels) {
    case (.float64(let x)?, .float64(let y)?): if !same(x, y) { return "exact pixels" }
    case (let x, let y): if x != y { return "exact pixels" }
    }
    if a.storedType != b.storedType || a.inputType != b.inputType { return "type" }
    if a.unit != b.unit || a.unit.description != b.unit.description { return "unit" }
    if let found = header(a.header, b.header) { return "header, " + found }
    if let found = header(a.primaryHeader ?? Header(), b.primaryHeader ?? Header()) {
      return "primary header, " + found
    }
    if (a.primaryHeader == nil) != (b.primaryHeader == nil) { return "primary header" }
    if a.mask != b.mask { return "mask" }
    if let found = errors(a.uncertainty, b.uncertainty) { return found }
    if let found = detector(a.detector, b.detector) { return found }
    if a.origin != b.origin { return "origin" }
    if a.othersInFront != b.othersInFront { return "place among the HDUs" }
    return list(a.others, b.others, "HDU", companion)
  }

  private static func header(_ a: Header, _ b: Header) -> String? {
    list(a.cards, b.cards, "card") { $0 == $1 ? nil : "'\($0)', '\($1)'" }
  }

  private static func errors(_ a: Uncertainty?, _ b: Uncertainty?) -> String? {
    guard let a, let b else { return a == nil && b == nil ? nil : "uncertainty" }
    guard same(a.values, b.values), same(a.exactValues, b.exactValues) else { return "uncertainty" }
    if a.kind != b.kind || a.name != b.name { return "kind of uncertainty" }
    return header(a.header, b.header).map { "header of the uncertainty, " + $0 }
  }

  private static func detector(_ a: DetectorFacts, _ b: DetectorFacts) -> String? {
    if a.gain != b.gain { return "gain" }
    if a.readoutNoise != b.readoutNoise { return "rnoise" }
    if a.bias != b.bias { return "bias" }
    if a.saturation != b.saturation { return "saturation" }
    if a.exposureTime != b.exposureTime { return "exptime" }
    return a.lost == b.lost ? nil : "why the detector is not known"
  }

  private static func companion(_ a: Companion, _ b: Companion) -> String? {
    switch (a, b) {
    case (.carried(let a), .carried(let b)): return a == b ? nil : a.name
    case (.plane(let a), .plane(let b)):
      if a.name != b.name || a.number != b.number || a.scaling != b.scaling || a.furtherAxes != b.furtherAxes
      {
        return "name or place of \(a.name)"
      }
      switch (a.pixels, b.pixels) {
      case (.float32(let x), .float32(let y)): if !same(x, y) { return "pixels of \(a.name)" }
      case (.float64(let x), .float64(let y)):
        if x.shape != y.shape || !same(x.pixels, y.pixels) { return "pixels of \(a.name)" }
      case (let x, let y): if x != y { return "pixels of \(a.name)" }
      }
      if a.mask != b.mask { return "mask of \(a.name)" }
      return errors(a.uncertainty, b.uncertainty) ?? header(a.header, b.header)
    default: return "kind of HDU"
    }
  }

  private static func mask(_ a: Mask, _ b: Mask) -> String? {
    if a != b { return "flags" }
    let (x, y) = (a.owner as? MaskHeader, b.owner as? MaskHeader)
    if (x == nil) != (y == nil) || x?.origin != y?.origin { return "what the mask was made for" }
    return header(x?.header ?? Header(), y?.header ?? Header())
  }

  private static func masks(_ a: MaskSet, _ b: MaskSet) -> String? {
    if let found = mask(a.medianCR, b.medianCR) { return "MEDIANCR, " + found }
    if let found = mask(a.meanCRT, b.meanCRT) { return "MEANCRT, " + found }
    if let found = list(a.exposures, b.exposures, "CRMASK", mask) { return found }
    if let found = list(a.leftOut, b.leftOut, "LEFTOUT", mask) { return found }
    if !same(a.laMedian, b.laMedian) { return "lamedian" }
    if !same(a.significance, b.significance) { return "significance" }
    if a.localMedians != b.localMedians { return "local medians" }
    if a.uuid != b.uuid || a.history != b.history { return "uuid or history" }
    if !same(a.skies, b.skies) { return "skies" }
    return same(a.fluxFactors, b.fluxFactors) ? nil : "flux factors"
  }

  private static func table(_ a: Table, _ b: Table) -> String? {
    if a.columns != b.columns || a.isRow != b.isRow { return "columns" }
    return list(a.rows, b.rows, "row") { x, y in
      list(x, y, "cell") { cell, other in
        switch (cell, other) {
        case (.real(let p), .real(let q)):
          p.bitPattern == q.bitPattern || p.isNaN && q.isNaN ? nil : "\(p), \(q)"
        default: cell == other ? nil : "\(cell), \(other)"
        }
      }
    }
  }
}
