import Files
import Kernels

/// What a header says of how an image came about, as far as it explains its noise or excludes an explanation.
package struct NoiseEvidence: Sendable, Equatable {
  /// What BUNIT says, if anything.
  package enum Unit: Sendable { case unknown, counts, electrons, other }

  package var unit = Unit.unknown
  /// As the image spells it.
  package var spelling = PixelUnit.none
  /// Whether the pixels are said to be counts or electrons of one second.
  package var isRate = false
  /// Exposure time [s].
  package var seconds: Double?
  /// Frames that the image is a combination of (NCOMBINE and the like).
  package var frames: (count: Int, card: String)?
  /// Reads of each pixel that were averaged or fitted (NDR and the like).
  package var reads: (count: Int, card: String)?
  /// Whether pixels are stored as whole numbers, as raw frames are.
  package var isWhole = false
  /// The card of a colour mosaic, such as BAYERPAT.
  package var mosaic: String?
  /// What says that the bias is gone, such as a card or a line of HISTORY.
  package var biasIsGone: String?
  /// The card that the gain in use comes from, and what it says.
  package var gainCard: String?
  /// Bias that was taken off the pixels before they were looked at [ADU].
  package var bias = 0.0

  package init() {}

  package static func == (a: NoiseEvidence, b: NoiseEvidence) -> Bool {
    a.unit == b.unit && a.spelling == b.spelling && a.isRate == b.isRate && a.seconds == b.seconds
      && a.frames?.count == b.frames?.count
      && a.reads?.count == b.reads?.count && a.isWhole == b.isWhole && a.mosaic == b.mosaic
      && a.bias == b.bias
      && a.biasIsGone == b.biasIsGone && a.gainCard == b.gainCard
  }

  /// - Parameters:
  ///   - used: gain [electron/ADU] and readout noise [ADU] in use; nil: given for the call. Frames that they count already
  ///     explain nothing.
  ///   - gainCard: the card that the gain in use comes from; nil for any other source.
  ///   - bias: what is taken off the pixels [ADU].
  package init(
    _ image: Image, used: (gain: Double, noise: Double)? = nil, gainCard: String? = nil, bias: Double = 0
  ) {
    self.bias = bias
    switch image.unit.quantity {
    case .counts: unit = image.text("BUNIT") == nil ? .unknown : .counts
    case .electrons: unit = .electrons
    case .none: unit = .unknown
    case .foreign: unit = .other
    }
    (isRate, spelling) = (image.unit.isRate, image.unit)
    seconds = image.knownDetector.exposureTime?.value
    let isCounted = used.map { image.hasWritten(gain: $0.gain, noise: $0.noise) } ?? false
    frames =
      isCounted
      ? nil
      : Self.count(
        ["NCOMBINE", "NCOMBIN", "STACKCNT", "SNAPSHOT", "NCOADDS", "NCOADD", "COADDS", "NAVERAGE", "NAVG"],
        image)
    reads =
      Self.count(
        [
          "NDR", "NDRS", "NREADS", "NREAD", "NDREADS", "NDREAD", "FOWLER", "NFOWLER", "FOWLERN", "NSAMPLES",
          "NSAMP", "MULTISAM",
        ], image) ?? Self.describedReads(image)
    isWhole = image.storedType.isInteger
    mosaic = ColourMosaic.card(of: image)
    biasIsGone = Self.removedBias(image)
    self.gainCard = gainCard
  }

  private static func count(_ keywords: [String], _ image: Image) -> (Int, String)? {
    for keyword in keywords {
      if let number = image.number(keyword), number >= 2, number <= 1e6, number == number.rounded() {
        return (Int(number), keyword)
      }
    }
    return nil
  }

  /// A card whose comment speaks of non-destructive reads.
  private static func describedReads(_ image: Image) -> (Int, String)? {
    for keyword in image.cards.keywords {
      let text = (image.cards.find(keyword)?.comment ?? "").lowercased().filter { $0.isLetter }
      guard
        ["nondestructiveread", "multiplenondestructive", "numberofreads", "readsperpixel", "fowlersampl"]
          .contains(where: text.contains)
      else { continue }
      if let found = count([keyword], image) { return found }
    }
    return nil
  }

  private static func removedBias(_ image: Image) -> String? {
    for keyword in ["ZEROCOR", "BIASCOR", "BIASSUB", "OVERSCAN", "BIASFILE", "ZEROFILE"] {
      if let text = image.text(keyword), !["", "no", "none", "false", "f", "n/a"].contains(text.lowercased())
      {
        return keyword
      }
      if image.header[keyword] == .logical(true) { return keyword }
    }
    for keyword in ["BIASCORR", "BLEVCORR"] where image.text(keyword)?.uppercased() == "COMPLETE" {
      return keyword
    }
    let line = image.header.history.first { line in
      let text = line.lowercased()
      return ["bias", "overscan", "zero level"].contains { text.contains($0) }
        && ["subtract", "removed", "correct"].contains { text.contains($0) }
    }
    return line.map { _ in "HISTORY" }
  }
}

extension Image {
  /// A number of the image's own header or of the primary one.
  fileprivate func number(_ keyword: String) -> Double? { cards.find(keyword)?.reading.number }

  /// A text, without blanks around it.
  fileprivate func text(_ keyword: String) -> String? { cards.text(keyword)?.trimmingBlanks() }
}
