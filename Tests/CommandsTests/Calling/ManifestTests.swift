import Foundation
import TestSupport
import Testing

@testable import Calling
@testable import Commands
@testable import Kernels

@Suite struct ManifestTests {
  /// Parameters that count something; their unit must be told.
  private static let unitless: Set<String> = [
    "n", "seed", "niter", "sigfrac", "objlim", "psfbeta", "knots_splfit", "niter_boundary_extension",
    "weight_boundary_extension", "connectivity", "status", "threads", "debug_level", "coincidences",
    "dilation", "far", "pmax", "maxplots", "nsimulations",
  ]

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
        if name != "crmasks", parameter.kind == .number || parameter.kind == .integer {
          #expect(
            !parameter.unit.isEmpty || Self.unitless.contains(parameter.name),
            "\(name) \(parameter.name) has no unit")
          #expect(!parameter.limits.isEmpty, "\(name) \(parameter.name) has no limits")
        }
      }
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
