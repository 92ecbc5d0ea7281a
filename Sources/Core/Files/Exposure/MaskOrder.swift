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

extension MaskSet {
  /// Makes sure that no mask is that of another exposure, as far as masks and exposures tell.
  ///
  /// - Throws: `CRSError` (data) with the parameter that brought the masks.
  package func checkOrder(of exposures: [Image], parameter: String) throws {
    let mistakes = MaskOrder(exposures).mistakes(in: self.exposures)
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
