extension Header {
  /// The cards of an image of which one axis keeps only `span`: reference pixels, matrices and the SIP polynomials
  /// of all world coordinate systems and the logical coordinates follow (FITS 4.0, section 8).
  ///
  /// - Parameter axis: from 1.
  mutating func follow(_ span: AxisSpan, axis: Int) {
    guard span.start != 1 || span.step != 1 else { return }
    let (first, step) = (Double(span.start), Double(span.step))
    let names = Set(cards.map { HeaderCard($0).keyword })
    func change(_ name: String, _ convert: (Double) -> Double) {
      if let value = number(name) { set(name, .real(convert(value))) }
    }
    for alternate in [""] + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init) {
      change("CRPIX\(axis)\(alternate)") { ($0 - first) / step + 1 }
    }
    if names.contains("LTV\(axis)") || names.contains("LTM\(axis)_\(axis)") {
      let before = number("LTV\(axis)") ?? 0
      set("LTV\(axis)", .real((before - first) / step + 1))
      if step != 1, number("LTM\(axis)_\(axis)") == nil { set("LTM\(axis)_\(axis)", .real(1 / step)) }
    }
    guard step != 1 else { return }
    for name in names {
      if name.hasPrefix("LTM\(axis)_") { change(name) { $0 / step } }
      if let column = MatrixName(name), column.axis == axis { change(name) { $0 * step } }
    }
    for alternate in [""] + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init) {
      // Beside a PC matrix, which was scaled, CDELT belongs to the world axis.
      let hasPC = names.contains { $0.hasPrefix("PC") && MatrixName($0)?.alternate == alternate }
      if !hasPC {
        change("CDELT\(axis)\(alternate)") { $0 * step }
      } else if number("PC\(axis)_\(axis)\(alternate)") == nil {
        set("PC\(axis)_\(axis)\(alternate)", .real(step))
      }
    }
    if axis <= 2 { scalePolynomials(axis, step, names) }
  }

  /// Moves the reference pixels of all coordinate systems by fractions of a pixel.
  mutating func moveReference(x: Double, y: Double) {
    for (axis, step) in [(1, x), (2, y)] where step != 0 {
      for name in [""] + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init) {
        if let value = number("CRPIX\(axis)\(name)") { set("CRPIX\(axis)\(name)", .real(value + step)) }
      }
      if let value = number("LTV\(axis)") { set("LTV\(axis)", .real(value + step)) }
    }
  }

  /// SIP: the polynomials give pixels and take pixels from the reference pixel.
  private mutating func scalePolynomials(_ axis: Int, _ step: Double, _ names: Set<String>) {
    for name in names {
      let parts = name.split(separator: "_", omittingEmptySubsequences: false)
      guard parts.count == 3, let output = ["A": 1, "AP": 1, "B": 2, "BP": 2][parts[0]],
        let p = Int(parts[1]),
        let q = Int(parts[2]), (0...20).contains(p), (0...20).contains(q), let value = number(name)
      else { continue }
      var factor = output == axis ? 1 / step : 1
      for _ in 0..<(axis == 1 ? p : q) { factor *= step }
      set(name, .real(value * factor))
    }
  }
}

/// `CDi_ja` or `PCi_ja`: an element of the matrix from pixels to world coordinates.
private struct MatrixName {
  /// The pixel axis.
  let axis: Int
  let alternate: String

  init?(_ name: String) {
    guard name.hasPrefix("CD") || name.hasPrefix("PC") else { return nil }
    let parts = name.dropFirst(2).split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 2, Int(parts[0]) != nil else { return nil }
    let digits = parts[1].prefix { $0.isNumber }
    guard let axis = Int(digits), parts[1].count - digits.count <= 1 else { return nil }
    self.axis = axis
    alternate = String(parts[1].dropFirst(digits.count))
  }
}
