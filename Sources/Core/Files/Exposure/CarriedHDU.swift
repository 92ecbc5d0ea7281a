/// An HDU that no command looks into, kept byte for byte so that saving an image loses nothing:
/// tables, cubes, and images of another shape than the one they came with.
package struct CarriedHDU: Sendable, Equatable {
  /// EXTNAME, empty without one.
  package let name: String
  /// A whole FITS file: an empty primary HDU and the carried one.
  package let bytes: [UInt8]

  package init(name: String, bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }
}
