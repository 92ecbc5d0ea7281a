import Foundation
import TestSupport
import Testing

/// The author's path, and what users see of plugins.
@Suite struct PluginCommandTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func crs(_ arguments: String...) throws -> Program.Ended {
    try Program.run(
      arguments, in: folder.url,
      environment: ["CRS_PLUGIN_PATH": folder.path + "/plugins", "XDG_CONFIG_HOME": folder.path + "/config"])
  }

  private static let use = "s = simulate nx=60 ny=50 n=1 seed=1\nx = demo (s[1]) factor=2\n"

  @Test(arguments: ["script", "python", "c"]) func aNewPluginWorksAtOnce(_ kind: String) throws {
    let made = try crs("plugin", "new", "demo", "--kind", kind)
    #expect(made.status == 0, "\(made)")
    #expect(made.output.contains("wrote \(folder.path)/plugins/demo"))
    let used = try crs("-c", Self.use)
    #expect(used.status == 0 && used.output.contains("x: Image 60x50"), "\(used)")
    let help = try crs("help", "demo")
    #expect(help.output.contains("Subtract the median of an image"), "\(help)")
    #expect(help.output.contains("the plugin demo"))
    let checked = try crs("plugin", "check", "demo")
    #expect(checked.status == 0 && checked.output.contains("all is well"), "\(checked)")
    let listed = try crs("-c", "plugin list; apropos median")
    #expect(listed.output.contains("demo "), "\(listed)")
    let again = try crs("plugin", "new", "demo", "--kind", kind)
    #expect(again.status != 0)
  }

  @Test func aChangedLibraryMustBeEnabledAgain() throws {
    #expect(try crs("plugin", "new", "demo", "--kind", "c").status == 0)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("config/crs/enabled"))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let json = folder.url.appendingPathComponent("plugins/demo/plugin.json")
    let text = try String(contentsOf: json, encoding: .utf8)
    try Data(text.replacing("0.1.0", with: "0.2.0").utf8).write(to: json)
    let refused = try crs("-c", Self.use)
    #expect(refused.errors.contains("is not the one that was enabled"), "\(refused)")
    #expect(refused.errors.contains("plugin enable demo"))
    #expect(try crs("plugin", "enable", "demo").status == 0)
    #expect(try crs("-c", Self.use).status == 0)
    #expect(try crs("plugin", "disable", "demo").status == 0)
    #expect(try crs("-c", Self.use).errors.contains("was not enabled"))
  }

  @Test func scriptsNameThePluginsThatTheyNeed() throws {
    #expect(try crs("plugin", "new", "demo", "--kind", "python").status == 0)
    let saved = try crs("-c", Self.use + "save x x.fits\nhistory s.crs\nprovenance x")
    #expect(saved.status == 0, "\(saved)")
    #expect(saved.output.contains("plugin need demo 0.1.0"))
    let script = try String(contentsOf: folder.url.appendingPathComponent("s.crs"), encoding: .utf8)
    #expect(
      script.split(separator: "\n").first { !$0.hasPrefix("#") } == "plugin need demo 0.1.0", "\(script)")
    #expect(try crs("s.crs", "--overwrite").status == 0)
    // Another version, and none at all, are told before anything runs.
    let json = folder.url.appendingPathComponent("plugins/demo/plugin.json")
    let text = try String(contentsOf: json, encoding: .utf8)
    try Data(text.replacing("0.1.0", with: "0.2.0").utf8).write(to: json)
    let other = try crs("s.crs", "--overwrite")
    #expect(
      other.errors.contains("needs the plugin demo 0.1.0") && other.errors.contains("0.2.0"), "\(other)")
    #expect(!other.output.contains("s: Stack"))
    try FileManager.default.removeItem(atPath: folder.file("plugins/demo"))
    let none = try crs("s.crs", "--overwrite")
    #expect(none.errors.contains("needs the plugin demo 0.1.0, and there is none"), "\(none)")
    #expect(!none.output.contains("s: Stack"))
    #expect(try crs("s.crs", "--check").errors.contains("needs the plugin demo 0.1.0"))
  }

  @Test func theSharedFilesOfTemplatesAreFresh() throws {
    for (name, file) in [("Python", "share/python/crs_plugin.py"), ("Header", "share/include/crs_plugin.h")] {
      let made = try String(
        contentsOf: Repository.root.appendingPathComponent(
          "Sources/Commands/Plugins/Command/SharedFiles+\(name).swift"),
        encoding: .utf8)
      let text = try String(contentsOf: Repository.root.appendingPathComponent(file), encoding: .utf8)
      let indented = text.split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.isEmpty ? "" : "    " + $0
      }
      .joined(separator: "\n")
      #expect(made.contains(indented.trimmingCharacters(in: .newlines)), "run scripts/plugin-templates")
    }
  }
}
