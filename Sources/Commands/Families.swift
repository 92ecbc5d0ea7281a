import Calling

extension Family {
  static let files = Family("Files and values")
  static let combine = Family("Combining exposures")
  static let detect = Family("Finding cosmic rays")
  static let masks = Family("Masks")
  static let tables = Family("Tables and text")
  static let figures = Family("Figures")
  static let session = Family("Session")
}
