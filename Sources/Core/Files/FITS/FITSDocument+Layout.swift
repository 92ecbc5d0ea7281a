import Kernels

extension FITSDocument {
  /// Several images of one file in its layout: each HDU once, the images with what they are now.
  ///
  /// - Throws: `CRSError` (data) when the images do not come from different HDUs of one file.
  package init(
    layout images: [Image], pixelType: PixelType? = nil, clips: Bool = false, history: [String] = []
  ) throws {
    let places = images.compactMap(\.origin)
    guard !images.isEmpty, places.count == images.count, Set(places.map(\.file)).count == 1,
      Set(places.map(\.hdu)).count == images.count
    else {
      throw CRSError.data(
        "the images do not come from different HDUs of one file", expected: "a list made by load ext=all")
    }
    // HDUs by their place in the file; those that an image had made anew stand behind all others.
    var hdus: [Int: FITSOutputHDU] = [:]
    var made: [FITSOutputHDU] = []
    var primary: Header?
    for image in images {
      var image = image
      image.writeDetectorCards()
      let others = image.others
      image.others = others.filter { if case .plane = $0 { true } else { false } }
      image.othersInFront = 0
      var written = try FITSDocument(image: image, pixelType: pixelType, clips: clips, history: history).hdus[
        ...]
      if image.primaryHeader != nil {
        let own = written.popFirst()?.header
        primary = primary ?? own
      }
      // The image, its planes in their order, then what was made beside it.
      hdus[image.origin?.hdu ?? 0] = written.popFirst()
      for (plane, output) in zip(image.others, written) {
        if let number = plane.number { hdus[number] = output } else { made.append(output) }
      }
      made += written.dropFirst(image.others.count)
    }
    // What no image of the list has, as any of them passed it on.
    for case .carried(let hdu) in images.flatMap(\.others) where hdus[hdu.number] == nil {
      hdus[hdu.number] = FITSOutputHDU(content: .carried(hdu))
    }
    var all: [FITSOutputHDU] = []
    if let primary { all.append(FITSOutputHDU(header: primary, content: .empty)) }
    all += hdus.keys.sorted().compactMap { hdus[$0] } + made
    self.init(hdus: all)
  }

  /// Masks of several images of one file, an extension each with the name and version of its image.
  package init(masks: [Mask], history: [String] = []) {
    var primary = Header()
    history.forEach { primary.addHistory($0) }
    var hdus = [FITSOutputHDU(header: primary, content: .empty)]
    for (index, mask) in masks.enumerated() {
      let name = (mask.owner as? MaskHeader)?.origin?.name ?? ""
      hdus.append(
        FITSOutputHDU(
          name: name.isEmpty ? "MASK\(index + 1)" : name, header: MaskHeader.saved(mask),
          content: .image(.uint8(mask.plane))))
    }
    self.init(hdus: hdus)
  }
}
