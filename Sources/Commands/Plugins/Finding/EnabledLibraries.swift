import Calling
import Files
import Foundation
import Glibc
import Kernels

/// The libraries that the user has enabled, by their hashes.
enum EnabledLibraries {
  /// `XDG_CONFIG_HOME/crs/enabled`: a hash and the path of the folder a line.
  static var file: String {
    let config = ProcessInfo.processInfo.environment["XDG_CONFIG_HOME"] ?? ""
    return (config.hasPrefix("/") ? config : Session.home + "/.config") + "/crs/enabled"
  }

  /// The hash that a plugin's folder was enabled with; nil for none.
  ///
  /// - Throws: `CRSError` (file) for a file that others can write.
  static func hash(of folder: String) throws -> String? { try entries()[folder] }

  private static func entries() throws -> [String: String] {
    guard access(file, F_OK) == 0 else { return [:] }
    let text = String(decoding: try TrustedFile(file).bytes(limit: 1 << 20), as: UTF8.self)
    return text.split(separator: "\n").reduce(into: [:]) { entries, line in
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2 { entries[String(parts[1])] = String(parts[0]) }
    }
  }

  /// - Parameter hash: nil to take it back.
  /// - Throws: `CRSError` (file).
  static func set(_ folder: String, to hash: String?) throws {
    var entries = try entries()
    entries[folder] = hash
    let place = file.folder
    do {
      try FileManager.default.createDirectory(
        atPath: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw CRSError.file("the folder cannot be made", file: place)
    }
    let old = umask(0o077)
    defer { umask(old) }
    let written = try AtomicFile(file, existing: .replace)
    try written.append(entries.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)\n" }.joined())
    try written.commit()
    chmod(file, 0o600)
  }
}
