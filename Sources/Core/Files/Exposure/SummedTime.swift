import Kernels

/// How much of each of its exposures an image is, behind constant factors: half of each of two together is their mean.
package struct TimeShare: Sendable, Equatable {
  /// What the values of every exposure were multiplied with; nil where the factors differ.
  var factor: Double?
  /// The factors of all exposures together: 1 for a mean, their number for a sum.
  var weight: Double
  /// How many exposures they are.
  var exposures: Double
  /// The exposure times, each times its factor [s].
  var seconds: Double

  fileprivate static func + (a: TimeShare, b: TimeShare) -> TimeShare {
    let isOne = a.factor.flatMap { x in b.factor.map { isSame(x, $0) } } ?? false
    return TimeShare(
      factor: isOne ? a.factor : nil, weight: a.weight + b.weight, exposures: a.exposures + b.exposures,
      seconds: a.seconds + b.seconds)
  }

  /// Whether nothing was multiplied.
  fileprivate var isWhole: Bool { factor.map { Self.isSame($0, 1) } ?? false }

  fileprivate static func isSame(_ a: Double, _ b: Double) -> Bool {
    abs(a - b) <= 1e-9 * max(abs(a), abs(b))
  }
}

extension Image {
  /// The exposure time, number and total of a sum of exposures: theirs together, where each tells its time and none
  /// counts rates. Exposures that were multiplied by factors whose sum is 1 before are their mean.
  ///
  /// - Returns: a sentence where other factors leave it open; nil elsewhere.
  package mutating func addTime(of images: [Image]) -> String? {
    let times = images.compactMap { $0.knownDetector.exposureTime?.value }
    guard times.count == images.count, images.allSatisfy({ !$0.unit.isRate }) else { return nil }
    let shares = zip(images, times).map { $0.share(of: $1) }
    // What was multiplied by a number below 0 is subtracted.
    guard shares.allSatisfy({ $0.weight >= 0 }) else {
      timeShare = nil
      return nil
    }
    let share = shares.dropFirst().reduce(shares[0], +)
    let sum = times.reduce(0, +)
    writeNumber(of: images)
    writeTotal(of: images, times)
    if TimeShare.isSame(share.weight, 1) {
      takeMean(share)
      return nil
    }
    // Factors about 1 bring exposures to one level; a common one changes the unit.
    let isSum = share.factor != nil
    let seconds = !isSum && TimeShare.isSame(share.weight, share.exposures) ? share.seconds : sum
    setTime(seconds, comment: "[s] sum of \(times.map(\.plain).joined(separator: " and ")) s")
    timeShare = share
    guard !isSum, seconds == sum, !TimeShare.isSame(share.seconds, sum) else { return nil }
    return "the images were multiplied by different numbers before they were added: the exposure time, "
      + "\(seconds.short) s, is that of all of them (with the factors it is \(share.seconds.short) s)"
  }

  /// A sum of exposures that is divided by their number is their mean, of the mean's exposure time. Any other factor
  /// changes the scale of the values and leaves the time.
  package mutating func scaleTime(by factor: Double) {
    guard let time = knownDetector.exposureTime?.value, !unit.isRate else { return }
    var share = share(of: time)
    share.factor = share.factor.map { $0 * factor }
    (share.weight, share.seconds) = (share.weight * factor, share.seconds * factor)
    if TimeShare.isSame(share.weight, 1), share.exposures > 1 {
      takeMean(share)
    } else {
      timeShare = share.isWhole ? nil : share
    }
  }

  private mutating func takeMean(_ share: TimeShare) {
    timeShare = nil
    setTime(share.seconds, comment: "[s] mean of \(Int(numberOfExposures)) exposures")
  }

  /// What it is of its exposures, whose time together is given [s].
  private func share(of time: Double) -> TimeShare {
    guard var share = timeShare else {
      return TimeShare(factor: 1, weight: exposuresOfSum, exposures: exposuresOfSum, seconds: time)
    }
    if let factor = share.factor { share.seconds = factor * time }
    return share
  }

  /// How many exposures, or means of some, its time is that of.
  private var exposuresOfSum: Double { timeShare?.exposures ?? (isSum ? numberOfExposures : 1) }

  /// Whether it is a sum of exposures: its time is that of all of them.
  private var isSum: Bool {
    guard numberOfExposures > 1, !unit.isRate, let time = knownDetector.exposureTime?.value,
      let total = cards.find("TOTEXP")?.reading.number
    else { return false }
    return abs(time - total) <= 1e-9 * abs(total)
  }

  /// The exposure time, of a sum the mean of those that were added [s]; nil where it is not known.
  var timeOfEachSummed: Double? {
    knownDetector.exposureTime.map { $0.value / exposuresOfSum }
  }

  private mutating func setTime(_ seconds: Double, comment: String) {
    detector.exposureTime = Known(seconds, .value)
    writeDetectorCards()
    let present = ["EXPTIME", "XPOSURE", "EFFEXPTM", "TEXPTIME"].filter { cards.find($0) != nil }
    for keyword in present.isEmpty ? ["EXPTIME"] : present {
      if header[keyword] == nil, primaryHeader?[keyword] != nil {
        primaryHeader?.set(keyword, .real(seconds), comment: comment)
      } else {
        header.set(keyword, .real(seconds), comment: comment)
      }
    }
  }
}
