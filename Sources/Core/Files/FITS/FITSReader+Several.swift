import Kernels

extension FITSReader {
  /// The masks that a file of saved masks holds, with the cards of their images; nil when the file is none.
  package static func savedMasks(at path: String, strict: Bool = false, work: Work? = nil) throws -> [Mask]? {
    let parsed = try FITSPath(path)
    guard parsed.choice == FITSChoice() else { return nil }
    return try FITSLibrary.exclusively {
      try savedMasks(FITSFile.open(parsed, strict: strict, work: work), work: work)
    }
  }

  static func savedMasks(_ file: FITSFile, work: Work?) throws -> [Mask]? {
    guard let first = try file.firstImage(), first.header[MaskHeader.card] == .logical(true) else {
      return nil
    }
    if let primary = try file.emptyPrimary() { try file.checkSums(primary, work: work) }
    let masks = try file.descriptions().filter { $0.is2D && $0.header[MaskHeader.card] == .logical(true) }.map
    {
      try savedMask(file, $0, work: work)
    }
    try file.checkAllSums(work: work)
    return masks
  }

  /// A saved mask that brackets or `hdu` choose, or a section of it; nil where the HDU is none.
  static func savedMask(
    _ file: FITSFile, _ path: FITSPath, _ selector: HDUSelector?, work: Work?
  ) throws -> Mask? {
    if case .bins? = path.choice.part { return nil }
    let hdu = try found(file, selector, path)
    guard hdu.is2D, hdu.header[MaskHeader.card] == .logical(true) else { return nil }
    guard case .section(let section)? = path.choice.part else { return try savedMask(file, hdu, work: work) }
    return try savedMask(file, file.plane(section, of: hdu).plane, work: work)
  }

  private static func savedMask(_ file: FITSFile, _ hdu: HDUDescription, work: Work?) throws -> Mask {
    guard try file.move(to: hdu.number) else {
      throw CRSError.file("has no HDU \(hdu.number)", file: file.path)
    }
    var mask = try mask(file, hdu, work: work)
    var header = hdu.keptCards
    header.remove(MaskHeader.card)
    if let part = hdu.part, let frame = hdu.shape {
      header.follow(part.geometry, shape: frame, note: { _ in })
    }
    mask.owner = MaskHeader(
      header: header, origin: ImageOrigin(file: file.path, hdu: hdu.number, name: hdu.name))
    return mask
  }

  /// How many images of the sky a file has; 0 when there is no such FITS file.
  package static func countImages(at path: String) throws -> Int {
    guard let parsed = try? FITSPath(path), parsed.choice == FITSChoice() else { return 0 }
    return try FITSLibrary.exclusively {
      guard let file = try? FITSFile.open(parsed) else { return 0 }
      return FileLayout(try file.descriptions()).images.count
    }
  }

  /// The name of a FITS file that chooses an HDU too, in front of the section that it may have; nil for what is none.
  ///
  /// - Throws: `CRSError` (usage) when the name chooses an HDU already.
  package static func name(_ path: String, choosing ext: String) throws -> String? {
    guard let parsed = try? FITSPath(path) else { return nil }
    if parsed.choice == FITSChoice() { return try countImages(at: path) > 0 ? path + "[\(ext)]" : nil }
    guard parsed.choice.selector == nil else {
      throw CRSError.usage(
        "both the name '\(path)' and ext=\(ext) choose an HDU", parameter: "ext", expected: "one of them")
    }
    guard path.hasPrefix(parsed.file.text) else { return nil }
    return parsed.file.text + "[\(ext)]" + path.dropFirst(parsed.file.text.count)
  }

  /// Every image of the sky in a file, in its order, each with its own planes and with the rest of the file beside it.
  ///
  /// - Throws: `CRSError` (file) when the name chooses a part, or there is no image.
  package static func images(
    at path: String, options: PlaneOptions = PlaneOptions(), strict: Bool = false, work: Work? = nil,
    report: (ReadingReport) -> Void
  ) throws -> [Image] {
    let path = try FITSPath(path)
    guard path.choice == FITSChoice() else {
      throw CRSError.file(
        "the name chooses an HDU, ext=all takes every one", file: path.text, expected: "one of them")
    }
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path, strict: strict, work: work)
      let layout = FileLayout(try file.descriptions())
      guard !layout.images.isEmpty else {
        return [try wholeImage(file, file.firstImageOrFail(), options: options, work: work).image]
      }
      // HDUs that several images pass on are read once and shared.
      var carried: [Int: CarriedHDU] = [:]
      return try layout.images.map { main in
        let (image, told) = try wholeImage(
          file, main, layout: layout, options: options, carried: &carried, work: work)
        report(ReadingReport(planes: told.planes.map { "\(layout.label(main)): \($0)" }, notes: told.notes))
        return image
      }
    }
  }

  /// The planes of a cube as images of their own.
  ///
  /// - Parameter force: whether planes that do not look like equivalent exposures are taken too.
  /// - Throws: `CRSError` (file) when the HDU is no cube; (data) when its planes are no equivalent exposures.
  package static func planes(
    at path: String, hdu: HDUSelector? = nil, options: PlaneOptions = PlaneOptions(), strict: Bool = false,
    force: Bool = false, work: Work? = nil, report: (ReadingReport) -> Void
  ) throws -> [Image] {
    let path = try FITSPath(path)
    guard path.choice.part == nil else {
      throw CRSError.file("a part of a cube has no planes of its own", file: path.text, expected: "the cube")
    }
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path, strict: strict, work: work)
      let selector = try combined(path, hdu)
      let main = try found(file, selector, path)
      guard main.hasPixels, main.usedAxes.count == 3, let count = main.usedAxes.last else {
        let isImage = main.hasPixels && main.usedAxes.count <= 2
        if isImage, main.axes.count > 2 {
          throw CRSError.file(
            "has one plane only: \(main.axes.map(String.init).joined(separator: "x")) pixels",
            file: file.path,
            hdu: main.number, expected: "a cube of several planes",
            hint: "without planes=yes it is one image")
        }
        throw CRSError.file(
          "has no planes: \(main.axes.map(String.init).joined(separator: "x")) pixels", file: file.path,
          hdu: main.number, expected: "a cube (NAXIS = 3)")
      }
      let cube = PlanesOfCube(header: main.header, count: count)
      if !force, let reason = cube.reason { throw refusal(reason, file, main) }
      var images: [Image] = []
      for number in 1...count {
        try work?.checkCancelled()
        guard try file.move(to: main.number) else { break }
        let section = FITSSection(axes: [
          .whole(isReversed: false, step: 1), .whole(isReversed: false, step: 1),
          .range(number, number, step: 1),
        ])
        let (plane, _, _) = try file.plane(section, of: main)
        var (image, told) = try wholeImage(
          file, plane, isNamed: selector != nil, options: options, work: work)
        image.origin?.plane = number
        report(
          ReadingReport(
            planes: told.planes.map { "plane \(number): \($0)" }, notes: number == 1 ? told.notes : []))
        images.append(image)
      }
      if !force, PlanesOfCube.growSteadily(images.map(\.pixels)) {
        throw refusal("the levels of its planes grow steadily, as the reads of a ramp do", file, main)
      }
      return images
    }
  }

  private static func refusal(_ reason: String, _ file: FITSFile, _ main: HDUDescription) -> CRSError {
    CRSError(
      .data, reason, file: file.path, hdu: main.number, parameter: "planes", expected: "equivalent exposures",
      hint: "force=yes takes the planes all the same")
  }
}

/// Whether the planes of a cube may be equivalent exposures.
struct PlanesOfCube {
  /// Why they are none, as the header tells; nil when nothing speaks against it.
  let reason: String?

  private static let neutral: Set<String> = [
    "", "PLANE", "PLANES", "INDEX", "EXPOSURE", "EXPOSURES", "FRAME", "FRAMES", "INTEGRATION", "INTEGRATIONS",
    "PIXEL",
    "NUMBER", "LINEAR", "TIME", "NONE",
  ]

  init(header: Header, count: Int) {
    let axis = header.text("CTYPE3")?.trimmingBlanks().uppercased() ?? ""
    let isColour =
      axis == "RGB"
      || count == 3
        && ["COLORSPC", "CSPACE", "COLORTYP", "COLORMOD", "CTYPE3"].contains {
          header.text($0)?.uppercased().contains("RGB") == true
        }
    if isColour {
      reason = "its planes are the colours of one image"
    } else if !PlanesOfCube.neutral.contains(axis) {
      reason = "its third axis is \(axis) (CTYPE3), a physical one"
    } else {
      reason = nil
    }
  }

  /// Whether each plane lies above the one before by about the same, more than noise explains.
  static func growSteadily(_ planes: [Plane<Float>]) -> Bool {
    guard planes.count >= 3 else { return false }
    var steps: [Double] = []
    for (a, b) in zip(planes, planes.dropFirst()) {
      let differences = zip(b.pixels, a.pixels).map { $0 - $1 }.filter(\.isFinite)
      guard differences.count >= 25, let middle = lowMedian(differences),
        let spread = lowMedian(differences.map { abs($0 - middle) })
      else { return false }
      // Scatter of the median of so many differences.
      let error = 1.25 * 1.4826 * Double(spread) / Double(differences.count).squareRoot()
      guard Double(middle) > 5 * error, middle > 0 else { return false }
      steps.append(Double(middle))
    }
    guard let least = steps.min(), let most = steps.max() else { return false }
    return most < 3 * least
  }
}
