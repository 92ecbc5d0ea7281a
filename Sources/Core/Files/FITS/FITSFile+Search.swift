internal import CCFITSIO
import Kernels

extension FITSFile {
  /// Describes every HDU.
  func descriptions() throws -> [HDUDescription] {
    var all: [HDUDescription] = []
    while try move(to: all.count) { all.append(try describe()) }
    return all
  }

  /// Goes to the selected HDU.
  ///
  /// - Throws: `CRSError` (file) listing the HDUs when there is none such.
  func find(_ selector: HDUSelector, version: Int? = nil) throws -> HDUDescription {
    switch selector {
    case .number(let number):
      if number >= 0, try move(to: number) { return try describe() }
      throw CRSError.file("has no HDU \(number)", file: path, expected: try available())
    case .name(let wanted):
      var number = 0
      var names: [String] = []
      while try move(to: number) {
        let found = try describe()
        let name = found.name.isEmpty && number == 0 ? "PRIMARY" : found.name
        if name.uppercased() == wanted.trimmingBlanks().uppercased(),
          version == nil || version == found.header.integer("EXTVER") ?? 1
        {
          return found
        }
        names.append(name)
        number += 1
      }
      throw CRSError.file(
        "has no HDU named '\(wanted)'\(version.map { " of version \($0)" } ?? "")", file: path,
        expected: try available(), hint: didYouMean(wanted, among: names.filter { !$0.isEmpty }))
    }
  }

  /// The first HDU with pixels, the one that is read when the user names none.
  func firstImage() throws -> HDUDescription? {
    var number = 0
    while try move(to: number) {
      let found = try describe()
      if found.hasPixels { return found }
      number += 1
    }
    return nil
  }

  func firstImageOrFail() throws -> HDUDescription {
    guard let first = try firstImage() else {
      throw CRSError.file("holds no image", file: path, expected: try "an image; it has \(available())")
    }
    return first
  }

  /// The shape of a two-dimensional image, or of the part of it that is meant.
  ///
  /// - Throws: `CRSError` (file) saying what the HDU is instead and how to choose another.
  func shape(of hdu: HDUDescription) throws -> Shape {
    if let shape = hdu.shape { return hdu.part?.shape ?? shape }
    let size = hdu.usedAxes.map(String.init).joined(separator: "x")
    let message: String
    var hint: String? = "choose an HDU with ext=NUMBER or ext=NAME; the file has \(try available())"
    switch hdu.kind {
    case .asciiTable, .binaryTable: message = "is a table"
    case .image where !hdu.hasPixels: message = "has no pixels"
    case .image where hdu.usedAxes.count > 2:
      message = "is a cube of \(size) pixels"
      let planes = Array(repeating: "1", count: hdu.usedAxes.count - 2)
      hint =
        "load it with planes=yes as a stack of its planes, or one plane with '\(path)[\(hdu.number)]["
        + (["*", "*"] + planes).joined(separator: ",") + "]'"
    case .image: message = "has one axis of \(size) pixels"
    }
    throw CRSError.file(message, file: path, hdu: hdu.number, expected: "an image with two axes", hint: hint)
  }

  /// The cards of the primary HDU that are worth keeping when it has no pixels; nil otherwise.
  func emptyPrimaryCards() throws -> Header? { try emptyPrimary()?.keptCards }

  /// The primary HDU, which is the current one then, when it has no pixels; nil otherwise.
  func emptyPrimary() throws -> HDUDescription? {
    guard try move(to: 0) else { return nil }
    let primary = try describe()
    return primary.hasPixels ? nil : primary
  }

  /// A short list of the HDUs for messages.
  private func available() throws -> String {
    let all = try descriptions()
    let items = all.prefix(12).map { hdu in
      let name = hdu.name.isEmpty ? "" : " \(hdu.name)"
      let what =
        hdu.kind != .image
        ? "table" : hdu.hasPixels ? hdu.axes.map(String.init).joined(separator: "x") : "empty"
      return "\(hdu.number)\(name) (\(what))"
    }
    return items.joined(separator: ", ") + (all.count > 12 ? ", ..." : "")
  }

  /// The current HDU byte for byte.
  func carryCurrentHDU(named name: String, number: Int) throws -> CarriedHDU {
    let memory = try FITSFile.inMemory(path: path)
    var status: Int32 = 0
    ffphps(memory.handle, 8, 0, nil, &status)
    ffcopy(handle, memory.handle, 0, &status)
    try check(status, "cannot read this HDU")
    return CarriedHDU(name: name, number: number, bytes: try memory.withBytes { [UInt8]($0) })
  }
}
