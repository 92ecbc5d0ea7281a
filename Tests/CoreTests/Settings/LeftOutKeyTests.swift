import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// Files that give a part of the keys: parameter files of numina-crmasks, observation files of the MEGARA cookbook.
@Suite struct LeftOutKeyTests {
  private let scratch: ScratchFolder

  init() throws {
    scratch = try ScratchFolder()
    for name in ["e1.fits", "e2.fits", "e3.fits"] {
      try FITSWriter.write(
        FITSDocument(image: Image(pixels: Plane(width: 4, height: 3, repeating: 2))), to: scratch.file(name),
        overwrite: false)
    }
  }

  private func parameters(without left: String? = nil) throws -> ParameterFile {
    let path = Repository.root.appendingPathComponent("Tests/Documented/files/params_example1.yaml").path
    let text = try String(contentsOfFile: path, encoding: .utf8)
      .replacingOccurrences(of: "../golden/crmasks/inputs/eq3_1.fits", with: "e1.fits")
      .replacingOccurrences(of: "../golden/crmasks/inputs/eq3_2.fits", with: "e2.fits")
      .replacingOccurrences(of: "../golden/crmasks/inputs/eq3_3.fits", with: "e3.fits")
    let lines = text.split(separator: "\n").filter { line in left.map { !line.hasPrefix("  \($0):") } ?? true
    }
    return try ParameterFile.read(scratch.write(lines.joined(separator: "\n"), "p.yaml"))
  }

  private func observation(mode: String, _ requirements: String?) throws -> ObservationFile {
    let text =
      "id: 8\nmode: \(mode)\ninstrument: MEGARA\nframes: [e1.fits, e2.fits, e3.fits]\n"
      + (requirements.map { "requirements:\n" + $0.split(separator: "\n").map { "  \($0)\n" }.joined() } ?? "")
    return try ObservationFile.read(scratch.write(text, "o.yaml"))
  }

  @Test(arguments: [
    "apply_flux_factor_to", "la_cleantype", "la_fsmode", "la_psfmodel", "la_psffwhm_x", "la_psffwhm_y",
    "la_psfsize", "mm_boundary_fit",
  ])
  func keysThatNuminaNeedsHaveTheDefaultsOfTheReference(_ key: String) throws {
    let whole = try parameters()
    let file = try parameters(without: key)
    let setting = try #require(Setting.named(key))
    // The example gives the defaults of the reference page.
    let shown = setting.show(file.settings).historyText
    #expect(shown == setting.show(whole.settings).historyText)
    #expect(shown == setting.show(CrmasksSettings(.call)).historyText)
    #expect(file.notes.contains { $0.hasPrefix("\(key) is not given: ") && $0.hasSuffix(" is used") })
    #expect(!whole.notes.contains { $0.contains(key) })
  }

  @Test(arguments: [nil, "flux_factor: auto", "flux_factor: auto\nsave_preprocessed: True"])
  func observationsKeepTheOlderDefaults(_ requirements: String?) throws {
    let file = try observation(mode: "MegaraCrDetection", requirements)
    guard case .masks(let task) = file.task else {
      Issue.record("no masks")
      return
    }
    #expect(task.settings.masking.method == .mmcosmic && task.settings.display.maxplots == 10)
    #expect(task.settings.masking.boundaryFit.extensions == 3 && task.settings.masking.detection == .boundary)
    #expect(task.gain == .number(1) && task.rnoise == .number(3.4) && task.bias == .number(0))
    #expect(task.savesPreprocessed == (requirements?.contains("save_preprocessed") ?? false))
    #expect((task.settings.flux == .auto) == (requirements != nil))
    #expect(
      file.notes.count == 1 && file.notes[0].contains("crmethod mmcosmic, maxplots 10"), "\(file.notes)")
  }

  @Test func observationsWithNewerKeysAreNewer() throws {
    let file = try observation(mode: "MegaraCrDetection", "la_sigclip: 6\nmaxplots: 3")
    guard case .masks(let task) = file.task else {
      Issue.record("no masks")
      return
    }
    #expect(task.settings.masking.method == .mmLacosmic && task.settings.display.maxplots == 3)
    #expect(file.notes.isEmpty, "\(file.notes)")
  }

  @Test func imageModesCombineByTheMedianUnlessTheySayOtherwise() throws {
    guard case .combination(let plain) = try observation(mode: "MegaraLcbImage", nil).task,
      case .combination(let masked) = try observation(
        mode: "MegaraLcbImage", "method: mediancr\ncrmasks: e1.fits"
      ).task
    else {
      Issue.record("no combination")
      return
    }
    #expect(plain.method == .median && plain.crmasks == nil)
    #expect(masked.method == .mediancr && masked.appliesFluxFactor && !masked.useLAMedian)
  }

  @Test func observationFilesAreTold() throws {
    #expect(try ObservationFile.isOne(scratch.write("id: 8\nmode: x\n", "a.yaml")))
    #expect(try !ObservationFile.isOne(scratch.write("images: []\n", "b.yaml")))
  }

  @Test(arguments: [("images:\n\t- a.fits\n", 2), ("a:\n  b: 1\n\tc: 2\n", 3)])
  func aTabIsCalledATab(_ text: String, _ line: Int) throws {
    let error = try #require(crsError { _ = try YAMLDocument.parse(text) })
    #expect(error.message.contains("tab") && error.expected == "blanks" && error.line == line, "\(error)")
  }
}
