import Calling
import Foundation

/// The user's script that runs when a session begins.
package enum StartupFile {
  /// nil where there is none.
  package static var path: String? {
    // An empty one counts as none.
    let given = ProcessInfo.processInfo.environment["XDG_CONFIG_HOME"] ?? ""
    let base = given.isEmpty ? Session.home + "/.config" : given
    let file = base + "/crs/startup.crs"
    return FileManager.default.fileExists(atPath: file) ? file : nil
  }
}
