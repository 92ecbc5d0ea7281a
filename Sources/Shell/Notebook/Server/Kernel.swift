import Foundation
import Kernels
import Pipeline
import Plugins

/// The kernel: a session whose cells come from the clients of Jupyter.
///
/// Cells run in the main thread; heartbeat, control and iopub have threads of their own, so that a cell keeps nobody
/// waiting.
package enum Kernel {
  /// Runs until the end is asked for, or the parent is gone.
  ///
  /// - Throws: `CRSError`: file for a wrong connection file, data when nothing can listen there.
  package static func run(connectionFile path: String) throws {
    let connection = try ConnectionFile(path: path)
    let codec = MessageCodec(signature: Signature(key: connection.key))
    // Signals come to the main thread; the others start with them blocked.
    let signals = KernelSignals()
    let context = try SocketContext()
    func socket(_ channel: ConnectionFile.Channel, _ kind: Socket.Kind = .router, tellsLost: Bool = false)
      throws
      -> Socket
    {
      try Socket(
        kind, context, at: connection.endpoint(channel), usesIPv6: connection.usesIPv6, tellsLost: tellsLost)
    }
    let heartbeat = try socket(.heartbeat)
    let publisher = Publisher(try socket(.iopub, .publisher), codec)
    let control = RequestChannel(try socket(.control), codec, publisher)
    let shell = RequestChannel(try socket(.shell), codec, publisher)
    let questions = Questions(try socket(.stdin, tellsLost: true), codec)

    let cancellation = KernelSignals.cancellation
    let ending = Ending(cancellation, wakers: 2)
    let cells = try Cells(publisher: publisher, questions: questions, cancellation: cancellation)
    Heartbeat.start(heartbeat)
    publisher.start()
    let controlThread = ControlThread(control, cancellation, ending, ending.wakers[0])
    controlThread.start()
    ParentWatch.start(ProcessInfo.processInfo.environment["JPY_PARENT_PID"], ending)
    ending.watch(KernelSignals.endWaker)
    signals.take()

    if let trouble = cells.runStartup() { FileHandle.standardError.write(Data((trouble + "\n").utf8)) }
    var loop = ShellLoop(shell, cells, ending, ending.wakers[1])
    try? loop.run()

    ending.ask()
    ProgramGroups.shared.end()
    PluginPrograms.shared.end()
    controlThread.join()
    publisher.end()
    questions.close()
    shell.close()
    context.end()
  }
}
