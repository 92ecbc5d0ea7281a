import Kernels
import TestSupport
import Testing

@testable import Files
@testable import Pipeline

/// Parameter files list the settings of every method: one note says which of them somebody changed for nothing.
@Suite struct IdleSettingTests {
  private func note(_ keys: String, in circumstances: Circumstances = Circumstances()) throws -> String? {
    var notes: [String] = []
    let map = try SettingsMap(YAMLDocument.parse(keys), file: "p.yaml", allowed: nil)
    return try map.crmasksSettings(exposures: 3, notes: &notes).idleNote(in: circumstances)
  }

  @Test func changedSettingsOfAnotherMethodAreTold() throws {
    let told = try #require(
      try note("crmethod: lacosmic\nmm_nsimulations: 20\nmm_knots_splfit: 3\nmm_threshold: 7"))
    #expect(
      told.contains("mm_nsimulations 20, mm_threshold 7.0 (no effect with crmethod=lacosmic)"), "\(told)")
    #expect(!told.contains("knots"), "\(told)")
    #expect(try note("crmethod: mmcosmic\nla_sigclip: 4.5")?.contains("la_sigclip 4.5") == true)
    let detector = try note("mm_detector: pvalue\nmm_niter_boundary_extension: 7")
    #expect(
      detector?.contains("(no effect with mm_detector=pvalue, only with boundary)") == true,
      "\(detector ?? "")")
    #expect(
      try note("mm_far: 5\nmm_pmax: 0.01")?.contains(
        "mm_far 5.0, mm_pmax 0.01 (no effect with mm_detector=boundary)") == true)
    #expect(
      try note("la_niter: 0\nla_sigclip: 4.5")?.contains("la_sigclip 4.5 (no effect with la_niter=0)") == true
    )
    #expect(
      try note("mm_niter_boundary_extension: 0\nmm_weight_boundary_extension: 3")?.contains(
        "mm_niter_boundary_extension=0") == true)
    #expect(
      try note("mm_detector: pvalue\nmm_prior: flat\nmm_prior_box: 9")?.contains("mm_prior=flat") == true)
    #expect(try note("apply_flux_factor_to: original")?.contains("without flux_factor") == true)
    #expect(try note("mm_nsimulations: 20", in: Circumstances(hasBoundary: true))?.contains("given") == true)
  }

  @Test func whatCountsAndWhatIsUsualIsNotTold() throws {
    // Both defaults are usual: 3 in files, 4 in the documents.
    for keys in [
      "crmethod: lacosmic\nmm_niter_boundary_extension: 4",
      "crmethod: lacosmic\nmm_niter_boundary_extension: 3",
      "mm_detector: pvalue\nmm_nsimulations: 10", "mm_nsimulations: 20", "crmethod: lacosmic\nmm_seed: 9",
      "crmethod: mmcosmic\nla_verbose: True\nla_satlevel: 65535.0",
      "flux_factor: auto\napply_flux_factor_to: original",
    ] { #expect(try note(keys) == nil, "\(keys)") }
    #expect(try note("apply_flux_factor_to: original", in: Circumstances(hasLevels: true)) == nil)
  }

  /// The files of the documents tell nothing.
  @Test func documentedFilesAreSilent() throws {
    let folder = Repository.root.appendingPathComponent("Tests/Documented/files")
    var count = 0
    for method in ["mm_lacosmic", "lacosmic", "mmcosmic"] {
      for number in 1...4 {
        let path = folder.appendingPathComponent("params_example\(number).yaml").path
        guard let root = try? YAMLDocument.read(path), let keys = root["requirements"] else { continue }
        var notes: [String] = []
        let settings = try SettingsMap(keys, file: path, allowed: nil).crmasksSettings(
          exposures: 3, notes: &notes)
        var other = settings
        _ = try Setting.named("crmethod")?.take(.text(method), into: &other)
        // The points, regions and offsets of examples 2 to 4 are no defaults.
        if method != "lacosmic" || number == 1 { #expect(other.idleNote() == nil, "\(path) \(method)") }
        count += 1
      }
    }
    #expect(count >= 9)
  }
}
