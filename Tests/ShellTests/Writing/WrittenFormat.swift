import Testing

/// Something that the program writes, for tests of how it writes.
struct WrittenFormat: Sendable, CustomTestStringConvertible {
  /// The file.
  let name: String
  /// What makes the value.
  let making: String
  /// What writes it.
  let writing: String

  var testDescription: String { name }

  /// - Parameter overwrite: whether a file of the name may be replaced.
  func statement(overwrite: Bool = false) -> String {
    making + "; " + writing + (overwrite ? " overwrite=yes" : "")
  }

  private static let image = "s, truth = simulate nx=400 ny=300 n=3 seed=1; x = s[1]"

  static let all = [
    WrittenFormat(name: "f.fits", making: image, writing: "save x f.fits"),
    WrittenFormat(name: "f.fits.gz", making: image, writing: "save x f.fits.gz"),
    WrittenFormat(name: "tiles.fits", making: image, writing: "save x tiles.fits compress=tiles"),
    WrittenFormat(name: "f.csv", making: image + "; t = label (x > 3)", writing: "save t f.csv"),
    WrittenFormat(
      name: "f.yaml", making: image + "; d = mmdiagram s seed=1; b = fitboundary d", writing: "save b f.yaml"),
    WrittenFormat(name: "f.png", making: image, writing: "plot x f.png dpi=200"),
    WrittenFormat(name: "f.pdf", making: image, writing: "plot x f.pdf"),
    WrittenFormat(name: "f.crs", making: image, writing: "history f.crs"),
  ]
}
