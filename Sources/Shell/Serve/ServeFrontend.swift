import Calling
import Foundation
import Kernels
import Language
import Pipeline

/// What a served session tells goes into messages of the call that runs.
final class ServeFrontend: Frontend {
  private let channel: ServeChannel
  private let call = Guarded(0)
  let cancellation: Cancellation
  private let sink: ServeProgress

  init(_ channel: ServeChannel, cancellation: Cancellation) {
    (self.channel, self.cancellation) = (channel, cancellation)
    sink = ServeProgress(channel)
  }

  func begin(_ number: Int) {
    call.withLock { $0 = number }
    sink.begin(number)
  }

  private var number: Int { call.withLock { $0 } }

  func report(_ line: String) { channel.write(["call": .integer(number), "report": .text(line)]) }
  func note(_ line: String) { channel.write(["call": .integer(number), "note": .text(line)]) }
  func error(_ text: String) { note(text) }

  func display(_ shown: Shown) {
    switch shown {
    case .result(_, let lines, _), .listing(let lines): lines.forEach(report)
    case .page(let page): page.lines.forEach(report)
    }
  }

  func ask(_ question: String) -> String? { channel.answer(to: question, call: number) }
  var askAmong: (@Sendable (_ question: String, _ choices: [String]) -> String?)? {
    { [self] question, choices in channel.answer(to: question, choices: choices, call: number) }
  }
  func during<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result { try body() }
  var progress: any ProgressSink { sink }
  func pictureTerminal() -> TerminalInfo? { nil }

  /// Runs a line of the system's shell without input; what it prints becomes report.
  func system(_ line: String) -> Int32? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    do {
      try process.run()
    } catch {
      return nil
    }
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    said.split(separator: "\n", omittingEmptySubsequences: false).dropLast(said.hasSuffix("\n") ? 1 : 0)
      .forEach { if !said.isEmpty { report(String($0)) } }
    return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
  }
}

/// Progress as messages, five a second.
private final class ServeProgress: ProgressSink {
  private let channel: ServeChannel
  private let state = Guarded((call: 0, last: ContinuousClock.now))

  init(_ channel: ServeChannel) { self.channel = channel }

  func begin(_ call: Int) { state.withLock { $0.call = call } }

  func report(stage: String, fraction: Double) {
    let due: Int? = state.withLock { state in
      let now = ContinuousClock.now
      guard now - state.last >= .milliseconds(200) else { return nil }
      state.last = now
      return state.call
    }
    if let due {
      channel.write(["call": .integer(due), "progress": .number(fraction), "stage": .text(stage)])
    }
  }
}
