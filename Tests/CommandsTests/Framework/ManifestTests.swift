import Foundation
import TestSupport
import Testing

@testable import Commands
@testable import Kernels

@Suite struct ManifestTests {
  /// Parameters that count something; their unit must be told.
  private static let unitless: Set<String> = [
    "n", "seed", "niter", "sigfrac", "objlim", "psfbeta", "knots_splfit", "niter_boundary_extension",
    "weight_boundary_extension", "connectivity", "status", "threads", "debug_level", "coincidences",
    "dilation", "far", "pmax", "maxplots", "nsimulations",
  ]
  /// Parameters that take any number.
  private static let unlimited: Set<String> = ["threshold", "minimum_max2d_rnoise"]

  @Test func declarationsAreComplete() throws {
    let registry = try Builtins.registry()
    for name in registry.names {
      let manifest = try #require(registry[name]?.manifest)
      #expect(!manifest.summary.isEmpty && !manifest.summary.hasSuffix("."))
      var seen: Set<String> = []
      for parameter in manifest.parameters {
        #expect(seen.insert(parameter.name).inserted, "\(name) declares \(parameter.name) twice")
        for alias in parameter.aliases {
          #expect(seen.insert(alias).inserted, "\(name): alias \(alias) is taken")
        }
        #expect(!parameter.help.isEmpty, "\(name) \(parameter.name) has no help")
        if parameter.kind == .number || parameter.kind == .integer {
          #expect(
            !parameter.unit.isEmpty || Self.unitless.contains(parameter.name),
            "\(name) \(parameter.name) has no unit")
          #expect(
            parameter.range != nil || Self.unlimited.contains(parameter.name),
            "\(name) \(parameter.name) has no range")
        }
      }
    }
  }

  /// Commands that share settings name them as the table does.
  @Test func settingsAreThoseOfTheTable() throws {
    let commands: [any Command] = [
      CrmasksCommand(), ComputeCommand(), MMDiagramCommand(), FitBoundaryCommand(), MMCosmicCommand(),
      MMPValueCommand(), LacosmicCommand(), FluxFactorCommand(),
    ]
    for command in commands {
      let shared = Mirror(reflecting: command).children.compactMap { $0.value as? SettingsParameters }
      #expect(
        shared.count == 1 && shared.allSatisfy(\.unknownNames.isEmpty), "\(type(of: command).info.name)")
    }
  }

  @Test func namesAreUnique() throws {
    var registry = try Builtins.registry()
    #expect(throws: CRSError.self) { try registry.register(MedianCommand.self) }
  }

  @Test func manifestsSurviveJSON() throws {
    let registry = try Builtins.registry()
    let text = try ManifestDump.json(registry)
    let decoded = try JSONDecoder().decode([CommandManifest].self, from: Data(text.utf8))
    #expect(decoded == registry.names.compactMap { registry[$0]?.manifest })
  }

  @Test func referencePageIsFresh() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "../../../docs")
    let page = try String(contentsOf: folder.appendingPathComponent("reference.md"), encoding: .utf8)
    let made = ReferenceText.markdown(try Builtins.registry()).trimmingBlanks()
    #expect(page.trimmingBlanks() == made, "run: .build/release/crs --reference > docs/reference.md")
  }
}
