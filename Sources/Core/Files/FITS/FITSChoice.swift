import Kernels

/// What brackets behind a file name choose: an HDU, and a part of it.
///
/// `[3]`, `[NAME]` and `[NAME,VERSION]` are HDUs; `[x1:x2, y1:y2]` behind them or alone is a section,
/// `[bin X,Y]` an image of two columns of a table.
struct FITSChoice: Equatable {
  enum Part: Equatable {
    case section(FITSSection)
    case bins(FITSBins)
  }

  var selector: HDUSelector?
  /// EXTVER in `[NAME,VERSION]`.
  var version: Int?
  var part: Part?

  init(selector: HDUSelector? = nil, version: Int? = nil, part: Part? = nil) {
    self.selector = selector
    self.version = version
    self.part = part
  }

  /// - Throws: `CRSError` (file) for everything that this type does not name, with the way to get it.
  init(brackets: Substring, of file: String) throws {
    let groups = try FITSChoice.groups(brackets, file)
    var rest = groups[...]
    if let first = rest.first, !FITSBins.isMeant(by: first), !FITSSection.isMeant(by: first) {
      guard let hdu = FITSChoice.hdu(first) else { throw FITSChoice.refusal(of: first, file) }
      (selector, version) = hdu
      rest = rest.dropFirst()
    }
    if let next = rest.first {
      if FITSBins.isMeant(by: next) {
        part = .bins(try FITSBins(next, of: file))
      } else if next.contains(where: { ":*,".contains($0) }), let section = FITSSection(next) {
        part = .section(section)
      } else if FITSSection.isMeant(by: next) {
        throw CRSError.file("'[\(next)]' is not a section", file: file, expected: FITSSection.form)
      } else {
        throw FITSChoice.refusal(of: next, file)
      }
      rest = rest.dropFirst()
    }
    if let further = rest.first {
      throw CRSError.file(
        "'[\(further.prefix(40))]' is one bracket too many", file: file, expected: FITSChoice.form)
    }
  }

  /// The texts between brackets; brackets within brackets belong to cfitsio's filters.
  private static func groups(_ brackets: Substring, _ file: String) throws -> [Substring] {
    var groups: [Substring] = []
    var rest = brackets
    while rest.first == "[" {
      guard let end = rest.firstIndex(of: "]") else {
        throw CRSError.file("']' is missing at the end of the name", file: file)
      }
      let inner = rest[rest.index(after: rest.startIndex)..<end]
      guard !inner.contains("[") else { throw refusal(of: inner, file) }
      groups.append(inner)
      rest = rest[rest.index(after: end)...]
    }
    guard rest.isEmpty else {
      throw CRSError.file("'\(rest.prefix(40))' behind ']' is not understood", file: file, expected: form)
    }
    return groups
  }

  /// `3`, `NAME` or `NAME,2`; nil for anything else.
  private static func hdu(_ text: Substring) -> (selector: HDUSelector?, version: Int?)? {
    let trimmed = text.trimmingBlanks()
    if let number = Int(trimmed) { return (.number(number), nil) }
    let parts = trimmed.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingBlanks() }
    let version = parts.count == 2 ? Int(parts[1]) : nil
    guard let name = parts.first, !name.isEmpty, parts.count == 1 || version != nil,
      name.allSatisfy({ $0.isLetter || $0.isNumber || "_-. ".contains($0) }),
      !["col", "pix", "compress"].contains(where: { (name.lowercased() + " ").hasPrefix($0 + " ") })
    else { return nil }
    return (.name(name), version)
  }

  private static let form = "[HDU], [x1:x2, y1:y2] or [bin X,Y]"

  private static func refusal(of group: Substring, _ file: String) -> CRSError {
    let word = group.trimmingBlanks().lowercased().prefix { $0.isLetter }
    let hint =
      switch word {
      case "compress": "compression is chosen when saving: compress=tiles"
      case "col", "pix", "pixr", "pixi", "pixb", "pixj", "pixd":
        "load the file, then calculate with the image"
      case _ where group.contains { "()@'\"<>=&|!".contains($0) }:
        "filters, which select rows and open other files, are not run"
      default: "an HDU with another name is chosen by ext=NUMBER"
      }
    return .file("'[\(group.prefix(40))]' is not taken", file: file, expected: form, hint: hint)
  }
}
