internal import CPlugins
import Files
import Foundation
import Glibc
import Kernels
import Synchronization

/// A shared library that speaks protocol 1; once loaded it stays.
final class LoadedLibrary: @unchecked Sendable {
  private let plugin: crs_plugin
  /// One call at a time.
  private let lock = NSLock()

  private init(_ plugin: crs_plugin) { self.plugin = plugin }

  private static let loaded = Mutex<[String: LoadedLibrary]>([:])

  /// The library of a plugin, loaded when it is first called, from the very file that was judged and hashed.
  ///
  /// - Throws: `CRSError` for a library that is not the enabled one, or speaks another protocol.
  static func library(of found: FoundPlugin, file: String) throws -> LoadedLibrary {
    if let known = loaded.withLock({ $0[found.path] }) { return known }
    let path = found.path + "/" + file
    let opened = try TrustedFile(path)
    guard let enabled = try EnabledLibraries.hash(of: found.path) else {
      throw refused(found, "the library was not enabled")
    }
    guard try FoundPlugin.hash(library: opened, folder: found.path) == enabled else {
      throw refused(found, FoundPlugin.changed)
    }
    // The descriptor stays open: the loader knows libraries by their names, and a number that is used again would
    // mean another file.
    let descriptor = opened.kept()
    guard let handle = dlopen("/proc/self/fd/\(descriptor)", RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
      throw CRSError.file("the library of the plugin \(found.name) cannot be loaded: \(reason)", file: path)
    }
    guard let entry = dlsym(handle, "crs_plugin_v1") else {
      throw CRSError.file("the library has no function crs_plugin_v1", file: path, expected: "protocol 1")
    }
    var plugin = crs_plugin()
    plugin.size = MemoryLayout<crs_plugin>.size
    let code = crs_enter(entry, LibraryHost.shared, &plugin)
    guard code == 0 else {
      throw CRSError.data("the plugin \(found.name) cannot be used: crs_plugin_v1 gave \(code)")
    }
    guard plugin.protocol == UInt32(PluginDescription.protocolVersion) else {
      throw CRSError.data(
        "the plugin \(found.name) speaks protocol \(plugin.protocol), crs \(CRSVersion.text) speaks protocol 1"
      )
    }
    guard plugin.size >= MemoryLayout<crs_plugin>.size, plugin.run != nil else {
      throw CRSError.data("the plugin \(found.name) gave no function run", expected: "crs_plugin filled in")
    }
    let library = LoadedLibrary(plugin)
    loaded.withLock { $0[found.path] = library }
    return library
  }

  private static func refused(_ plugin: FoundPlugin, _ reason: String) -> CRSError {
    CRSError.usage(
      "the plugin \(plugin.name) cannot be loaded: \(reason)", hint: "plugin enable \(plugin.name)")
  }

  /// Runs a command on a thread of its own.
  ///
  /// - Returns: what `run` gave.
  func run(_ call: LibraryCall) -> Int32 {
    lock.withLock {
      let done = DispatchSemaphore(value: 0)
      let result = Mutex<Int32>(0)
      let thread = Thread { [self] in
        let code = plugin.run?(plugin.`self`, call.handle) ?? -1
        result.withLock { $0 = code }
        done.signal()
      }
      thread.stackSize = 16 << 20
      thread.start()
      done.wait()
      return result.withLock { $0 }
    }
  }
}
