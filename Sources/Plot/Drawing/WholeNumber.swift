extension Double {
  /// The nearest whole number within what Int holds; NaN gives 0.
  var wholeNumber: Int {
    guard self > -9e18 else { return isNaN ? 0 : Int.min / 2 }
    return self < 9e18 ? Int(rounded()) : Int.max / 2
  }
}
