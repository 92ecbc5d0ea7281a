import Kernels

extension Header {
  /// Keeps the cards true that say where an image's pixels are: world coordinates, logical coordinates, sections of
  /// data and detector, and the pattern of a colour mosaic.
  ///
  /// - Parameters:
  ///   - shape: of the image before.
  ///   - note: takes a sentence on cards that are left out.
  mutating func follow(_ geometry: Geometry, shape: Shape, note: (String) -> Void) {
    let (x, y): (AxisSpan, AxisSpan)
    switch geometry {
    case .section(let along, let across): (x, y) = (along, across)
    case .shift(let dx, let dy):
      (x, y) = (
        AxisSpan(start: 1 - dx, step: 1, count: shape.width),
        AxisSpan(start: 1 - dy, step: 1, count: shape.height)
      )
    }
    let isSame = [(x, shape.width), (y, shape.height)].allSatisfy {
      $0.start == 1 && $0.step == 1 && $0.count == $1
    }
    if isSame { return }
    if x.start != 1 || x.step != 1 || y.start != 1 || y.step != 1 { removeDistortedCoordinates(note: note) }
    followSections(x, y, shape: shape, note: note)
    followPattern(x, y)
    if case .section = geometry { beginLogicalCoordinates(x, y) }
    follow(x, axis: 1)
    follow(y, axis: 2)
  }

  // MARK: - Places in the full frame

  /// A section remembers where it lies in its frame, also where the frame's header had no logical coordinates.
  private mutating func beginLogicalCoordinates(_ x: AxisSpan, _ y: AxisSpan) {
    for (axis, span) in [(1, x), (2, y)] where span.start != 1 || span.step != 1 {
      if number("LTV\(axis)") == nil, number("LTM\(axis)_\(axis)") == nil { set("LTV\(axis)", .real(0)) }
    }
  }

  /// What has to be added to pixels of a section to have those of the full frame, as LTV1 and LTV2 say; 0 where the
  /// header has none, or other steps than whole pixels.
  package var corner: (x: Int, y: Int) {
    func added(_ axis: Int) -> Int {
      guard (number("LTM\(axis)_\(axis)") ?? 1) == 1, let value = number("LTV\(axis)"), abs(value) < 1e9
      else {
        return 0
      }
      return Int(exactly: -value.rounded()) ?? 0
    }
    return (added(1), added(2))
  }

  // MARK: - Distortions

  /// Removes world coordinates whose distortion is a table over the pixels, which cannot follow.
  private mutating func removeDistortedCoordinates(note: (String) -> Void) {
    var alternates: Set<String> = []
    for name in keywords {
      if name.hasPrefix("D2IM") || name == "AXISCORR" {
        alternates.insert("")
      } else if ["CPDIS", "CQDIS"].contains(where: { name.hasPrefix($0) }) {
        alternates.insert(String(name.dropFirst(5).drop(while: \.isNumber)))
      } else if let rest = ["DP", "DQ"].first(where: { name.hasPrefix($0) }).map({ name.dropFirst($0.count) }
      ),
        rest.first?.isNumber == true
      {
        alternates.insert(String(rest.drop(while: \.isNumber).prefix { $0.isLetter }))
      }
    }
    guard !alternates.isEmpty else { return }
    for name in keywords where WCSName.isWorldCoordinate(name, of: alternates) { remove(name) }
    note("the world coordinates have a distortion that cannot follow (lookup table): they are left out")
  }

  // MARK: - Sections

  private static let imageSections = ["DATASEC", "TRIMSEC", "BIASSEC", "DSEC", "TSEC", "BSEC"]
  /// With the section of the image that shows the same pixels.
  private static let detectorSections = [
    "CCDSEC": "DATASEC", "DETSEC": "DATASEC", "AMPSEC": "DATASEC", "CSEC": "DSEC", "ASEC": "DSEC",
  ]

  private mutating func followSections(
    _ x: AxisSpan, _ y: AxisSpan, shape: Shape, note: (String) -> Void
  ) {
    let whole = SectionLimits(x: (1, shape.width), y: (1, shape.height))
    // Sections of the detector need those of the image as they were.
    for name in keywords {
      guard let stem = Header.detectorSections.keys.first(where: { Header.isSection(name, stem: $0) }) else {
        continue
      }
      guard let text = text(name) else { continue }
      let imageName = (Header.detectorSections[stem] ?? "") + name.dropFirst(stem.count)
      let image = self.text(imageName).flatMap { SectionLimits($0) } ?? whole
      guard let old = SectionLimits(text) else {
        drop(section: name, text, note)
        continue
      }
      let (newX, newY) = (
        old.cut(along: \.x, to: x, image: image), old.cut(along: \.y, to: y, image: image)
      )
      guard let newX, let newY else {
        remove(name)
        continue
      }
      guard !newX.isUnclear, !newY.isUnclear else {
        drop(section: name, text, note)
        continue
      }
      set(name, .text(SectionLimits(x: newX.limits, y: newY.limits).description))
    }
    for name in keywords where Header.imageSections.contains(where: { Header.isSection(name, stem: $0) }) {
      guard let text = text(name) else { continue }
      guard let old = SectionLimits(text) else {
        drop(section: name, text, note)
        continue
      }
      if let newX = x.places(of: old.x), let newY = y.places(of: old.y) {
        set(name, .text(SectionLimits(x: newX, y: newY).description))
      } else {
        remove(name)
      }
    }
  }

  /// `STEM`, or with the number or letters of an amplifier behind it.
  private static func isSection(_ name: String, stem: String) -> Bool {
    guard name.hasPrefix(stem) else { return false }
    let rest = name.dropFirst(stem.count)
    return rest.count <= 2 && rest.allSatisfy { $0.isNumber || $0.isLetter }
  }

  /// A section that cannot be cut is left out; one without numbers says nothing.
  private mutating func drop(section name: String, _ text: String, _ note: (String) -> Void) {
    guard text.contains(where: \.isNumber) else { return }
    remove(name)
    note("\(name) = '\(text)' cannot follow and is left out")
  }

  // MARK: - Colour mosaics

  private mutating func followPattern(_ x: AxisSpan, _ y: AxisSpan) {
    let hasPattern = ["BAYERPAT", "COLORTYP", "CFAPAT"].contains { self[$0] != nil }
    if hasPattern, x.step % 2 == 0 || y.step % 2 == 0 {
      for name in ["BAYERPAT", "COLORTYP", "CFAPAT", "XBAYROFF", "YBAYROFF", "BAYOFFX", "BAYOFFY"] {
        remove(name)
      }
      return
    }
    for (names, span) in [(["XBAYROFF", "BAYOFFX"], x), (["YBAYROFF", "BAYOFFY"], y)] {
      let name = names.first { self[$0] != nil }
      guard name != nil || hasPattern else { continue }
      let offset = name.flatMap { number($0) } ?? 0
      guard offset.isFinite, abs(offset) < 1e9 else { continue }
      let moved = ((Int(offset) + span.start - 1) % 2 + 2) % 2
      if name != nil || moved != 0 { set(name ?? names[0], .integer(moved)) }
    }
    for (name, span) in [("XORGSUBF", x), ("YORGSUBF", y)] where span.step == 1 {
      if let origin = integer(name) { set(name, .integer(origin + span.start - 1)) }
    }
  }
}

/// `[x1:x2,y1:y2]` in a card, either axis turned round where the second number is smaller.
private struct SectionLimits: CustomStringConvertible {
  var x: (first: Int, last: Int)
  var y: (first: Int, last: Int)

  init(x: (Int, Int), y: (Int, Int)) { (self.x, self.y) = (x, y) }

  init?(_ text: String) {
    var body = Substring(text.filter { $0 != " " })
    guard body.hasPrefix("["), body.hasSuffix("]") else { return nil }
    body = body.dropFirst().dropLast()
    let axes = body.split(separator: ",", omittingEmptySubsequences: false)
    guard axes.count == 2 else { return nil }
    let numbers = axes.map { $0.split(separator: ":").map { Int($0) } }
    guard numbers.allSatisfy({ $0.count == 2 }), let x1 = numbers[0][0], let x2 = numbers[0][1],
      let y1 = numbers[1][0], let y2 = numbers[1][1], [x1, x2, y1, y2].allSatisfy({ abs($0) < 1 << 31 })
    else { return nil }
    (x, y) = ((x1, x2), (y1, y2))
  }

  var description: String { "[\(x.first):\(x.last),\(y.first):\(y.last)]" }

  /// What is left of a detector's pixels along one axis when only `span` of the image is kept; nil when nothing is.
  ///
  /// `isUnclear`: the section and that of the image do not show the same pixels.
  func cut(
    along axis: KeyPath<SectionLimits, (first: Int, last: Int)>, to span: AxisSpan, image: SectionLimits
  ) -> (limits: (Int, Int), isUnclear: Bool)? {
    let (detector, data) = (self[keyPath: axis], image[keyPath: axis])
    let (length, shown) = (abs(detector.last - detector.first) + 1, data.last - data.first + 1)
    guard shown > 0, length % shown == 0 else { return ((0, 0), true) }
    guard let kept = span.kept(of: data) else { return nil }
    let binning = length / shown
    let sign = detector.last >= detector.first ? 1 : -1
    let first = detector.first + sign * binning * (kept.first - data.first)
    let last = detector.first + sign * (binning * (kept.last - data.first + 1) - 1)
    return (span.step > 0 ? (first, last) : (last, first), false)
  }
}

extension AxisSpan {
  /// The first and last pixel of a range (from 1) that the span takes, in the numbers of the whole axis; nil for none.
  fileprivate func kept(of range: (first: Int, last: Int)) -> (first: Int, last: Int)? {
    guard let (low, high) = places(of: range) else { return nil }
    let (a, b) = (start + (low - 1) * step, start + (high - 1) * step)
    return (min(a, b), max(a, b))
  }

  /// Where the pixels of a range (from 1) lie in what the span takes; nil when none does.
  fileprivate func places(of range: (first: Int, last: Int)) -> (Int, Int)? {
    let (low, high) = (min(range.first, range.last), max(range.first, range.last))
    let size = abs(step)
    // Steps from the span's first pixel to the nearest and the farthest one in the range.
    let (near, far) = step > 0 ? (low - start, high - start) : (start - high, start - low)
    let first = max(0, near <= 0 ? 0 : (near + size - 1) / size)
    let last = min(count - 1, far < 0 ? -1 : far / size)
    guard first <= last else { return nil }
    return (first + 1, last + 1)
  }
}

/// Keywords of world coordinates.
private enum WCSName {
  private static let stems = [
    "CTYPE", "CRPIX", "CRVAL", "CDELT", "CROTA", "CUNIT", "CD", "PC", "PV", "PS", "CRDER", "CSYER", "CPDIS",
    "CQDIS", "CPERR", "CQERR", "DP", "DQ",
  ]
  private static let singles = ["WCSNAME", "WCSAXES", "LONPOLE", "LATPOLE", "DVERR"]

  /// - Parameter alternates: letters of coordinate systems, empty for the first one.
  static func isWorldCoordinate(_ name: String, of alternates: Set<String>) -> Bool {
    if alternates.contains("") {
      if name.hasPrefix("D2IM") || name == "AXISCORR" { return true }
      for stem in ["A_", "B_", "AP_", "BP_"] where name.hasPrefix(stem) { return true }
    }
    for stem in singles where name.hasPrefix(stem) {
      return alternates.contains(String(name.dropFirst(stem.count)))
    }
    for stem in stems where name.hasPrefix(stem) {
      let rest = name.dropFirst(stem.count)
      guard rest.first?.isNumber == true else { continue }
      let letters = rest.filter { $0.isLetter }
      if letters.count <= 1, rest.allSatisfy({ $0.isNumber || $0.isLetter || $0 == "_" || $0 == "." }) {
        return alternates.contains(String(letters))
      }
      // Records such as DP1.EXTVER.
      if stem == "DP" || stem == "DQ", rest.drop(while: \.isNumber).hasPrefix(".") {
        return alternates.contains("")
      }
    }
    return false
  }
}
