import Kernels

/// A text that is made when it is first asked for: the summary of a large image takes a good part of a second.
package final class LazyText: Sendable {
  private let made = Guarded<String?>(nil)

  package init() {}

  package func text(_ make: () -> String) -> String {
    if let text = made.withLock({ $0 }) { return text }
    let text = make()
    made.withLock { $0 = text }
    return text
  }
}
