/// A FITS file to be written, HDU after HDU.
public struct FITSDocument: Sendable {
  public var hdus: [FITSOutputHDU]

  public init(hdus: [FITSOutputHDU]) { self.hdus = hdus }
}

/// One HDU to be written.
public struct FITSOutputHDU: Sendable {
  public enum Content: Sendable {
    /// No data.
    case empty
    case image(FITSPixels)
    /// A binary table of 64-bit integer columns (format K) of equal length.
    case table([IntegerColumn])
    /// An HDU passed on byte for byte; its own header is written.
    case carried(CarriedHDU)
  }

  public struct IntegerColumn: Sendable, Equatable {
    /// TTYPE.
    public var name: String
    public var values: [Int64]

    public init(name: String, values: [Int64]) {
      self.name = name
      self.values = values
    }
  }

  /// EXTNAME; nil to leave the name to the header.
  public var name: String?
  /// The cards behind the structural ones, which the writer makes itself.
  public var header: Header
  public var content: Content

  public init(name: String? = nil, header: Header = Header(), content: Content) {
    self.name = name
    self.header = header
    self.content = content
  }
}

/// How a file is made smaller, always without loss.
public enum FITSCompression: String, Sendable, CaseIterable {
  /// The whole file gzipped, as a name that ends in `.gz` also asks for.
  case gzip
  /// Every image in tiles: Rice for integers, gzip for floats. 64-bit integers stay as they are.
  case tiles
}
