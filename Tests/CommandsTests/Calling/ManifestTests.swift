import Foundation
import TestSupport
import Testing

@testable import Calling
@testable import Commands
@testable import Kernels
@testable import Pipeline

@Suite struct ManifestTests {
  /// Parameters that count something; their unit must be told.
  private static let unitless: Set<String> = [
    "scale",
    "n", "seed", "niter", "sigfrac", "objlim", "psfbeta", "knots_splfit", "niter_boundary_extension",
    "weight_boundary_extension", "connectivity", "status", "threads", "debug_level", "coincidences",
    "dilation", "far", "pmax", "maxplots", "nsimulations", "target",
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
            !parameter.limits.isEmpty || Self.unlimited.contains(parameter.name),
            "\(name) \(parameter.name) has no limits")
        }
      }
    }
  }

  /// Help and the reference tell every limit that is kept.
  @Test func everyLimitIsTold() throws {
    for manifest in try Builtins.registry().manifests {
      for parameter in manifest.parameters where parameter.kind != .word {
        let limits = parameter.limits
        for limit in [limits.minimum, limits.maximum, limits.exclusiveMinimum].compactMap({ $0 }) {
          #expect(
            parameter.valuesText.contains(limit.plain), "\(manifest.name) \(parameter.name): \(limit)")
        }
      }
    }
    let simulations = try Builtins.registry()["crmasks"]?.manifest.parameter(named: "nsimulations")
    #expect(simulations?.valuesText == "0...100000, or exact")
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

  /// What calls, completion and plugins rely on.
  @Test func declarationsAreOfOneMind() throws {
    for manifest in try Builtins.registry().manifests {
      let names = manifest.parameters.flatMap { [$0.name] + $0.aliases }
      #expect(
        names.allSatisfy {
          !$0.isEmpty && $0.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789_.".contains($0) }
        })
      let positional = manifest.parameters.filter(\.isPositional)
      #expect(
        !positional.dropLast().contains { $0.isRest }, "\(manifest.name): nothing comes behind the rest")
      let optional = positional.drop { $0.isRequired }
      #expect(!optional.contains { $0.isRequired }, "\(manifest.name): required ones come first")
      for result in manifest.results {
        if let like = result.like {
          #expect(manifest.parameter(named: like) != nil, "\(manifest.name) \(result.name) is like \(like)")
        }
      }
      for parameter in manifest.parameters {
        guard let standard = parameter.default, standard != .null, !parameter.isRest else { continue }
        // A default can be given: it is of the kind, within the limits or among the choices.
        #expect(throws: Never.self, "\(manifest.name) \(parameter.name)") {
          try Binder.check(Value(standard, kind: parameter.kind), for: parameter, at: nil)
        }
        #expect(parameter.choices.isEmpty || Set(parameter.choices).count == parameter.choices.count)
      }
    }
  }

  /// Manifests in JSON have the words of plugins: a default of null is one, no default none.
  @Test func jsonTellsDefaultsAndLimits() throws {
    let manifest = try #require(try Builtins.registry()["lacosmic"]?.manifest)
    let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(manifest))
    let parameters = try #require((json as? [String: Any])?["parameters"] as? [[String: Any]])
    func parameter(_ name: String) throws -> [String: Any] {
      try #require(parameters.first { $0["name"] as? String == name })
    }
    #expect(try parameter("image")["default"] == nil && parameter("image")["positional"] as? Bool == true)
    #expect(
      try parameter("gain")["default"] is NSNull && parameter("gain")["exclusiveMinimum"] as? Double == 0)
    #expect(
      try parameter("gain")["minimum"] == nil && parameter("sigclip")["exclusiveMinimum"] as? Double == 0)
    #expect((try parameter("satlevel")["choices"] as? [String]) == ["inf"])
    #expect(
      try parameter("sepmed")["default"] as? Bool == true && parameter("sepmed")["kind"] as? String == "flag")
    let short =
      #"{"name":"f","summary":"F","family":"My own","parameters":[{"name":"x","kind":"maskset","help":"h"}]}"#
    let read = try JSONDecoder().decode(CommandManifest.self, from: Data(short.utf8))
    #expect(read.effect == .nothing && read.parameters[0].kind == .maskset && read.parameters[0].isRequired)
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
