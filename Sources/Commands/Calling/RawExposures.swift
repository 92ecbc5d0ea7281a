import Files
import Kernels
import Pipeline

/// A bias as an argument: a number, or auto for what each exposure's own overscan tells.
extension BiasChoice: ParameterValue {
  package static var kind: Kind { .number }
  package static var choices: [String] { ["auto"] }
  package var json: JSONValue {
    switch self {
    case .level(let number): number.json
    case .measured: .text("auto")
    }
  }

  package static func make(from value: Value) throws -> BiasChoice {
    if case .text("auto") = value { return .measured }
    return .level(try Double.make(from: value))
  }
}

/// What to do with prescan and overscan.
package enum Trim: String, WordParameter {
  /// They are left out where the header tells them.
  case header
  /// They count like other pixels.
  case no
}

extension Trim {
  /// What is left out of exposures.
  package func lines(of images: [Image]) -> [String] {
    guard self == .header else { return [] }
    var areas: [String] = []
    for image in images {
      if let area = ImagingArea(image), !areas.contains(area.text) { areas.append(area.text) }
    }
    return areas.map { "trim: only \($0) is tested (trim=no: all pixels)" }
  }
}

extension CommandContext {
  /// Reports what is left out of exposures, and notes sections of their headers that cannot be used.
  package func tell(_ trim: Trim, of images: [Image]) {
    let lines = trim.lines(of: images)
    lines.forEach(report)
    guard trim == .header else { return }
    if lines.isEmpty, call.bound.isWritten("trim") {
      note("trim=header has no effect: no header tells a TRIMSEC or DATASEC that leaves pixels out")
    }
    tellSections(of: images)
  }

  /// Notes sections of headers that cannot be used, once each.
  package func tellSections(of images: [Image], _ stems: [String]? = nil) {
    var told: [String] = []
    for image in images {
      for line in ImagingArea.refusals(image, stems) where !told.contains(line) {
        told.append(line)
        note((image.place.map { "\($0): " } ?? "") + line)
      }
    }
  }
}
