import Glibc

/// The noiseless image of a fibre-fed spectrograph: horizontal traces, vertical sky lines, continuum.
struct FibreScene: Sendable {
  private struct Fibre {
    let centre: Double
    let transmission: Double
  }
  private let width: Int
  private let height: Int
  private let fibres: [Fibre]
  private let lines: [(x: Double, flux: Double)]

  /// Distance of neighbouring fibres, their width and the width of a sky line (standard deviations), pixels.
  private static let pitch = 5.2
  private static let fibreWidth = 1.15
  private static let lineWidth = 1.3

  /// - Parameter peak: flux of the brightest sky lines [electron].
  init(width: Int, height: Int, peak: Double, random: inout SplitMix64) {
    self.width = width
    self.height = height
    var fibres: [Fibre] = []
    for centre in stride(from: 6.0, to: Double(height) - 6, by: Self.pitch) {
      // Bundles are parted by gaps.
      guard Int(centre / 52) % 6 != 5 else { continue }
      fibres.append(Fibre(centre: centre, transmission: 0.7 + 0.3 * random.uniform()))
    }
    self.fibres = fibres
    lines = (0..<max(6, width / 70)).map { _ in
      ((0.03 + 0.94 * random.uniform()) * Double(width), peak * pow(random.uniform(), 1 / 0.45) + 3)
    }
  }

  /// The expectation of an exposure [electron] whose features are displaced by `offset` pixels.
  func expectation(offset: Offset, scale: Double, work: Work) throws -> Plane<Float> {
    var rows = [[Int]](repeating: [], count: height)  // the fibres that reach each row
    for (index, fibre) in fibres.enumerated() {
      // Fibres that are moved out of the frame reach no row.
      let first = (fibre.centre + offset.y - 10).rounded(.down)
      guard first > -24, first < Double(height) else { continue }
      for y in max(0, Int(first))..<max(0, min(height, Int(first) + 24)) { rows[y].append(index) }
    }
    let spectra = try spectra(offset: offset, work: work)
    let reach = rows
    return try Plane(width: width, height: height) { out in
      nonisolated(unsafe) let out = out
      try work.forTiles(height, size: 8) { tile in
        for y in tile {
          for x in 0..<width { out[y * width + x] = 0 }
          for index in reach[y] {
            let fibre = fibres[index]
            for x in 0..<width {
              let bend = 6 * pow((Double(x) - offset.x) / Double(width) - 0.5, 2)
              let distance = (Double(y) - offset.y - fibre.centre - bend) / Self.fibreWidth
              guard abs(distance) < 6 else { continue }
              out[y * width + x] +=
                Float(scale * fibre.transmission * exp(-0.5 * distance * distance))
                * spectra[index].pixels[x]
            }
          }
        }
      }
    }
  }

  /// Continuum and lines along each fibre, a plane of one row each.
  private func spectra(offset: Offset, work: Work) throws -> [Plane<Float>] {
    try fibres.map { fibre in
      try work.checkCancelled()
      var row = Plane<Float>(width: width, height: 1, repeating: 0)
      for x in 0..<width { row.pixels[x] = Float(9 + 4 * sin((Double(x) - offset.x) / Double(width) * 5)) }
      let tilt = 12 * pow(fibre.centre / Double(height) - 0.5, 2)
      for line in lines {
        let centre = line.x + tilt + offset.x
        let reach = 7 * Self.lineWidth
        let first = Int(max(0, min(Double(width), centre - reach)))
        let last = Int(max(0, min(Double(width), centre + reach)))
        for x in first..<max(first, last) {
          let t = (Double(x) - centre) / Self.lineWidth
          row.pixels[x] += Float(line.flux * exp(-0.5 * t * t))
        }
      }
      return row
    }
  }
}
