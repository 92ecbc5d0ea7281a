import Foundation

/// Which folder of a module uses what another one declares, as the sources show it.
struct FolderGraph {
  /// An arrow from one folder to another, with the names and files that make it.
  struct Arrow {
    var from: String
    var to: String
    var reasons: Set<String>
  }

  /// Folders directly below the module's, in the order of their names; the module's own files are ".".
  let folders: [String]
  let arrows: [Arrow]

  /// - Parameters:
  ///   - module: its folder below the sources, for example `Core/Kernels`.
  ///   - sources: all files, by path below the sources.
  init(of module: String, among sources: [String: SourceText]) {
    let files: [(folder: String, name: String, text: SourceText)] = sources.keys.sorted().compactMap { path in
      guard path.hasPrefix(module + "/"), let text = sources[path] else { return nil }
      let name = String(path.dropFirst(module.count + 1))
      return (name.contains("/") ? String(name.prefix { $0 != "/" }) : ".", name, text)
    }
    // Members of other modules may have the same names.
    let foreign = sources.filter { !$0.key.hasPrefix(module + "/") }.values.reduce(into: Set<String>()) {
      $0.formUnion($1.members.all)
    }

    var owners: [String: Set<Int>] = [:]
    var memberFiles: [String: Set<Int>] = [:]
    var extensionFiles: [String: Set<Int>] = [:]
    for (k, file) in files.enumerated() {
      for name in file.text.types { owners[name, default: []].insert(k) }
      for name in file.text.functions { owners[name + "(", default: []].insert(k) }
      let members = file.text.members
      for name in members.all { memberFiles[name, default: []].insert(k) }
      for name in members.ofExtensions { extensionFiles[name, default: []].insert(k) }
    }
    var reasons: [String: [String: Set<String>]] = [:]
    for (k, file) in files.enumerated() {
      let uses = file.text.uses
      var declared: [(name: String, file: Int)] = []
      for name in uses.types.union(uses.functions.map { $0 + "(" }) {
        // A name that several files declare (in nested scopes) says nothing.
        if let owner = owners[name], owner.count == 1, let file = owner.first {
          declared.append((name, file))
        }
      }
      for name in uses.members
      where name.count >= 6 && memberFiles[name]?.count == 1 && !foreign.contains(name) {
        if let file = extensionFiles[name]?.first { declared.append(("." + name, file)) }
      }
      for (name, owner) in declared where files[owner].folder != file.folder {
        reasons[file.folder, default: [:]][files[owner].folder, default: []].insert(
          "\(file.name) uses \(name) of \(files[owner].name)")
      }
    }
    folders = Set(files.map(\.folder)).sorted()
    arrows = reasons.flatMap { from, targets in
      targets.map { Arrow(from: from, to: $0.key, reasons: $0.value) }
    }.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
  }

  /// All Swift files below a folder, by path.
  static func sources(below root: URL) throws -> [String: SourceText] {
    let start = root.standardizedFileURL.path.count + 1
    var out: [String: SourceText] = [:]
    let found = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    while let url = found?.nextObject() as? URL {
      guard url.pathExtension == "swift" else { continue }
      out[String(url.standardizedFileURL.path.dropFirst(start))] = SourceText(
        try String(contentsOf: url, encoding: .utf8))
    }
    return out
  }

  /// `Folder -> others that it uses`, a line each.
  var lines: [String] {
    folders.map { folder in
      folder + " -> " + arrows.filter { $0.from == folder }.map(\.to).joined(separator: ", ")
    }
  }
}
