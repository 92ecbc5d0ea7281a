import Files
import Kernels

/// What is to be told of a change of a part of a value, once it has happened.
package struct ChangeRemarks {
  private var lostDigits = 0
  private var kept: [String] = []

  /// - Throws: `CRSError` (usage, data) for places that the value does not have.
  package init(of value: Value, at places: [ValuePlace], changedTo part: Value, work: Work) throws {
    guard work.remark != nil, places.count > 1 else { return }
    let (images, parts) = (value.pixelImages, part.pixelImages)
    lostDigits = parts.reduce(0) { $0 + $1.beyondDouble }
    for (k, image) in images.enumerated() {
      let section = try places.section(of: image.shape).section
      // Those that stay, and numbers that are put there.
      let all = image.beyondDouble
      if all > 0 { lostDigits += all - image.section(section).beyondDouble }
      if part.number(k)?.isBeyondDouble ?? false { lostDigits += section.width * section.height }
      // One part for all exposures, or one for each.
      let own = parts.count > 1 ? (parts.indices.contains(k) ? parts[k] : nil) : parts.first
      kept += image.remarks(onChangeTo: own, in: section)
    }
  }

  /// Tells what was lost, and once what an image keeps that does not describe the part.
  package func tell(_ work: Work) {
    work.tellLostDigits(lostDigits, in: "an assignment to a part")
    kept.forEach(work.tellOnce)
  }
}

extension Value {
  /// The images whose pixels it holds.
  fileprivate var pixelImages: [Image] {
    switch self {
    case .image(let image): [image]
    case .stack(let stack): stack.exposures
    case .list(let items): items.flatMap(\.pixelImages)
    default: []
    }
  }

  /// The number that is put into exposure k; nil for pixels.
  fileprivate func number(_ k: Int) -> Value? {
    switch self {
    case .integer: self
    case .list(let items): items.indices.contains(k) ? items[k].number(k) : nil
    default: nil
    }
  }
}
