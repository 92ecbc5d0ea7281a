import Files
import Foundation
import Glibc
import Kernels
import TestSupport

/// FITS files, plain and packed: headers, images, tables, checksums, tiles. Read twice they give the same.
package final class FITSFuzzing: FuzzTarget {
  package static let name = "fits"
  package static let longest = 24 << 10

  private let folder = try? ScratchFolder()
  private let file: ReusedFile

  package init() throws {
    guard let folder else { throw FuzzFault("no folder") }
    file = try ReusedFile("x.fits", in: folder)
  }

  package func run(_ input: [UInt8]) throws {
    try file.write(input)
    // Memory that nobody fills has other contents the second time, where malloc can be told so.
    _ = setMalloc(perturb, 0x55)
    let first = try outcome()
    _ = setMalloc(perturb, 0x2A)
    let second = try outcome()
    _ = setMalloc(perturb, 0)
    guard first == second else { throw FuzzFault("two readings differ: \(first) and \(second)") }
    try attempt {
      for hdu in try FITSReader.listing(of: file.path).prefix(4) {
        try attempt { _ = try FITSReader.image(at: file.path, hdu: .number(hdu.number), strict: true) }
        try attempt { _ = try FITSReader.cards(at: file.path, hdu: .number(hdu.number)) }
        try attempt { _ = try FITSReader.mask(at: file.path, hdu: .number(hdu.number)) }
        try attempt { _ = try FITSReader.mask(at: "\(file.path)[\(hdu.number)][2:3,1:2]") }
        try attempt { _ = try FITSReader.image(at: "\(file.path)[\(hdu.number)][bin X,Y]") }
      }
    }
  }

  /// What the whole file is, in numbers.
  private func outcome() throws -> String {
    do {
      switch try FITSReader.content(at: file.path) {
      case .image(let image): return Self.digest(image)
      case .stack(let stack): return stack.exposures.map(Self.digest).joined(separator: ",")
      case .maskSet(let set): return ([set.medianCR, set.meanCRT] + set.exposures).map(Self.digest).joined()
      case .masks(let masks): return masks.map(Self.digest).joined()
      }
    } catch let error as CRSError {
      return error.description
    }
  }

  private static func digest(_ image: Image) -> String {
    var sum: UInt64 = 14_695_981_039_346_656_037
    func add(_ bits: UInt64) { sum = (sum ^ bits) &* 1_099_511_628_211 }
    image.pixels.pixels.forEach { add(UInt64($0.bitPattern)) }
    image.mask?.plane.pixels.forEach { add(UInt64($0)) }
    image.uncertainty?.values.pixels.forEach { add(UInt64($0.bitPattern)) }
    image.header.cards.joined().utf8.forEach { add(UInt64($0)) }
    return "\(image.width)x\(image.height) \(image.storedType) \(sum)"
  }

  private static func digest(_ mask: Mask?) -> String {
    guard let mask else { return "none" }
    let hash = mask.plane.pixels.reduce(UInt64(7)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    return "\(mask.shape) \(hash)"
  }
}

/// M_PERTURB of malloc.h, which Swift's Glibc leaves out: the byte with which memory is filled.
private let perturb: CInt = -6

@_silgen_name("mallopt")
private func setMalloc(_ parameter: CInt, _ value: CInt) -> CInt
