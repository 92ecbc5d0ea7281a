import Calling
import Foundation
import Kernels
import Pipeline

/// The programs of plugins that run for a session, and the folder through which pixels go to them.
///
/// One thread calls at a time.
package final class PluginPrograms: @unchecked Sendable {
  /// Nothing is made before a plugin is called.
  package static let shared = PluginPrograms()

  private var running: [String: PluginProcess] = [:]
  private var exchange: ExchangeFolder?
  private var chosenFolder: String?
  private let lock = NSRecursiveLock()
  /// Minutes, as the last call had them.
  private var idleLimit = 10.0
  /// Whether somebody looks when that time is over.
  private var isWatching = false

  /// Ends all programs and removes the folder.
  package func end() {
    lock.withLock {
      // All at once: one that does not listen must not keep the others waiting.
      running.values.forEach { $0.sayGoodbye() }
      running.values.forEach { $0.end() }
      running = [:]
      exchange = nil
    }
  }

  /// The folder, made when it is first needed.
  func folder(for bytes: Int, settings: Session.Settings?) throws -> ExchangeFolder {
    let chosen = settings?.pluginFolder
    if let exchange, chosen == chosenFolder { return exchange }
    // Programs know the folder from their greeting.
    end()
    ExchangeFolder.sweep(chosen)
    let made = try ExchangeFolder(chosen: chosen, bytes: bytes)
    (exchange, chosenFolder) = (made, chosen)
    return made
  }

  /// Calls a command of a plugin and gives its results.
  ///
  /// - Throws: `CRSError`.
  func call(
    _ plugin: FoundPlugin, _ manifest: CommandManifest, _ bound: Bound, _ context: CommandContext
  ) throws -> [Value] {
    do {
      return try lock.withLock { try unlocked(plugin, manifest, bound, context) }
    } catch let error as CRSError {
      throw PlainText.of(error)
    }
  }

  private func unlocked(
    _ plugin: FoundPlugin, _ manifest: CommandManifest, _ bound: Bound, _ context: CommandContext
  ) throws -> [Value] {
    guard case .process(let words, let keep)? = plugin.description?.program else { return [] }
    let settings = (context.host as? Session)?.settings
    endIdle(after: settings?.pluginIdle ?? 10)
    let exchange = try folder(for: PluginArguments.bytes(bound), settings: settings)
    defer { exchange.clear() }
    let sender = ValueSender(folder: exchange, prefix: "p")
    let arguments = try PluginArguments(manifest, bound).json(sender)
    var process = running[plugin.path]
    if process?.isUsable != true || process?.stamp != plugin.stamp {
      process?.end()
      process = nil
      running[plugin.path] = nil
    }
    let called = try process ?? PluginProcess(plugin, words: words, exchange: exchange.path, context: context)
    running[plugin.path] = called
    defer {
      if !keep || !called.isUsable {
        if called.isUsable { called.end() }
        running[plugin.path] = nil
      }
    }
    defer { endIdleLater(after: settings?.pluginIdle ?? 10) }
    let results = try called.call(manifest.name, arguments, context)
    do {
      return try PluginResults.values(results, manifest, bound, exchange, sender.planes, plugin: plugin.name)
    } catch {
      // A program that breaks its promises begins anew.
      called.end()
      throw error
    }
  }

  private func endIdle(after minutes: Double) {
    for (path, process) in running where ContinuousClock.now - process.lastUse >= .seconds(60 * minutes) {
      process.end()
      running[path] = nil
    }
  }

  /// Ends programs that nobody has called for a while, also when nothing is called any more.
  private func endIdleLater(after minutes: Double) {
    defer { idleLimit = minutes }
    guard !isWatching || minutes < idleLimit, let first = running.values.map(\.lastUse).min() else { return }
    isWatching = true
    let idle = ContinuousClock.now - first
    let rest = max(0, 60 * minutes - Double(idle.components.seconds)) + 0.05
    DispatchQueue.global().asyncAfter(deadline: .now() + rest) { [self] in
      lock.withLock {
        isWatching = false
        endIdle(after: idleLimit)
        if !running.isEmpty { endIdleLater(after: idleLimit) }
      }
    }
  }
}
