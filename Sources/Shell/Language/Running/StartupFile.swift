import Calling
import Foundation

/// The user's script that runs when a session begins.
package enum StartupFile {
  /// nil where there is none.
  package static var path: String? {
    let base = ProcessInfo.processInfo.environment["XDG_CONFIG_HOME"] ?? Session.home + "/.config"
    let file = base + "/crs/startup.crs"
    return FileManager.default.fileExists(atPath: file) ? file : nil
  }
}
