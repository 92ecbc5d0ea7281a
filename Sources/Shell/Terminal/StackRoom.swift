import Glibc

/// Runs the program where nested statements have room: small stacks (`ulimit -s`) would end it without a word.
enum StackRoom {
  /// What systems give usually.
  private static let usual = 8 << 20

  /// A function that Swift's module of the C library leaves out.
  private typealias Setter = @convention(c) (UnsafePointer<pthread_attr_t>) -> Int32

  static func run(_ body: @escaping @Sendable () -> Void) {
    var (limit, attributes, thread) = (rlimit(), pthread_attr_t(), pthread_t())
    guard getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(usual),
      pthread_attr_init(&attributes) == 0, pthread_attr_setstacksize(&attributes, usual) == 0
    else { return body() }
    // Threads that draw and calculate take the limit as their size otherwise.
    if let setter = dlsym(nil, "pthread_setattr_default_np") {
      _ = unsafeBitCast(setter, to: Setter.self)(&attributes)
    }
    let held = Unmanaged.passRetained(Held(body: body))
    let code = pthread_create(
      &thread, &attributes,
      { held in
        guard let held else { return nil }
        Unmanaged<Held>.fromOpaque(held).takeRetainedValue().body()
        return nil
      }, held.toOpaque())
    guard code == 0 else { return held.takeRetainedValue().body() }
    pthread_join(thread, nil)
  }

  private final class Held: Sendable {
    let body: @Sendable () -> Void
    init(body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
