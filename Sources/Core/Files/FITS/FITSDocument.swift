/// A FITS file to be written, HDU after HDU.
package struct FITSDocument: Sendable {
  package var hdus: [FITSOutputHDU]

  package init(hdus: [FITSOutputHDU]) { self.hdus = hdus }
}

/// One HDU to be written.
package struct FITSOutputHDU: Sendable {
  package enum Content: Sendable {
    /// No data.
    case empty
    case image(StoredPixels)
    /// A plane as its numbers are stored.
    case stored(ExtraPlane)
    /// A binary table of 64-bit integer columns (format K) of equal length.
    case table([IntegerColumn])
    /// An HDU passed on byte for byte; its own header is written.
    case carried(CarriedHDU)
  }

  package struct IntegerColumn: Sendable, Equatable {
    /// TTYPE.
    package var name: String
    package var values: [Int64]

    package init(name: String, values: [Int64]) {
      self.name = name
      self.values = values
    }
  }

  /// EXTNAME; nil to leave the name to the header.
  package var name: String?
  /// The cards behind the structural ones, which the writer makes itself.
  package var header: Header
  package var content: Content

  package init(name: String? = nil, header: Header = Header(), content: Content) {
    self.name = name
    self.header = header
    self.content = content
  }
}

/// How a file is made smaller, always without loss.
package enum FITSCompression: String, Sendable, CaseIterable {
  /// The whole file gzipped, as a name that ends in `.gz` also asks for.
  case gzip
  /// Every image in tiles: Rice for integers, gzip for floats. 64-bit integers stay as they are.
  case tiles
}
