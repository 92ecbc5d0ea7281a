import Kernels

extension FITSReader {
  /// What a file tells of the image that `image(at:)` takes without a look at its pixels: its size, and an image with
  /// the cards, unit and origin, whose only pixel means nothing.
  ///
  /// - Throws: `CRSError` (file), as `image(at:)`.
  package static func frame(at path: String, note: (String) -> Void) throws -> (shape: Shape, image: Image) {
    let path = try FITSPath(path)
    if case .bins? = path.choice.part {
      let image = try image(at: path.text)
      return (image.shape, image)
    }
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path)
      var main = try found(file, path.choice.selector, path)
      if case .section(let section)? = path.choice.part { main = try file.plane(section, of: main).plane }
      let shape = try file.shape(of: main)
      var image = Image(
        pixels: Plane(width: 1, height: 1, repeating: 0), header: main.keptCards, storedType: main.storedType)
      if main.number > 0, !main.wasPrimary { image.primaryHeader = try file.emptyPrimaryCards() }
      image.origin = ImageOrigin(file: file.path, hdu: main.number, name: main.name)
      image.unit = image.cards.unit
      let layout = FileLayout(try file.descriptions())
      if let choice = layout.choice(main, isNamed: path.choice.selector != nil) { note(choice) }
      image.cards.contradictions.forEach(note)
      return (shape, image)
    }
  }
}
