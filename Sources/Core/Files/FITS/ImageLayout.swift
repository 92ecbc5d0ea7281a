import Kernels

extension FITSDocument {
  /// The HDUs of an image's file in their order: an empty primary one, what stands in front, the image, what stands
  /// behind it, and at the end mask and errors where the file has no extension for them.
  init(primary: Header?, main: FITSOutputHDU, companions image: Image) {
    var others = image.others.map(FITSDocument.output)
    var made: [FITSOutputHDU] = []
    if let mask = image.changedMask {
      if let index = image.others.firstIndex(where: { $0.holdsPlainMask }) {
        others[index].header.remove("BLANK")
        others[index].content = .image(.uint8(mask.plane))
      } else {
        // A plane of bits may have the name already.
        let isTaken = image.others.contains { $0.name.uppercased() == "MASK" }
        made.append(image.made(name: isTaken ? "BPM" : "MASK", Header(), .image(.uint8(mask.plane))))
      }
    }
    let index = image.others.firstIndex { $0.uncertainty != nil }
    if let errors = image.uncertainty {
      if let index {
        if image.others[index].uncertainty != errors {
          others[index].content = .image(errors.stored)
          others[index].header = errors.savedHeader(of: image.unit)
        }
      } else {
        made.append(image.made(name: errors.name, errors.savedHeader(of: image.unit), .image(errors.stored)))
      }
    }
    let place = min(max(0, image.othersInFront), others.count)
    var hdus: [FITSOutputHDU] = []
    if let primary { hdus.append(FITSOutputHDU(header: primary, content: .empty)) }
    hdus += others[..<place]
    hdus.append(main)
    // What is new stands behind everything else: HDUs keep their numbers.
    hdus += others[place...] + made
    self.init(hdus: hdus)
  }

  private static func output(_ companion: Companion) -> FITSOutputHDU {
    switch companion {
    case .plane(let plane): FITSOutputHDU(name: plane.name, header: plane.header, content: .stored(plane))
    case .carried(let hdu): FITSOutputHDU(content: .carried(hdu))
    }
  }
}

extension Companion {
  /// Whether it is a mask of 0 and 1, which another one may replace.
  fileprivate var holdsPlainMask: Bool {
    guard case .plane(let plane) = self, plane.mask != nil else { return false }
    return PlaneName(name: plane.name, header: plane.header)?.role == .mask
  }

  fileprivate var uncertainty: Uncertainty? {
    if case .plane(let plane) = self { plane.uncertainty } else { nil }
  }
}

extension Image {
  /// The mask where the file's planes say something else.
  fileprivate var changedMask: Mask? {
    let file = fileMask
    guard mask != file else { return nil }
    let mask = mask ?? Mask(shape: shape)
    return file == nil && mask.flagged == 0 ? nil : mask
  }

  /// An HDU that belongs to this image, also where the file has other images.
  fileprivate func made(name: String, _ header: Header, _ content: FITSOutputHDU.Content) -> FITSOutputHDU {
    var header = header
    var name = name
    if let version = self.header.integer("EXTVER") {
      header.set("EXTVER", .integer(version))
    } else if let origin, origin.siblings > 0, !origin.name.isEmpty, !name.contains(origin.name) {
      name += "_" + origin.name
    }
    return FITSOutputHDU(name: name, header: header, content: content)
  }
}

extension Uncertainty {
  /// The numbers to be written.
  var stored: StoredPixels {
    if let exact = exactValues, exact.count == values.count {
      return .float64(Plane(width: values.width, height: values.height, pixels: exact))
    }
    return .float32(values)
  }

  /// The cards, with UTYPE where the name does not say what the numbers are, and with BUNIT, where there is one, for the
  /// unit of the image.
  fileprivate func savedHeader(of unit: PixelUnit) -> Header {
    var errors = self
    if let text = header.text("BUNIT"), !ErrorUnit.isUnit(text, of: kind, in: unit) {
      errors.setUnit(of: unit)
    }
    var header = errors.header
    header.remove("BLANK")
    if PlaneName(name: name, header: header)?.role != .uncertainty(kind) || name == "UNCERT" {
      if Kind(rawValue: header.text("UTYPE") ?? "") != kind { header.set("UTYPE", .text(kind.rawValue)) }
    }
    return header
  }
}
