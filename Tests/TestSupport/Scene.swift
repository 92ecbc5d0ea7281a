import Files
import Foundation
import Kernels

/// A small exposure made by the test: sky, a star and hits of single pixels, with the noise of photons and readout.
package struct Scene: Sendable {
  package var width = 96
  package var height = 64
  /// Sky [electron].
  package var sky = 400.0
  /// Readout noise [electron].
  package var noise = 8.0
  /// Hit pixels.
  package var hits = 30

  package init() {}

  /// Pixels in electrons.
  package func electrons(seed: UInt64) -> Plane<Float> {
    var random = SeededRandom(seed: seed)
    var values: [Double] = []
    for y in 0..<height {
      for x in 0..<width {
        let (dx, dy) = (Double(x - width / 2), Double(y - height / 2))
        let level = sky + 3000 * exp(-(dx * dx + dy * dy) / 18)
        values.append(level + random.normal() * (level + noise * noise).squareRoot())
      }
    }
    for _ in 0..<hits {
      let (x, y) = (4 + random.below(width - 8), 4 + random.below(height - 8))
      values[y * width + x] += 1500 + 4500 * random.uniform()
    }
    return Plane(width: width, height: height, pixels: values.map { Float($0) })
  }

  /// Pixels in ADU of so many electrons each.
  package func counts(seed: UInt64, gain: Double = 2) -> Plane<Float> {
    electrons(seed: seed).map { Float(Double($0) / gain) }
  }
}

/// FITS files of a test, written HDU by HDU.
package struct TestFile {
  package var hdus: [FITSOutputHDU] = []

  package init() {}

  /// Cards as `GAIN = 2.0 / comment`: everything behind the keyword as it stands.
  package static func header(_ cards: [String]) -> Header {
    Header(
      cards: cards.map { card in
        guard let equals = card.firstIndex(of: "=") else { return card }
        let keyword = card[..<equals].trimmingCharacters(in: .whitespaces)
        let rest = card[card.index(after: equals)...].trimmingCharacters(in: .whitespaces)
        if keyword.count > 8 || keyword.contains(" ") { return "HIERARCH \(keyword) = \(rest)" }
        return keyword.padding(toLength: 8, withPad: " ", startingAt: 0) + "= " + rest
      })
  }

  /// Adds an HDU without pixels.
  package mutating func empty(_ cards: [String] = []) {
    hdus.append(FITSOutputHDU(header: Self.header(cards), content: .empty))
  }

  /// Adds an image.
  package mutating func image(_ pixels: StoredPixels, _ name: String? = nil, _ cards: [String] = []) {
    hdus.append(FITSOutputHDU(name: name, header: Self.header(cards), content: .image(pixels)))
  }

  /// - Returns: the path.
  @discardableResult
  package func write(_ name: String, in folder: ScratchFolder) throws -> String {
    let path = folder.file(name)
    try FITSWriter.write(FITSDocument(hdus: hdus), to: path, overwrite: true)
    return path
  }
}
