import Files
import Kernels

/// Whether L.A.Cosmic with a convolved fine structure can find hits of more than one pixel at all.
package enum FineStructureCheck {
  /// The contrast that a hit of two equal pixels reaches: its Laplacian, three quarters of a single pixel's, over what the
  /// kernel leaves of it.
  static func contrast(_ kernel: Plane<Float>) -> Double {
    let (x, y) = (kernel.width / 2, kernel.height / 2)
    func weight(_ x: Int, _ y: Int) -> Double {
      (0..<kernel.width).contains(x) && (0..<kernel.height).contains(y) ? Double(kernel[x, y]) : 0
    }
    let sum = kernel.pixels.reduce(0) { $0 + Double($1) }
    let pair = weight(x, y) + max(weight(x + 1, y), weight(x, y + 1))
    return pair > 0 && sum > 0 ? 0.75 * sum / pair : .infinity
  }

  /// Warnings about the masks of crmasks that rest on L.A.Cosmic alone.
  static func warnings(_ settings: CrmasksSettings) -> [String] {
    guard settings.masking.method == .lacosmic else { return [] }
    var parameters = settings.lacosmic.algorithm
    parameters.psf = .model(settings.lacosmic.model)
    return warnings(parameters, name: settings.shownName)
  }

  /// - Parameter name: what a setting of parameter files is called here.
  package static func warnings(
    _ parameters: LACosmicParameters, name: (String) -> String = { String($0.dropFirst(3)) }
  ) -> [String] {
    guard parameters.fineStructure == .convolve, let kernel = try? parameters.psf.kernel() else { return [] }
    let reached = contrast(kernel)
    guard reached < parameters.objlim else { return [] }
    return [
      "L.A.Cosmic cannot find hits of several pixels with this kernel: two equal pixels reach a contrast of "
        + "\(reached.short), \(name("la_objlim")) asks for \(parameters.objlim.short) (a third of real hits are found at a "
        + "width of 2.5 pixels, nine tenths from 4 on); \(name("la_fsmode"))=median finds them"
    ]
  }
}
