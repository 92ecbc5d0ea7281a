/// Which HDU of a FITS file is meant.
package enum HDUSelector: Sendable, Hashable {
  /// Counted from 0, the primary HDU.
  case number(Int)
  /// EXTNAME, upper or lower case.
  case name(String)
}

extension HDUSelector: CustomStringConvertible {
  package var description: String {
    switch self {
    case .number(let number): "\(number)"
    case .name(let name): name
    }
  }
}

/// One line of a file's listing, with the columns that `info` prints.
package struct HDUSummary: Sendable, Equatable {
  /// 0 for the primary HDU.
  package var number: Int
  /// EXTNAME; PRIMARY for a primary HDU without one.
  package var name: String
  /// EXTVER, 1 when absent.
  package var version: Int
  package var kind: Kind
  /// Cards of the header without END.
  package var cards: Int
  /// Lengths of the axes, NAXIS1 first; of a table rows and columns. Empty without data.
  package var dimensions: [Int]
  /// Pixel type such as `uint16`, or the column formats of a table such as `[K, K]`; empty without data.
  package var format: String

  package enum Kind: String, Sendable {
    case primary = "PrimaryHDU"
    case image = "ImageHDU"
    case compressedImage = "CompImageHDU"
    case asciiTable = "TableHDU"
    case binaryTable = "BinTableHDU"
  }

  package init(
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
}
