/// An HDU that no command looks into, kept byte for byte so that saving an image loses nothing:
/// tables, and images that are not the one they came with.
package struct CarriedHDU: Sendable, Equatable {
  /// EXTNAME, empty without one.
  package let name: String
  /// Its place in the file, 0 for the primary HDU.
  package let number: Int
  /// A whole FITS file: an empty primary HDU and the carried one.
  package let bytes: [UInt8]

  package init(name: String, number: Int, bytes: [UInt8]) {
    (self.name, self.number, self.bytes) = (name, number, bytes)
  }

  /// Whether it is an image that was the primary HDU.
  var isPrimary: Bool { number == 0 }
}
