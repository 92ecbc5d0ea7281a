import Kernels

/// To which exposures masks belong, as far as they tell it: a mask of another exposure removes good values and keeps hits.
struct MaskOrder {
  private let exposures: [Image]
  /// Whether file names, or dates, tell the exposures apart.
  private let (areNamed, areDated): (Bool, Bool)

  init(_ exposures: [Image]) {
    self.exposures = exposures
    let names = exposures.compactMap { $0.origin.map(MaskHeader.name) }
    areNamed = names.count == exposures.count && Set(names).count == names.count
    let dates = exposures.compactMap { $0.cards.text(MaskHeader.date) }
    areDated = dates.count == exposures.count && Set(dates).count == dates.count
  }

  /// The exposure that a mask was made for, from 0; nil where that is not known.
  private func place(of mask: Mask) -> Int? {
    guard let owner = mask.owner as? MaskHeader else { return nil }
    if areNamed, let name = owner.name,
      let place = exposures.firstIndex(where: { $0.origin.map(MaskHeader.name) == name })
    {
      return place
    }
    guard areDated, let date = owner.header.text(MaskHeader.date) else { return nil }
    return exposures.firstIndex { $0.cards.text(MaskHeader.date) == date }
  }

  /// Masks that belong to another exposure, whose own place has a mask of yet another one. One mask for all exposures is no
  /// mistake.
  ///
  /// - Returns: `mask 1 is that of exposure 3 (c.fits)`; empty where nothing speaks against the order.
  func mistakes(in masks: [Mask]) -> [String] {
    guard masks.count == exposures.count else { return [] }
    let places = masks.map(place)
    return places.enumerated().compactMap { k, place in
      guard let place, place != k, let other = places[place], other != place else { return nil }
      return "mask \(k + 1) is that of exposure \(place + 1) (\(exposures[place].label(number: place + 1)))"
    }
  }
}

extension MaskOrder {
  /// What else speaks against masks: exposures of other files and other dates than any here, other places of the frame.
  func doubts(about masks: [Mask]) -> [String] {
    guard masks.count == exposures.count else { return [] }
    let owners = masks.map { $0.owner as? MaskHeader }
    var doubts: [String] = []
    // One mask for all exposures is meant so.
    if masks.count == 1 || Set(owners.map { $0?.name }).count > 1 {
      doubts += masks.indices.compactMap { stranger(masks[$0], at: $0) }.prefix(3)
    }
    if let k = masks.indices.first(where: { masks[$0].placeNote(beside: exposures[$0]) != nil }) {
      doubts.append("mask \(k + 1): " + (masks[k].placeNote(beside: exposures[k]) ?? ""))
    }
    return doubts
  }

  private func stranger(_ mask: Mask, at k: Int) -> String? {
    guard let owner = mask.owner as? MaskHeader, place(of: mask) == nil, let name = owner.name,
      let date = owner.header.text(MaskHeader.date), let origin = exposures[k].origin,
      let own = exposures[k].cards.text(MaskHeader.date), name != MaskHeader.name(origin), date != own
    else { return nil }
    return
      "mask \(k + 1) was made for \(name) of \(date), the exposure is \(exposures[k].label(number: k + 1)) of \(own)"
  }
}

extension MaskSet {
  /// Makes sure that no mask is that of another exposure, as far as masks and exposures tell.
  ///
  /// - Parameters:
  ///   - parameter: what brought the masks.
  ///   - note: takes what speaks against the masks and may be meant so.
  /// - Throws: `CRSError` (data).
  package func checkOrder(of exposures: [Image], parameter: String, note: (String) -> Void) throws {
    let order = MaskOrder(exposures)
    let mistakes = order.mistakes(in: self.exposures)
    defer { if mistakes.isEmpty { order.doubts(about: self.exposures).forEach(note) } }
    guard !mistakes.isEmpty else { return }
    throw CRSError.data(
      mistakes.joined(separator: ", "), parameter: parameter, expected: "masks in the order of the exposures")
  }

  /// The same masks, of which those of single exposures tell what they were made for.
  ///
  /// - Parameter images: as many as there are masks of single exposures.
  package func owned(by images: [Image]) -> MaskSet {
    guard images.count == exposures.count else { return self }
    var masks = self
    masks.exposures = zip(images, exposures).map { $0.owning($1) }
    return masks
  }
}
