import Kernels

/// The part of an exposure that saw the sky, where its header tells: TRIMSEC, TSEC, DATASEC or DSEC, or one of them for
/// each amplifier.
package struct ImagingArea: Sendable, Equatable {
  package let sections: [Section]
  /// `DATASEC [1:2048, 1:350]`, or the cards of several amplifiers.
  package let text: String
  private let shape: Shape

  private static let stems = ["TRIMSEC", "TSEC", "DATASEC", "DSEC"]
  /// A smaller part of the image is no imaging area but a misunderstanding.
  private static let smallest = 0.25

  /// nil where no card tells it, or what it tells is the whole image or does not fit.
  package init?(_ image: Image) {
    for stem in Self.stems {
      let found = Self.sections(stem, in: image.header, shape: image.shape)
      guard !found.isEmpty else { continue }
      let area = ImagingArea(
        sections: found.map(\.section), shape: image.shape,
        text: found.count == 1
          ? "\(found[0].card) \(found[0].section)" : found.map(\.card).joined(separator: ", "))
      let inside = image.shape.count - area.outside.flagged
      guard Double(inside) >= Self.smallest * Double(image.shape.count), inside < image.shape.count else {
        return nil
      }
      self = area
      return
    }
    return nil
  }

  private init(sections: [Section], shape: Shape, text: String) {
    (self.sections, self.shape, self.text) = (sections, shape, text)
  }

  /// The sections of a card, or of its amplifiers; none where one of them leaves the image.
  static func sections(_ stem: String, in header: Header, shape: Shape) -> [(card: String, section: Section)]
  {
    func section(_ name: String) -> Section? {
      header.text(name).flatMap { try? Section(parsing: $0) }.flatMap { $0.isInside(shape) ? $0 : nil }
    }
    if let one = section(stem) { return [(stem, one)] }
    let names = header.keywords.filter {
      $0.hasPrefix(stem) && AmplifierCards.isSuffix($0.dropFirst(stem.count))
    }
    let found = names.compactMap { name in section(name).map { (name, $0) } }
    return found.count == names.count ? found : []
  }

  /// Cards of sections that cannot be used, a sentence each with keyword and value.
  ///
  /// - Parameter stems: keywords, also of amplifiers; nil: those of the imaging area.
  package static func refusals(_ image: Image, _ stems: [String]? = nil) -> [String] {
    let shape = image.shape
    var lines: [String] = []
    for stem in stems ?? Self.stems {
      for name in image.header.keywords
      where name == stem || name.hasPrefix(stem) && AmplifierCards.isSuffix(name.dropFirst(stem.count)) {
        guard let reading = image.header.reading(name), !reading.literal.trimmingBlanks().isEmpty else {
          continue
        }
        let value = reading.literal.trimmingBlanks()
        // TSEC and its like may be anything else, such as a time in seconds.
        if reading.number != nil { continue }
        guard let limits = limits(value) else {
          lines.append("\(name) '\(value)' is not used: it is no section [x1:x2,y1:y2]")
          continue
        }
        let (x1, x2, y1, y2) = limits
        if [x1, x2, y1, y2].allSatisfy({ $0 == 0 }) { continue }
        if x1 > x2 || y1 > y2 {
          lines.append("\(name) '\(value)' is not used: it runs backwards")
        } else if x1 < 1 || y1 < 1 || x2 > shape.width || y2 > shape.height {
          lines.append("\(name) '\(value)' is not used: it leaves the image of \(shape) pixels")
        } else if stems == nil, name == stem,
          Double((x2 - x1 + 1) * (y2 - y1 + 1)) < smallest * Double(shape.count)
        {
          lines.append("\(name) '\(value)' is not used: it is less than a quarter of the image")
        }
      }
    }
    return lines
  }

  /// Four numbers of `[x1:x2,y1:y2]`, in any order and size; nil for any other text.
  private static func limits(_ text: String) -> (Int, Int, Int, Int)? {
    var body = text.filter { !$0.isWhitespace }[...]
    if body.hasPrefix("["), body.hasSuffix("]") { body = body.dropFirst().dropLast() }
    let axes = body.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = axes.flatMap { $0.split(separator: ":", omittingEmptySubsequences: false) }.compactMap {
      Int($0).flatMap { abs($0) < 1 << 31 ? $0 : nil }
    }
    guard axes.count == 2, numbers.count == 4, axes.allSatisfy({ $0.filter { $0 == ":" }.count == 1 }) else {
      return nil
    }
    return (numbers[0], numbers[1], numbers[2], numbers[3])
  }

  /// The smallest section that holds all of it.
  var bounds: Section? {
    guard let first = sections.first else { return nil }
    return sections.dropFirst().reduce(first) { all, next in
      (try? Section(
        x1: min(all.x1, next.x1), x2: max(all.x2, next.x2), y1: min(all.y1, next.y1), y2: max(all.y2, next.y2)
      ))
        ?? all
    }
  }

  /// The pixels that saw no sky.
  package var outside: Mask {
    var plane = Plane<UInt8>(width: shape.width, height: shape.height, repeating: 1)
    for section in sections {
      for y in section.rows {
        for x in section.columns { plane.pixels[y * shape.width + x] = 0 }
      }
    }
    return Mask(plane: plane)
  }
}
