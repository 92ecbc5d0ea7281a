import Calling
import Files
import Foundation
import Glibc
import Kernels
import Pipeline

/// A running program that speaks protocol 1, one call at a time.
final class PluginProcess {
  private let name: String
  private let version: String
  private let child: ChildProcess
  /// The files of the plugin when it was started.
  let stamp: PluginStamp
  private let mail = Mailbox()
  /// Of its standard error.
  private let prints: ReadingGate
  private var lastCall = 0
  /// When the last call ended.
  private(set) var lastUse = ContinuousClock.now
  /// Whether it can be called again.
  private(set) var isUsable = true

  /// Seconds that a plugin has for its first message.
  private static let patience = 60.0

  /// Starts the program and greets it.
  ///
  /// - Throws: `CRSError`.
  init(_ plugin: FoundPlugin, words: [String], exchange: String, context: CommandContext) throws {
    (name, version) = (plugin.name, plugin.version)
    stamp = plugin.stamp
    try plugin.checkDescriptionIsRead()
    let folder = try Trust.resolved(plugin.path)
    var variables = ProcessInfo.processInfo.environment
    variables["CRS_THREADS"] = "\(context.work.threads)"
    do {
      child = try ChildProcess(
        ProgramSearch.arguments(words, folder: folder),
        environment: variables.map { "\($0.key)=\($0.value)" }, folder: folder)
    } catch var error as CRSError {
      error.message = "the plugin \(plugin.name) cannot run: \(error.message)"
      throw error
    }
    prints = ReadingGate(child.errors)
    LineStream.start(child.output, longest: LineStream.longest) { [mail] in mail.add($0) }
    LineStream.start(child.errors, longest: 1 << 16, cuts: true, gate: prints) { [mail] event in
      if case .line(let line) = event { mail.add(error: line) }
    }
    do {
      try greet(exchange, context)
    } catch {
      kill()
      throw error
    }
  }

  // MARK: - Beginning and end

  private func greet(_ exchange: String, _ context: CommandContext) throws {
    let highest = PluginDescription.protocolVersion
    try send(
      ["hello": ["protocol": .integer(highest), "crs": .text(CRSVersion.text), "folder": .text(exchange)]],
      context)
    let limit = ContinuousClock.now + .seconds(Self.patience)
    while true {
      for item in mail.take(waiting: 0.05) {
        switch item {
        case .error(let line): context.note("\(name): \(line)")
        case .end: throw died()
        case .breach(let beginning, let what): throw breach(beginning, what)
        case .message(let message):
          guard let hello = message["hello"] else { throw breach(message.beginning, "no greeting") }
          let spoken = hello["protocol"]?.int ?? 0
          guard spoken == highest else {
            throw CRSError.data(
              "the plugin \(name) speaks protocol \(spoken), crs \(CRSVersion.text) speaks protocol \(highest)"
            )
          }
          let told = (hello["name"]?.string ?? "", hello["version"]?.string ?? "")
          guard told == (name, version) else {
            throw CRSError.data(
              PlainText.line(
                "the program says that it is \(told.0) \(told.1), plugin.json that it is \(name) \(version)"))
          }
          return
        }
      }
      try context.work.checkCancelled()
      guard ContinuousClock.now < limit else {
        throw CRSError.data("the plugin \(name) did not answer within \(Int(Self.patience)) s")
      }
      if child.status != nil, mailIsQuiet() { throw died() }
    }
  }

  /// Says goodbye and waits a little.
  func end() {
    sayGoodbye()
    child.end(patience: 0.5)
  }

  /// Several at a time can end after it.
  func sayGoodbye() {
    guard isUsable else { return }
    isUsable = false
    mail.closed()
    let bye = Array("{\"bye\":{}}\n".utf8)
    if child.status == nil { _ = bye.withUnsafeBytes { write(child.input, $0.baseAddress, $0.count) } }
    child.closeInput()
  }

  private func kill() {
    isUsable = false
    mail.closed()
    child.send(SIGKILL)
    child.end(patience: 0.1)
  }

  private func mailIsQuiet() -> Bool {
    // Its last words may still be on their way.
    usleep(100_000)
    quiet = mail.take(waiting: 0.05)
    return quiet.isEmpty
  }
  /// What came after the program had ended.
  private var quiet: [Mailbox.Item] = []

  private func taken(waiting seconds: Double) -> [Mailbox.Item] {
    defer { quiet = [] }
    return quiet.isEmpty ? mail.take(waiting: seconds) : quiet
  }

  // MARK: - Calls

  /// - Returns: the results as they came.
  /// - Throws: `CRSError`; after a breach the process is gone.
  func call(_ command: String, _ arguments: JSONValue, _ context: CommandContext) throws -> [JSONValue] {
    lastCall += 1
    defer { lastUse = .now }
    let call = lastCall
    do {
      try send(
        [
          "call": .integer(call), "command": .text(command), "arguments": arguments,
          "threads": .integer(context.work.threads),
        ], context)
      return try answer(to: call, context)
    } catch let error as CRSError where error.kind == .interrupted {
      try cancel(call, context)
      throw error
    } catch let failure as CallFailure {
      throw failure.error
    } catch {
      kill()
      throw error
    }
  }

  /// An error that the plugin itself has told: it can be called again.
  private struct CallFailure: Error {
    var error: CRSError
  }

  private func answer(to call: Int, _ context: CommandContext) throws -> [JSONValue] {
    while true {
      let items = taken(waiting: 0.05)
      for (k, item) in items.enumerated() {
        do {
          guard let results = try handle(item, call, context) else { continue }
          tellPrints(behind: items[(k + 1)...], context)
          return results
        } catch let failure as CallFailure {
          tellPrints(behind: items[(k + 1)...], context)
          throw failure
        }
      }
      try context.work.checkCancelled()
      if child.status != nil, mailIsQuiet() { throw died() }
    }
  }

  /// Tells what the program printed before its answer: that takes another way and may come later.
  private func tellPrints(behind items: ArraySlice<Mailbox.Item>, _ context: CommandContext) {
    prints.waitUntilRead(seconds: 0.2)
    for item in items + mail.take(waiting: 0) {
      if case .error(let line) = item { context.note("\(name): \(line)") } else { quiet.append(item) }
    }
  }

  /// - Returns: the results, when they are there.
  private func handle(
    _ item: Mailbox.Item, _ call: Int, _ context: CommandContext
  ) throws -> [JSONValue]? {
    switch item {
    case .error(let line): context.note("\(name): \(line)")
    case .end: throw died()
    case .breach(let beginning, let what): throw breach(beginning, what)
    case .message(let message):
      guard let number = message["call"]?.int, number <= call else {
        throw breach(message.beginning, "no message of this call")
      }
      // Of a call that has ended.
      guard number == call else { return nil }
      if let results = message["results"] {
        guard let items = results.items else { throw breach(message.beginning, "results that are no list") }
        try checkHolds(context)
        return items
      }
      if let error = message["error"] {
        guard error.members != nil else { throw breach(message.beginning, "an error that is no object") }
        try checkHolds(context)
        throw CallFailure(error: failure(error))
      }
      try tell(message, call, context)
    }
    return nil
  }

  /// A call that was cancelled is interrupted whatever came; there is nothing left to be cancelled.
  private func checkHolds(_ context: CommandContext) throws {
    if context.work.cancellation.isRaised { throw CallFailure(error: .interrupted) }
  }

  private func tell(_ message: JSONValue, _ call: Int, _ context: CommandContext) throws {
    if let fraction = message["progress"]?.double {
      let stage = PlainText.line(message["stage"]?.string ?? name)
      context.work.report(String(stage.prefix(60)), min(1, max(0, fraction.isFinite ? fraction : 0)))
    } else if let line = message["report"]?.string {
      context.report(PlainText.of(line))
    } else if let line = message["note"]?.string {
      context.note(PlainText.of(line))
    } else if let question = message["ask"]?.string {
      let choices = (message["choices"]?.items ?? []).compactMap(\.string).map(PlainText.line)
      let answer = context.askToChoose(PlainText.line(question), choices)
      try send(["call": .integer(call), "answer": answer.map { .text($0) } ?? .null], context)
    } else {
      throw breach(message.beginning, "an unknown message")
    }
  }

  private func failure(_ error: JSONValue) -> CRSError {
    let kind: CRSError.Kind =
      switch error["code"]?.string {
      case "usage": .usage
      case "file": .file
      case "interrupted": .interrupted
      default: .data
      }
    let message =
      error["message"]?.string ?? (kind == .interrupted ? "interrupted" : "the plugin \(name) failed")
    return CRSError(
      kind, message, file: error["file"]?.string, parameter: error["parameter"]?.string,
      expected: error["expected"]?.string, hint: error["hint"]?.string)
  }

  /// Asks the program to stop, and stops it when it does not.
  private func cancel(_ call: Int, _ context: CommandContext) throws {
    let line = Array("{\"cancel\":\(call)}\n".utf8)
    _ = line.withUnsafeBytes { write(child.input, $0.baseAddress, $0.count) }
    child.send(SIGINT)
    let start = ContinuousClock.now
    var isTold = false
    while ContinuousClock.now - start < .seconds(4) {
      for item in mail.take(waiting: 0.05) {
        switch item {
        case .error(let line): context.note("\(name): \(line)")
        case .message(let message) where message["call"]?.int == call:
          if message["results"] != nil || message["error"] != nil { return }
        case .message: break
        case .breach, .end: return kill()
        }
      }
      if child.status != nil { return kill() }
      if !isTold, ContinuousClock.now - start > .seconds(2) {
        child.send(SIGTERM)
        isTold = true
      }
    }
    kill()
  }

  // MARK: - Sending

  /// Writes a message, reading what comes meanwhile: a program that waits for its own output to be read must not make
  /// both sides wait.
  private func send(_ message: JSONValue, _ context: CommandContext) throws {
    let line = message.bytes + [0x0A]
    guard line.count <= LineStream.longest else {
      throw CRSError.usage(
        "the arguments make a line of \(line.count >> 20) MiB",
        expected: "\(LineStream.longest >> 20) MiB at most",
        hint: "long lists can go into a table or a file")
    }
    var done = 0
    while done < line.count {
      let count = line.withUnsafeBytes {
        write(child.input, $0.baseAddress.map { $0 + done }, line.count - done)
      }
      if count > 0 {
        done += count
        continue
      }
      switch errno {
      case EINTR: break
      case EAGAIN:
        var waiting = pollfd(fd: child.input, events: Int16(POLLOUT), revents: 0)
        _ = poll(&waiting, 1, 50)
      default: throw died()
      }
      try context.work.checkCancelled()
    }
  }

  // MARK: - What went wrong

  private func died() -> CRSError {
    let ended = child.wait(seconds: 0.5) ? child.end ?? "ended" : "closed its standard output"
    // What it wrote before its end may still wait in the pipe.
    prints.waitUntilRead(seconds: 0.5)
    let lines = mail.lastLines
    return CRSError.data(
      "the plugin \(name) \(ended)"
        + (lines.isEmpty ? "" : "; its last lines:\n  " + lines.joined(separator: "\n  ")))
  }

  private func breach(_ beginning: String, _ what: String) -> CRSError {
    CRSError.data(
      "the plugin \(name) sent \(what): \(beginning)", expected: "messages of protocol 1",
      hint: "prints belong to standard error")
  }
}
