internal import CPlugins
import Files
import Foundation
import Glibc
import Kernels
import Synchronization

/// A shared library that speaks protocol 1; once loaded it stays in memory, also when another build takes its place.
final class LoadedLibrary: @unchecked Sendable {
  private let name: String
  private let plugin: crs_plugin
  /// The files that it was loaded from.
  private let stamp: PluginStamp
  private let handle: UnsafeMutableRawPointer
  /// One call at a time.
  private let lock = NSLock()

  private init(
    _ plugin: crs_plugin, of found: FoundPlugin, handle: UnsafeMutableRawPointer
  ) {
    (self.plugin, self.handle, name, stamp) = (plugin, handle, found.name, found.stamp)
  }

  /// By the folders of the plugins.
  private static let loaded = Mutex<[String: LoadedLibrary]>([:])

  /// What was loaded is not called any more.
  static func forget(_ found: FoundPlugin) { loaded.withLock { _ = $0.removeValue(forKey: found.path) } }

  /// Looks whether a file can be a library of protocol 1 for this machine, without running anything of it.
  ///
  /// - Throws: `CRSError` (file).
  static func checkLooksRight(_ found: FoundPlugin, file: String) throws {
    let path = found.path + "/" + file
    let bytes = try TrustedFile(path).bytes(limit: 1 << 29)
    // Magic, class, order and, at 18, the machine.
    let own = beginningOfProgram
    guard bytes.count > 64, own.count == 20, bytes.prefix(6) == own.prefix(6), bytes[18..<20] == own[18..<20]
    else {
      throw CRSError.file("is no shared library for this machine", file: path, hint: "build it anew")
    }
    guard bytes.firstRange(of: Array("\0crs_plugin_v1\0".utf8)) != nil else {
      throw CRSError.file("the library has no function crs_plugin_v1", file: path, expected: "protocol 1")
    }
  }

  private static var beginningOfProgram: [UInt8] {
    guard let file = fopen("/proc/self/exe", "re") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 20)
    return fread(&bytes, 1, bytes.count, file) == bytes.count ? bytes : []
  }

  /// The library of a plugin, loaded when it is first called, from the very file that was judged and hashed.
  ///
  /// - Throws: `CRSError` for a library that is not the enabled one, or speaks another protocol.
  static func library(of found: FoundPlugin, file: String) throws -> LoadedLibrary {
    let before = loaded.withLock { $0[found.path] }
    if let before, before.stamp == found.stamp { return before }
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
    if let before, before.handle == handle {
      dlclose(handle)
      throw CRSError.file(
        "the library of the plugin \(found.name) was written over while it was loaded", file: path,
        expected: "a file that takes its place, as linkers make", hint: "start crs again")
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
    let library = LoadedLibrary(plugin, of: found, handle: handle)
    loaded.withLock { $0[found.path] = library }
    return library
  }

  private static func refused(_ plugin: FoundPlugin, _ reason: String) -> CRSError {
    CRSError.usage(
      "the plugin \(plugin.name) cannot be loaded: \(reason)", hint: "plugin enable \(plugin.name)")
  }

  /// Runs a command on a thread of its own. When the user wants it to end and it goes on, that is told, and one more
  /// Ctrl-C ends crs: nobody can end a thread of a library.
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
      var patience = LibraryPatience(name: name, call: call)
      while done.wait(timeout: .now() + .milliseconds(100)) == .timedOut { patience.look() }
      return result.withLock { $0 }
    }
  }
}
