/// Which HDU of a FITS file is meant.
public enum HDUSelector: Sendable, Hashable {
  /// Counted from 0, the primary HDU.
  case number(Int)
  /// EXTNAME, upper or lower case.
  case name(String)
}

extension HDUSelector: CustomStringConvertible {
  public var description: String {
    switch self {
    case .number(let number): "\(number)"
    case .name(let name): name
    }
  }
}

/// One line of a file's listing, with the columns of product.md section 5 (`info`).
public struct HDUSummary: Sendable, Equatable {
  /// 0 for the primary HDU.
  public var number: Int
  /// EXTNAME; PRIMARY for a primary HDU without one.
  public var name: String
  /// EXTVER, 1 when absent.
  public var version: Int
  public var kind: Kind
  /// Cards of the header without END.
  public var cards: Int
  /// Lengths of the axes, NAXIS1 first; of a table rows and columns. Empty without data.
  public var dimensions: [Int]
  /// Pixel type such as `uint16`, or the column formats of a table such as `[K, K]`; empty without data.
  public var format: String

  public enum Kind: String, Sendable {
    case primary = "PrimaryHDU"
    case image = "ImageHDU"
    case compressedImage = "CompImageHDU"
    case asciiTable = "TableHDU"
    case binaryTable = "BinTableHDU"
  }

  public init(
    number: Int, name: String, version: Int, kind: Kind, cards: Int, dimensions: [Int], format: String
  ) {
    self.number = number
    self.name = name
    self.version = version
    self.kind = kind
    self.cards = cards
    self.dimensions = dimensions
    self.format = format
  }

  public var isTable: Bool { kind == .asciiTable || kind == .binaryTable }
}
