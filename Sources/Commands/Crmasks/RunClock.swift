import Files

/// The time that a run takes.
struct RunClock {
  private let started = ContinuousClock.now

  /// `total time elapsed: 0:00:01.23`, as the original ends its report.
  var line: String {
    let elapsed = (ContinuousClock.now - started).components
    let hundredths = Int(elapsed.attoseconds / 10_000_000_000_000_000)
    func padded(_ number: Int) -> String { "\(number)".leftPadded(to: 2, with: "0") }
    let seconds = Int(elapsed.seconds)
    return
      "total time elapsed: \(seconds / 3600):\(padded(seconds / 60 % 60)):\(padded(seconds % 60)).\(padded(hundredths))"
  }
}
