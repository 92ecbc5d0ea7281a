import Calling
import Foundation

/// The folders in which plugins are looked for, in their order.
package enum PluginPath {
  /// Absolute names; a relative one in CRS_PLUGIN_PATH means the folder in which crs was started.
  package static var folders: [String] {
    let environment = ProcessInfo.processInfo.environment
    let own = (environment["CRS_PLUGIN_PATH"] ?? "").split(separator: ":").map(String.init)
    return (own.map(absolute) + [user, "/usr/local/share/crs/plugins", "/usr/share/crs/plugins"])
      .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The user's own folder for plugins.
  private static var user: String {
    let data = ProcessInfo.processInfo.environment["XDG_DATA_HOME"] ?? ""
    return (data.hasPrefix("/") ? data : Session.home + "/.local/share") + "/crs/plugins"
  }

  private static func absolute(_ path: String) -> String {
    let home = path == "~" || path.hasPrefix("~/") ? Session.home + path.dropFirst() : path
    let whole = home.hasPrefix("/") ? home : start + "/" + home
    return whole.count > 1 && whole.hasSuffix("/") ? String(whole.dropLast()) : whole
  }

  /// `cd` does not move the folders.
  private static let start = FileManager.default.currentDirectoryPath
}
