import Foundation

@testable import Files
@testable import Kernels

/// Reads uncompressed image HDUs, so that these tests stand on their own.
struct PlainFITS {
  struct HDU {
    var header: Header
    var width: Int
    var height: Int
    var bytes: [UInt8]

    private func integers<T: FixedWidthInteger>(_ type: T.Type) -> [T] {
      let size = MemoryLayout<T>.size
      return (0..<width * height).map { index in
        bytes[index * size..<(index + 1) * size].reduce(T.zero) { $0 << 8 | T(truncatingIfNeeded: $1) }
      }
    }

    var image: Image {
      let zero = header.number("BZERO") ?? 0
      var image = Image(pixels: Plane(width: width, height: height, repeating: 0), header: header)
      switch header.integer("BITPIX") {
      case 8: image = with(bytes.map { Float($0) }, .uint8)
      case 16:
        image = with(
          integers(Int16.self).map { Float($0) + Float(zero) }, zero == 0 ? .int16 : .uint16)
      case 32:
        image = with(integers(Int32.self).map { Float($0) }, .int32)
        image.exactPixels = .int64(integers(Int32.self).map { Int64($0) })
      case -32: image = with(integers(UInt32.self).map { Float(bitPattern: $0) }, .float32)
      case -64:
        let values = integers(UInt64.self).map { Double(bitPattern: $0) }
        image = with(values.map { Float($0) }, .float64)
        image.exactPixels = .float64(values)
      default: break
      }
      return image
    }

    private func with(_ pixels: [Float], _ type: PixelType) -> Image {
      Image(
        pixels: Plane(width: width, height: height, pixels: Array(pixels.prefix(width * height))),
        header: header, storedType: type)
    }
  }

  var hdus: [HDU] = []

  init(_ url: URL) throws {
    let bytes = [UInt8](try Data(contentsOf: url))
    var position = 0
    while position < bytes.count {
      var cards: [String] = []
      while true {
        let card = String(decoding: bytes[position..<position + 80], as: UTF8.self)
        position += 80
        if card.hasPrefix("END ") { break }
        cards.append(String(card.reversed().drop { $0 == " " }.reversed()))
      }
      position = (position + 2879) / 2880 * 2880
      let header = Header(cards: cards)
      let width = header.integer("NAXIS1") ?? 0
      let height = header.integer("NAXIS2") ?? 0
      let size = width * height * abs(header.integer("BITPIX") ?? 8) / 8
      hdus.append(
        HDU(header: header, width: width, height: height, bytes: Array(bytes[position..<position + size])))
      position = (position + size + 2879) / 2880 * 2880
    }
  }

  /// The first image with the planes of a CCDData file.
  var image: Image {
    var image = hdus[0].image
    for hdu in hdus.dropFirst() {
      switch hdu.header.text("EXTNAME") {
      case "MASK":
        image.mask = Mask(plane: Plane(width: hdu.width, height: hdu.height, pixels: hdu.bytes))
      case "UNCERT":
        let kind = Uncertainty.Kind(rawValue: hdu.header.text("UTYPE") ?? "") ?? .standardDeviation
        let plane = hdu.image
        var exact: [Double]?
        if case .float64(let values)? = plane.exactPixels { exact = values }
        image.uncertainty = Uncertainty(
          kind: kind, values: plane.pixels, exactValues: exact, header: hdu.header)
      default: break
      }
    }
    return image
  }
}
