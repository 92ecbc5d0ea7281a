import Glibc
import Kernels

/// The process groups of programs that cells have started: they end with the kernel, however it ends.
final class ProgramGroups: Sendable {
  static let shared = ProgramGroups()

  private struct State {
    /// The program that a cell waits for.
    var foreground: pid_t?
    /// Groups whose first process has ended; some have processes in the background.
    var background: [pid_t] = []
    /// Where the guard listens.
    var guardPipe: Int32?
  }
  private let state = Guarded(State())

  func began(_ group: pid_t) {
    state.withLock { state in
      state.foreground = group
      Self.tell(&state)
    }
  }

  func ended(_ group: pid_t) {
    state.withLock { state in
      state.foreground = nil
      state.background = (state.background + [group]).filter { kill(-$0, 0) == 0 || errno == EPERM }
      Self.tell(&state)
    }
  }

  /// The kernel ends: what runs in the foreground is killed, what is in the background hangs up as it would when a
  /// terminal is closed; nohup survives that.
  func end() {
    state.withLock { state in
      if let group = state.foreground { kill(-group, SIGKILL) }
      for group in state.background { kill(-group, SIGHUP) }
      (state.foreground, state.background) = (nil, [])
      Self.tell(&state)
    }
  }

  /// Tells the guard which groups there are. It does what `end` does when the kernel is killed: then it reads no more.
  private static func tell(_ state: inout State) {
    if state.guardPipe == nil {
      guard state.foreground != nil, let pipe = OutputPipe.ends() else { return }
      if ShellProcess.start(guardScript, input: pipe.start) != nil {
        state.guardPipe = pipe.end
      } else {
        close(pipe.end)
      }
      close(pipe.start)
    }
    guard let pipe = state.guardPipe else { return }
    let line = ([state.foreground ?? 0] + state.background).map { "\($0)" }.joined(separator: " ") + "\n"
    // A guard that has gone is no reason to end: SIGPIPE is ignored.
    _ = line.withCString { write(pipe, $0, strlen($0)) }
  }

  /// Each line has the group in the foreground, or 0, and those in the background.
  private static let guardScript = """
    trap '' INT TERM HUP
    first=0
    while read -r group others; do first=$group rest=$others; done
    [ "$first" -gt 1 ] && kill -s KILL -- "-$first"
    for group in $rest; do kill -s HUP -- "-$group"; done
    """
}
