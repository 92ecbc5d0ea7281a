import Calling
import Files
import Foundation
import Glibc
import Kernels
import Pipeline

/// A plugin as it lies on the disk.
package struct FoundPlugin: Sendable {
  package enum State: Sendable {
    case usable
    /// A library that was not enabled, or is another than the enabled one.
    case notEnabled(String)
    /// The reason why it is left out.
    case refused(CRSError)
  }

  package let name: String
  /// Its folder, or the script itself.
  package let path: String
  package var description: PluginDescription?
  /// The text of a script.
  package var script: String?
  package var state = State.usable
  /// The first 12 digits of the hash of a script, or what plugin.json says.
  package var version = ""
  /// Of its files, when they were read.
  private(set) var stamp = PluginStamp()
  private let isFolder: Bool

  package var kind: String {
    switch description?.program {
    case .process?: "process"
    case .library?: "library"
    case .script?: "script"
    case nil: isFolder ? "invalid" : "script"
    }
  }

  /// Where its commands come from.
  package var origin: Origin {
    switch description?.program {
    case .process?: .process(name, version: version)
    case .library?: .library(name, version: version)
    case .script?, nil: .script(name, version: version)
    }
  }

  /// The file of a script.
  package var scriptFile: String {
    if case .script(let file)? = description?.program { return path + "/" + file }
    return path
  }

  /// Looks at a folder, or a script NAME.crs.
  package init(name: String, path: String, isFolder: Bool) {
    (self.name, self.path, self.isFolder) = (name, path, isFolder)
    defer { stamp = PluginStamp(files) }
    do {
      if isFolder { try readFolder() } else { try readScript(path) }
    } catch {
      state = .refused(error as? CRSError ?? CRSError.file("\(error)", file: path))
    }
  }

  /// plugin.json of a folder.
  var descriptionFile: String { path + "/plugin.json" }

  /// The files that it is made of. What else a program has in its folder, such as what it writes there, is not looked
  /// at, but for files of the kinds that it runs.
  private var files: [String] {
    guard isFolder else { return [path] }
    switch description?.program {
    case .library(let file)?, .script(let file)?: return [descriptionFile, path + "/" + file]
    case .process(let words, _)?:
      let endings = Set(words.compactMap { Self.ending(of: $0) })
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      let own = names.filter { name in words.contains { $0 == name || $0 == "./" + name } }
      let alike = names.filter { Self.ending(of: $0).map(endings.contains) ?? false }
      return [descriptionFile] + Set(own + alike).map { path + "/" + $0 }
    case nil: return [descriptionFile]
    }
  }

  private static func ending(of word: String) -> String? {
    let parts = word.split(separator: "/").last?.split(separator: ".") ?? []
    return parts.count > 1 ? parts.last.map(String.init) : nil
  }

  /// Its files as they are now.
  var currentStamp: PluginStamp { PluginStamp(files) }

  /// The same place, read again.
  package var readAnew: FoundPlugin { FoundPlugin(name: name, path: path, isFolder: isFolder) }

  /// Whether its files are others than those that were read.
  package var hasChanged: Bool { stamp != currentStamp }

  /// What a call must find as it was: a program that runs follows plugin.json as it is now.
  ///
  /// - Throws: `CRSError` (data).
  func checkDescriptionIsRead() throws {
    guard isFolder, !stamp.agrees(on: descriptionFile, with: PluginStamp([descriptionFile])) else { return }
    throw CRSError.data(
      "plugin.json of the plugin \(name) has changed since it was read",
      hint: "the next statement that is typed, and every new crs, read it anew")
  }

  private mutating func readFolder() throws {
    let file = descriptionFile
    let description = try PluginDescription(
      TrustedFile(file).bytes(limit: 1 << 22), folder: name, file: file)
    self.description = description
    version = description.version
    switch description.program {
    case .process, .library: break
    case .script(let file): try readScript(path + "/" + file)
    }
  }

  /// Looks whether a library is the one that was enabled, which is done before it is loaded, not each time it is found.
  mutating func checkIsEnabled() {
    guard case .library? = description?.program, case .usable = state else { return }
    do {
      guard let enabled = try EnabledLibraries.hash(of: path) else {
        state = .notEnabled("the library was not enabled")
        return
      }
      if enabled != (try hash()) { state = .notEnabled(Self.changed) }
    } catch {
      state = .refused(error as? CRSError ?? CRSError.file("\(error)", file: path))
    }
  }

  static let changed = "the library, or its plugin.json, is not the one that was enabled"

  private mutating func readScript(_ file: String) throws {
    let bytes = try TrustedFile(file).bytes(limit: 1 << 22)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CRSError.file("is no text", file: file, expected: "a script of definitions")
    }
    script = text
    version = String(SHA256.hex(bytes).prefix(12))
  }

  /// What a library is enabled by: itself and its plugin.json.
  ///
  /// - Throws: `CRSError` (file).
  func hash() throws -> String {
    guard case .library(let file)? = description?.program else { return "" }
    return try Self.hash(library: TrustedFile(path + "/" + file), folder: path)
  }

  static func hash(library: TrustedFile, folder: String) throws -> String {
    let json = try TrustedFile(folder + "/plugin.json").bytes(limit: 1 << 22)
    let bytes = try library.bytes(limit: 1 << 29)
    return SHA256.hex(Array((SHA256.hex(json) + SHA256.hex(bytes)).utf8))
  }
}

/// All plugins that are found, in the order of the path.
package struct PluginShelf: Sendable {
  package private(set) var plugins: [FoundPlugin] = []
  /// What deserves a warning: plugins of a name that is taken, folders that are not trusted.
  package private(set) var warnings: [String] = []

  /// Looks through the folders; runs nothing.
  package init(folders: [String] = PluginPath.folders) {
    for folder in folders {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
        continue
      }
      do {
        _ = try Trust.resolved(folder)
      } catch {
        warnings.append("plugins are left out: " + ((error as? CRSError)?.description ?? "\(error)"))
        continue
      }
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      for name in names { look(at: name, in: folder) }
    }
  }

  private mutating func look(at file: String, in folder: String) {
    let path = folder + "/" + file
    var isFolder: ObjCBool = false
    guard !file.hasPrefix("."), FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      return
    }
    let isScript = !isFolder.boolValue && file.hasSuffix(".crs")
    guard isScript || isFolder.boolValue && access(path + "/plugin.json", F_OK) == 0 else { return }
    let name = isScript ? String(file.dropLast(4)) : file
    if let other = plugins.first(where: { $0.name == name }) {
      warnings.append("the plugin \(path) is left out: \(other.path) has its name and comes first")
      return
    }
    var plugin = FoundPlugin(name: name, path: path, isFolder: isFolder.boolValue)
    if !ManifestCheck.isName(name) {
      plugin.state = .refused(
        CRSError.file("'\(name)' is no name of a plugin", file: path, expected: ManifestCheck.nameRule))
    }
    plugins.append(plugin)
  }

  package subscript(name: String) -> FoundPlugin? { plugins.first { $0.name == name } }
}
