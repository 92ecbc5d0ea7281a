extension Image {
  /// The exposure time, number and total of a sum of exposures: theirs together, where each tells its time and none
  /// counts rates.
  package mutating func addTime(of images: [Image]) {
    let times = images.compactMap { $0.knownDetector.exposureTime?.value }
    guard times.count == images.count, images.allSatisfy({ !$0.unit.isRate }) else { return }
    let sum = times.reduce(0, +)
    setTime(sum, comment: "[s] sum of \(times.map(\.plain).joined(separator: " and ")) s")
    writeNumber(of: images)
    writeTotal(of: images, times)
  }

  /// A sum of exposures that is divided by their number is their mean, of the mean's exposure time. Any other factor
  /// changes the scale of the values and leaves the time.
  package mutating func scaleTime(by factor: Double) {
    let number = numberOfExposures
    guard abs(factor * number - 1) < 1e-9, isSum, let each = timeOfEachSummed else { return }
    setTime(each, comment: "[s] mean of \(Int(number)) exposures")
  }

  /// Whether it is a sum of exposures: its time is that of all of them.
  private var isSum: Bool {
    guard numberOfExposures > 1, !unit.isRate, let time = knownDetector.exposureTime?.value,
      let total = cards.find("TOTEXP")?.reading.number
    else { return false }
    return abs(time - total) <= 1e-9 * abs(total)
  }

  /// The exposure time, of a sum the mean of those that were added [s]; nil where it is not known.
  var timeOfEachSummed: Double? {
    knownDetector.exposureTime.map { isSum ? $0.value / numberOfExposures : $0.value }
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
