import Plot

/// The picture of the kernel in Jupyter's launcher: the track of a cosmic ray among stars.
enum KernelLogo {
  /// As Jupyter looks for them.
  static let names = ["logo-32x32.png", "logo-64x64.png", "logo-svg.svg"]

  /// The contents, in the order of the names.
  ///
  /// - Throws: `CRSError` (data) when memory is short.
  static func contents() throws -> [[UInt8]] {
    [try picture(32).png(), try picture(64).png(), Array(svg.utf8)]
  }

  private static let sky = SIMD3(16.0, 24, 43)
  private static let light = SIMD3(255.0, 196, 61)
  private static let star = SIMD3(210.0, 222, 240)
  /// Ends and half width of the track, of a picture with sides of 1.
  private static let track = (from: SIMD2(0.2, 0.78), to: SIMD2(0.8, 0.24), width: 0.055)
  private static let stars: [(place: SIMD2<Double>, radius: Double)] = [
    (SIMD2(0.26, 0.28), 0.06), (SIMD2(0.74, 0.7), 0.075), (SIMD2(0.5, 0.15), 0.035),
    (SIMD2(0.45, 0.85), 0.03),
  ]

  private static func picture(_ side: Int) -> FigurePixels {
    let size = Double(side)
    /// Part of a dot that a shape covers whose edge is so far away, of the picture's side.
    func cover(_ outside: Double) -> Double { min(1, max(0, 0.5 - outside * size)) }
    var pixels = [UInt32](repeating: 0, count: side * side)
    for y in 0..<side {
      for x in 0..<side {
        let place = SIMD2(Double(x) + 0.5, Double(y) + 0.5) / size
        var color = sky
        for star in stars {
          color += (self.star - color) * cover(length(place - star.place) - star.radius)
        }
        let along = track.to - track.from
        let part = min(1, max(0, dot(place - track.from, along) / dot(along, along)))
        color += (light - color) * cover(length(place - track.from - along * part) - track.width)
        pixels[y * side + x] = UInt32(color.x) << 16 | UInt32(color.y) << 8 | UInt32(color.z)
      }
    }
    return FigurePixels(width: side, height: side, pixels: pixels)
  }

  private static func dot(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { (a * b).sum() }
  private static func length(_ a: SIMD2<Double>) -> Double { dot(a, a).squareRoot() }

  private static var svg: String {
    func text(_ number: Double) -> String { "\(Int((number * 1000).rounded()))" }
    func color(_ color: SIMD3<Double>) -> String { "rgb(\(Int(color.x)),\(Int(color.y)),\(Int(color.z)))" }
    let circles = stars.map {
      "<circle cx=\"\(text($0.place.x))\" cy=\"\(text($0.place.y))\" r=\"\(text($0.radius))\" fill=\"\(color(star))\"/>\n"
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1000">
      <rect width="1000" height="1000" fill="\(color(sky))"/>
      \(circles.joined())<line x1="\(text(track.from.x))" y1="\(text(track.from.y))" x2="\(text(track.to.x))" \
      y2="\(text(track.to.y))" stroke="\(color(light))" stroke-width="\(text(2 * track.width))" stroke-linecap="round"/>
      </svg>

      """
  }
}
