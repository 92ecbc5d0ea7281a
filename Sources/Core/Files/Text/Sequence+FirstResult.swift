extension Sequence {
  /// What `transform` gives for the first element for which it gives anything; nil for none.
  ///
  /// `lazy.compactMap(...).first` asks for that element twice, which nesting makes exponential.
  package func firstResult<Result>(_ transform: (Element) throws -> Result?) rethrows -> Result? {
    for element in self {
      if let result = try transform(element) { return result }
    }
    return nil
  }
}
