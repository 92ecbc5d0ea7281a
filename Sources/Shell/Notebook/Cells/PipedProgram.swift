import Glibc
import Kernels

/// A program of the system's shell whose output is taken as text. It reads nothing and has a process group of its own,
/// which an interrupt ends.
struct PipedProgram {
  let cancellation: Cancellation
  /// Takes its text as it comes; while this waits the program waits too.
  let write: (String, ProgramOutput.Stream) -> Void
  /// Gives what takes the text of those that it leaves running in the background.
  let later: () -> @Sendable (String, ProgramOutput.Stream) -> Void

  /// - Returns: its exit status, 128 and more for a signal; nil when it could not be started.
  func run(_ command: String) -> Int32? {
    guard let output = OutputPipe(), let errors = OutputPipe(),
      let child = ShellProcess.start(command, output: output.end, errors: errors.end)
    else { return nil }
    ProgramGroups.shared.began(child)
    output.closeEnd()
    errors.closeEnd()
    var text = ProgramOutput(output: output, errors: errors)
    var interrupted: ContinuousClock.Instant?
    var status: Int32?
    while true {
      text.wait(milliseconds: status == nil ? 50 : 0)
      let isRead = text.read(write)
      if status != nil, !isRead { break }
      if status == nil { status = ShellProcess.status(of: child) }
      if cancellation.isRaised, status == nil {
        let first = interrupted ?? .now
        // Who does not take the hint for a while is ended.
        let isPatient = first.duration(to: .now) < .milliseconds(400)
        if interrupted == nil || !isPatient { kill(-child, isPatient ? SIGINT : SIGKILL) }
        interrupted = first
      }
    }
    ProgramGroups.shared.ended(child)
    if text.isOpen { text.follow(later()) } else { text.end(write) }
    return status
  }
}
