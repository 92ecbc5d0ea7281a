import Files
import Kernels

/// Holds gain, readout noise and bias of an exposure against its overscan, or against dark columns at its borders.
package struct OverscanCheck: Sendable {
  /// A sentence for each contradiction.
  package let warnings: [String]
  /// Whether a bias is left in, so that all noise is taken for more than it is.
  package let namesBias: Bool
  /// Whether the readout noise is another one.
  package let namesNoise: Bool

  /// Readout noise over that of the overscan which contradicts nothing.
  private static let accepted = 0.8...1.25
  /// Noise of the overscan over that of its level as light: less is no light.
  private static let quiet = 0.6

  /// - Parameters:
  ///   - detector: what is taken for the exposure's.
  ///   - knowsNoise: whether gain and readout noise are known.
  ///   - knowsGain: whether the gain is; 1 stands for it otherwise.
  ///   - trims: whether what the header calls overscan is left out; nil where it does not matter.
  package init(
    _ image: Image, _ detector: Detector, knowsNoise: Bool = true, knowsGain: Bool = true, trims: Bool?
  ) {
    let isCounts = image.unit.quantity == .counts || image.unit.quantity == .none
    let noise = knowsNoise ? detector.readoutNoise.typical : nil
    guard isCounts, !image.unit.isRate, let overscan = Overscan(image, readoutNoise: noise) else {
      (warnings, namesBias, namesNoise) = ([], false, false)
      return
    }
    var lines: [String] = []
    let (gain, readout) = (detector.gain.typical, detector.readoutNoise.typical)
    let level = overscan.level
    let bias = overscan.mean(of: detector.bias)
    let rest = level - bias
    let expected = (max(0, rest) / gain + readout * readout).squareRoot()
    namesBias =
      bias == 0 && knowsNoise && rest > 5 * overscan.noise && overscan.noise < Self.quiet * expected
    let levels = overscan.levels.map(\.short).joined(separator: " and ")
    if namesBias {
      let isEach = overscan.bias.uniform == nil
      lines.append(
        levels.isEmpty
          ? "a bias of about \(level.short) \(image.unit.name) is left in (\(overscan.text)): bias=auto or "
            + "bias=\(level.short) takes it out"
          : "biases of about \(levels) \(image.unit.name) are left in (\(overscan.text)): bias=auto takes "
            + (isEach ? "each amplifier's own out" : "their mean, \(level.short), out"))
    } else if bias != 0, abs(overscan.excess(over: detector.bias)) > max(1, overscan.noise) {
      lines.append(
        "the bias is \(bias.short) \(image.unit.name), the overscan has \(levels.isEmpty ? level.short : levels) "
          + "(\(overscan.text)): bias=auto takes that")
    }
    let isRaw = level > 5 * overscan.noise
    namesNoise = knowsNoise && isRaw && !Self.accepted.contains(readout / max(1e-9, overscan.noise))
    // Dark rows beside the spectra look like overscan; photons make their noise larger.
    let light =
      overscan.isSeen && knowsGain ? gain * (overscan.noise * overscan.noise - readout * readout) : 0
    if namesNoise {
      lines.append(
        "the overscan scatters by \(overscan.noise.short) \(image.unit.name) (\(overscan.text)), the readout noise is taken "
          + "for \(readout.short): rnoise=\(overscan.noise.short) would suit it"
          + (light > 1
            ? "; or light falls there, and the bias is about \(light.short) \(image.unit.name) less" : ""))
    }
    if isRaw, let trims, ImagingArea(image) == nil || !trims,
      overscan.strips.contains(where: { $0.lines == .columns })
    {
      lines.append(
        "\(overscan.place) look like overscan and count like the other pixels: "
          + (ImagingArea(image) == nil
            ? "leave them out with a section of the file" : "trim=header leaves them out"))
    }
    warnings = lines
  }
}
