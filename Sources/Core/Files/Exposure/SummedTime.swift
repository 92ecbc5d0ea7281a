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
    guard number > 1, abs(factor * number - 1) < 1e-9, !unit.isRate,
      let time = knownDetector.exposureTime?.value,
      let total = cards.find("TOTEXP")?.reading.number, abs(time - total) <= 1e-9 * abs(total)
    else { return }
    setTime(time / number, comment: "[s] mean of \(Int(number)) exposures")
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
