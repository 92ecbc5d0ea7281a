import Kernels

/// The HDUs of a file, and which plane belongs to which image.
struct FileLayout {
  let hdus: [HDUDescription]
  /// The images of the sky: HDUs with two axes of pixels that are no mask, error, weight or the like. Where names say
  /// which they are (SCI, DATA, ...), only those.
  let images: [HDUDescription]
  private let names: [PlaneName?]
  private let imageNumbers: Set<Int>
  /// What is compared for every pair of HDUs, read from each header once.
  private let facts: [Facts]

  private struct Facts {
    let shape: Shape?
    /// The first two axes of pixels.
    let plane: Shape?
    let version: Int?
    let siblings: PlaneName.Siblings
  }

  init(_ hdus: [HDUDescription]) {
    self.hdus = hdus
    let words = hdus.map(\.name)
    let names = hdus.map { $0.kind == .image ? PlaneName(name: words[$0.number], header: $0.header) : nil }
    let all = hdus.filter {
      $0.is2D && names[$0.number] == nil && !PlaneName.isAuxiliary(words[$0.number])
    }
    let named = all.filter { PlaneName.isScience(words[$0.number]) }
    images = named.isEmpty ? all : named
    facts = hdus.map {
      Facts(
        shape: $0.shape, plane: $0.kind == .image && $0.hasPixels ? $0.plane : nil,
        version: $0.header.integer("EXTVER"),
        siblings: PlaneName.Siblings(words[$0.number]))
    }
    imageNumbers = Set(images.map(\.number))
    self.names = names
  }

  /// What another HDU of the file is for an image.
  enum Use: Equatable {
    case mask(isInverted: Bool)
    case quality
    case uncertainty(Uncertainty.Kind)
    case weight
    /// A plane of the image's size with any other meaning.
    case plane
    /// No part of the image.
    case other
  }

  /// The use of every HDU for an image, by number, and remarks on planes that could not be told apart.
  ///
  /// A plane belongs to the image with the same EXTVER, else to that with the same stem of the name, else it is the only
  /// one of its kind and shape.
  func uses(for main: HDUDescription) -> (uses: [Int: Use], remarks: [String]) {
    var uses: [Int: Use] = [:]
    var remarks: [String] = []
    let isPlaneItself = names[main.number] != nil
    let (shape, siblings) = (main.shape, PlaneName.Siblings(main.name))
    uses.reserveCapacity(hdus.count)
    for number in hdus.indices where number != main.number {
      uses[number] = isCompanion(number, of: main.number, shape, siblings) ? .plane : .other
    }
    if isPlaneItself { return (uses, remarks) }
    let found = hdus.compactMap { hdu in names[hdu.number].map { (hdu: hdu, name: $0) } }
    var hasUncertainty = false
    for word in Set(found.map(\.name.word)).sorted(by: { rank($0, found) < rank($1, found) }) {
      let ofWord = found.filter { $0.name.word == word }
      guard let role = ofWord.first?.name.role else { continue }
      for (hdu, name) in ofWord
      where uses[hdu.number] == .plane && images.count > 1 && !isClaimed(hdu, name, main) {
        uses[hdu.number] = .other
      }
      if case .uncertainty = role, hasUncertainty { continue }
      let fitting = ofWord.filter {
        fits($0.hdu, main) && versionsAgree($0.hdu.number, main.number)
      }
      let chosen = choose(fitting, main)
      if chosen.count == 1 {
        uses[chosen[0].hdu.number] = use(chosen[0].name.role)
        if case .uncertainty = role { hasUncertainty = true }
      } else if chosen.count > 1 {
        remarks.append(
          "the extensions \(listed(chosen.map(\.hdu))) could all belong to \(label(main)): none is used; "
            + "EXTVER of image and plane tells which one belongs to it, and 'FILE[\(chosen[0].hdu.number)]' names one "
            + "where a mask is asked for")
      } else if images.count <= 1, let other = ofWord.first, fitting.isEmpty, role != .weight {
        remarks.append(
          "the extension \(other.hdu.name) does not fit the image (\(main.axes.prefix(2).map(String.init).joined(separator: "x"))) and is not used"
        )
      }
    }
    return (uses, remarks)
  }

  private func rank(_ word: String, _ found: [(hdu: HDUDescription, name: PlaneName)]) -> Int {
    found.first { $0.name.word == word }?.name.rank ?? 0
  }

  private func use(_ role: PlaneName.Role) -> Use {
    switch role {
    case .mask: .mask(isInverted: false)
    case .goodPixels: .mask(isInverted: true)
    case .quality: .quality
    case .uncertainty(let kind): .uncertainty(kind)
    case .weight: .weight
    }
  }

  /// The planes of one kind that may be the image's.
  private func choose(
    _ fitting: [(hdu: HDUDescription, name: PlaneName)], _ main: HDUDescription
  ) -> [(hdu: HDUDescription, name: PlaneName)] {
    // ESO's headers name the planes of an image.
    let links = ["ERRDATA", "QUALDATA"].compactMap { main.header.text($0)?.trimmingBlanks().uppercased() }
    let linked = fitting.filter { links.contains($0.hdu.name.uppercased()) }
    if linked.count == 1 { return linked }
    let version = main.header.integer("EXTVER")
    let sameVersion = fitting.filter { version != nil && $0.hdu.header.integer("EXTVER") == version }
    if sameVersion.count == 1 { return sameVersion }
    let rest = sameVersion.isEmpty ? fitting : sameVersion
    let stems = PlaneName.stems(ofImage: main.name)
    let sameStem = rest.filter { stems.contains($0.name.stem) && !$0.name.stem.isEmpty }
    if sameStem.count == 1 { return sameStem }
    // Planes that another image's name claims are not this one's.
    let others = images.filter { $0.number != main.number }.map { PlaneName.stems(ofImage: $0.name) }
    return rest.filter { plane in
      plane.name.stem.isEmpty || stems.contains(plane.name.stem)
        || !others.contains { $0.contains(plane.name.stem) }
    }
  }

  /// Whether version or name say that a plane is the image's.
  private func isClaimed(_ hdu: HDUDescription, _ name: PlaneName, _ main: HDUDescription) -> Bool {
    if let version = facts[hdu.number].version { return version == facts[main.number].version }
    return !name.stem.isEmpty && PlaneName.stems(ofImage: main.name).contains(name.stem)
  }

  /// Whether a plane has the image's pixels.
  private func fits(_ plane: HDUDescription, _ image: HDUDescription) -> Bool {
    guard plane.kind == .image, plane.hasPixels else { return false }
    if let shape = facts[plane.number].shape { return shape == image.shape }
    return plane.axes == image.fullAxes
  }

  /// Whether an HDU without a meaning of its own moves along with the image: it has the image's size and is no image
  /// beside it.
  ///
  /// - Parameters:
  ///   - shape: of the image.
  ///   - siblings: of the image's name.
  private func isCompanion(
    _ number: Int, of main: Int, _ shape: Shape?, _ siblings: PlaneName.Siblings
  ) -> Bool {
    guard let shape, facts[number].plane == shape, versionsAgree(number, main) else { return false }
    let isImage = imageNumbers.contains(number)
    if isImage, facts[number].siblings.contain(siblings) { return false }
    return images.count <= 1 || facts[number].version != nil || names[number] != nil || !isImage
  }

  /// Whether two HDUs may belong together as far as their versions tell.
  private func versionsAgree(_ a: Int, _ b: Int) -> Bool {
    guard let first = facts[a].version, let second = facts[b].version else { return true }
    return first == second
  }

  private func listed(_ hdus: [HDUDescription]) -> String {
    hdus.map { "\($0.name) (HDU \($0.number))" }.joined(separator: ", ")
  }

  /// `HDU 1 SCI`
  func label(_ hdu: HDUDescription) -> String {
    "HDU \(hdu.number)" + (hdu.name.isEmpty ? "" : " \(hdu.name)")
  }

  /// Says which image is taken where there are several; nothing of a mask of crmasks that somebody named.
  ///
  /// - Parameter isNamed: whether somebody named it.
  func choice(_ main: HDUDescription, isNamed: Bool) -> String? {
    if isNamed, hdus.contains(where: { $0.name.uppercased() == "MEDIANCR" }) { return nil }
    let others = images.filter { $0.number != main.number }
    guard !others.isEmpty, imageNumbers.contains(main.number) else { return nil }
    let shown = others.prefix(8).map { "\($0.number)" + ($0.name.isEmpty ? "" : " \($0.name)") }
    return
      "\(label(main)) \(isNamed ? "was chosen" : "is taken"); \(others.count == 1 ? "another image is" : "other images are") HDU "
      + shown.joined(separator: ", ") + (others.count > 8 ? ", ..." : "") + " (ext=all takes every one)"
  }
}
