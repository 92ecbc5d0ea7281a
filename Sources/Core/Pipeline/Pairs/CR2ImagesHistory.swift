import Files
import Kernels

extension CR2ImagesResult {
  /// The HISTORY lines of the documents.
  ///
  /// - Parameters:
  ///   - infile1: name of the first file; directories are left out.
  ///   - infile2: name of the second one, nil when there is none.
  package func history(infile1: String, infile2: String?) -> [String] {
    var lines = [String(repeating: "-", count: 19), Clock.spaced, "using cr2images:"]
    lines.append("- infile1: \(Self.baseName(infile1))")
    lines.append("- infile2: \(infile2.map(Self.baseName) ?? "None")")
    if infile2 == nil, let window = parameters.medianSize {
      lines.append("- median_size: \(window)")
    } else {
      lines += ["- ioffx: \(found.overlap.ioffx)", "- ioffy: \(found.overlap.ioffy)"]
    }
    lines.append("- tsigma_peak: \(parameters.tsigmaPeak.reportText)")
    lines.append("- tsigma_tail: \(parameters.tsigmaTail.reportText)")
    if let region = parameters.imageRegion { lines.append("- image_region: \(Self.text(region))") }
    lines += (parameters.skippedRegions ?? []).map { "- skipped_region: \(Self.text($0))" }
    if let maxsize = parameters.maxsize { lines.append("- maxsize: \(maxsize)") }
    if infile2 != nil, parameters.singleMode { lines.append("- single_mode: True") }
    if found.scale != 1 { lines.append("- scale: \(found.scale.reportText)") }
    if parameters.fill { lines.append("- fill: True") }
    return lines
  }

  private static func text(_ section: Section) -> String {
    "[\(section.x1):\(section.x2),\(section.y1):\(section.y2)]"
  }

  private static func baseName(_ path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }
}
