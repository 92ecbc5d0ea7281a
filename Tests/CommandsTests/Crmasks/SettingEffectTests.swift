import Foundation
import TestSupport
import Testing

@testable import Calling
@testable import Commands
@testable import Files
@testable import Kernels
@testable import Pipeline

/// Each setting changes something downstream: masks, combinations, tables, figures, or what the run tells. HISTORY and
/// the identity of the masks do not count.
@Suite struct SettingEffectTests {
  /// A setting with a value that is not its default, and what else must be set for it to matter.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var value: String
    var with: [String: String] = [:]
    var drawsFigures = false

    init(_ name: String, _ value: String, with others: [String: String] = [:], figures: Bool = false) {
      (self.name, self.value, with, drawsFigures) = (name, value, others, figures)
    }
    var testDescription: String { name }
  }

  private static let pvalue = ["mm_detector": "pvalue"]
  private static let region = ["mm_crosscorr_region": "[5, 115, 5, 85]"]

  static let cases: [Case] = [
    Case("crmethod", "mmcosmic"),
    Case("use_lamedian", "yes"),
    Case("flux_factor", "[0.8, 1, 1.2]"),
    Case("flux_factor_regions", "[[1, 60, 1, 50]]", with: ["flux_factor": "fit"]),
    Case("sky", "[0, 30, 0]"),
    Case("apply_flux_factor_to", "original", with: ["flux_factor": "[0.8, 1, 1.2]"]),
    Case("interactive", "no"),
    Case("dilation", "2"),
    Case("regions_to_be_skipped", "[[1, 60, 1, 50]]"),
    Case("pixels_to_be_flagged_as_cr", "[[1, 2]]"),
    Case("pixels_to_be_ignored_as_cr", "IDENTIFIED"),
    Case("pixels_to_be_replaced_by_local_median", "[[30, 40, 5, 3]]"),
    Case("verify_cr", "yes"),
    Case("semiwindow", "4", figures: true),
    Case("color_scale", "zscale", figures: true),
    Case("maxplots", "1", figures: true),
    Case("la_sigclip", "12"),
    Case("la_sigfrac", "0.9"),
    Case("la_objlim", "1"),
    Case("la_satlevel", "100"),
    Case("la_niter", "1"),
    Case("la_sepmed", "no"),
    Case("la_cleantype", "idw"),
    Case("la_fsmode", "median"),
    Case("la_psfmodel", "moffat"),
    Case("la_psffwhm_x", "1.2"),
    Case("la_psffwhm_y", "5"),
    Case("la_psfsize", "5"),
    Case("la_psfbeta", "1.5", with: ["la_psfmodel": "moffat"]),
    Case("la_verbose", "yes"),
    Case("la_padwidth", "10"),
    Case("la_veto", "no", with: pvalue),
    Case("mm_xy_offsets", "[[0, 0], [1, 0], [0, 1]]"),
    Case("mm_crosscorr_region", "[5, 115, 5, 85]"),
    Case("mm_boundary_fit", "piecewise", with: ["mm_fixed_points_in_boundary": "[[0, 40], [100, 90]]"]),
    Case("mm_knots_splfit", "5"),
    Case("mm_fixed_points_in_boundary", "[[0, 300]]"),
    Case("mm_nsimulations", "exact"),
    Case("mm_niter_boundary_extension", "0"),
    Case("mm_weight_boundary_extension", "2"),
    Case("mm_robust_extension", "no", with: ["mm_niter_boundary_extension": "6", "mm_knots_splfit": "6"]),
    Case("mm_threshold", "80"),
    Case("mm_minimum_max2d_rnoise", "60"),
    Case("mm_seed", "99"),
    Case("mm_detector", "pvalue"),
    Case("mm_far", "1000", with: pvalue),
    Case("mm_pmax", "1e-7", with: pvalue),
    Case("mm_hysteresis", "0", with: pvalue),
    Case("mm_prior", "flat", with: pvalue),
    Case("mm_prior_box", "3", with: pvalue),
    Case("mm_mismatch", "0.5", with: pvalue),
    Case("mm_crosscorr_max", "0.2", with: region),
    Case("mm_offsets", "crosscorr", with: region),
  ]

  /// Those whose help says that they do nothing.
  private static let idle = ["la_gain_apply"]

  @Test func everySettingHasACase() {
    #expect(Set(Self.cases.map(\.name)).union(Self.idle) == Set(Setting.all.map(\.name)))
    #expect(Setting.all.filter { $0.help.contains("no effect") }.map(\.name) == Self.idle)
  }

  @Test(arguments: cases) func somethingChanges(_ one: Case) throws {
    let scene = try Scene()
    let value = one.value == "IDENTIFIED" ? try scene.identifiedPixel() : one.value
    let usual = try scene.run(one.with, figures: one.drawsFigures)
    let other = try scene.run(one.with.merging([one.name: value]) { $1 }, figures: one.drawsFigures)
    #expect(usual != other, "\(one.name): \(value) changes nothing")
    let setting = try #require(Setting.named(one.name))
    var settings = CrmasksSettings(.file)
    let standard = setting.show(settings).historyText
    _ = try setting.take(try #require(YAMLDocument.parse("a: \(value)")["a"]?.value), into: &settings)
    #expect(setting.show(settings).historyText != standard)
  }

  @Test func whatHasNoEffectHasNone() throws {
    let scene = try Scene()
    #expect(try scene.run([:]) == scene.run(["la_gain_apply": "no"]))
  }
}

/// Three displaced exposures of different flux, and what crmasks makes of them.
private struct Scene {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    var simulation = ExposureSimulation()
    (simulation.width, simulation.height, simulation.seed) = (120, 90, 3)
    (simulation.density, simulation.coincidences) = (3e-3, 30)
    (simulation.flux, simulation.offsets) = (
      [0.8, 1, 1.2], [Offset(x: -0.5, y: 0.5), .zero, Offset(x: 0.5, y: 0)]
    )
    for (index, plane) in try simulation.run(work: Work()).exposures.enumerated() {
      let document = try FITSDocument(image: Image(pixels: plane))
      try FITSWriter.write(document, to: folder.file("e\(index + 1).fits"), overwrite: false)
    }
  }

  /// What a run told and left, but for HISTORY and identity.
  struct Left: Equatable {
    var told: [String] = []
    var masks: [Mask] = []
    var planes: [Plane<Float>] = []
    var boxes: [LocalMedianPixel] = []
    var factors: [Double] = []
    var files: [String: Data] = [:]
  }

  private func parameterFile(_ changes: [String: String]) -> String {
    var keys = [
      "apply_flux_factor_to": "simulated", "la_cleantype": "meanmask",
      "la_fsmode": "convolve", "la_psfmodel": "gaussxy", "la_psffwhm_x": "2.5", "la_psffwhm_y": "2.5",
      "la_psfsize": "11", "la_psfbeta": "4.765", "mm_boundary_fit": "spline", "mm_nsimulations": "2",
      "mm_seed": "1",
    ]
    keys.merge(changes) { $1 }
    return "images: [e1.fits, e2.fits, e3.fits]\ngain: 1\nrnoise: 3.4\nbias: 0\nrequirements:\n"
      + keys.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)\n" }.joined()
  }

  func run(_ changes: [String: String], figures: Bool = false) throws -> Left {
    let path = try folder.write(parameterFile(changes), "p.yaml")
    let out = folder.file("out")
    try? FileManager.default.removeItem(atPath: out)
    let lines = Lines()
    let session = Session(registry: try Builtins.registry())
    let context = CommandContext(
      work: Work(), host: session, report: lines.add, note: lines.add,
      ask: { question in
        lines.add(question)
        return "a"
      })
    let entry = try #require(session.registry["crmasks"])
    _ = try entry.call(
      [
        Argument(value: .text(path)), Argument(name: "output_dir", value: .text(out)),
        Argument(name: "figures", value: .bool(figures)),
      ], context)
    // The report repeats the parameters, and ends with the time.
    var left = Left(
      told: lines.all.filter {
        !($0.hasPrefix("  ") && $0.contains(" = ")) && !$0.hasPrefix("total time elapsed")
      })
    let masks = try FITSReader.maskSet(at: out + "/crmasks.fits")
    left.masks = [masks.medianCR, masks.meanCRT] + masks.exposures
    (left.boxes, left.factors) = (masks.localMedians, masks.fluxFactors)
    left.planes = masks.laMedian.map { [$0] } ?? []
    for name in try FileManager.default.contentsOfDirectory(atPath: out) where !name.hasSuffix("crmasks.fits")
    {
      if name.hasSuffix(".fits") {
        left.planes.append(try FITSReader.image(at: out + "/" + name).pixels)
      } else if name.hasSuffix(".csv") || name.hasSuffix("_cr.pdf") || name == "problematic_pixels.pdf" {
        left.files[name] = try Data(contentsOf: URL(fileURLWithPath: out + "/" + name))
      }
    }
    return left
  }

  /// The middle of a group of MEDIANCR, as a list of one pixel.
  func identifiedPixel() throws -> String {
    let masks = try run([:]).masks[0]
    let index = try #require(masks.plane.pixels.firstIndex { $0 != 0 })
    let (width, height) = (masks.shape.width, masks.shape.height)
    let pixels = (0..<4).flatMap { y in (0..<4).map { x in (index % width + x, index / width + y) } }
    return "["
      + pixels.filter { $0.0 < width && $0.1 < height }.map { "[\($0.0 + 1), \($0.1 + 1)]" }.joined(
        separator: ", ")
      + "]"
  }
}
