import Calling
import Files
import Foundation
import Kernels
import Language
import Pipeline
import Plugins

/// `crs --serve`: any program calls the commands of crs as crs calls those of a plugin (docs/plugins.md).
struct Serve {
  private let session: Session
  private let channel: ServeChannel
  private let frontend: ServeFrontend
  private let interpreter: Interpreter

  init(session: Session) {
    self.session = session
    let cancellation = Interruption.cancellation
    channel = ServeChannel(cancellation: cancellation)
    frontend = ServeFrontend(channel, cancellation: cancellation)
    interpreter = Interpreter(session: session, frontend: frontend)
  }

  /// Works until the end of input.
  ///
  /// - Returns: the exit status.
  func run() -> Int32 {
    session.isDriverGone = { [channel] in channel.hasEnded }
    session.sayFarewell = { [channel] in channel.giveUp() }
    channel.start()
    var folder: ExchangeFolder?
    while let message = channel.next(), !session.isOver {
      if let hello = message["hello"] {
        do {
          folder = try greet(hello)
        } catch {
          channel.write(["error": members(of: error)])
          return (error as? CRSError)?.kind.rawValue ?? 1
        }
      } else if let number = message["call"]?.int, message["command"] != nil || message["statement"] != nil {
        answer(number, message, folder)
      } else {
        let what = message["breach"]?.string ?? "an unknown message: " + message.beginning
        channel.write(["error": ["code": "usage", "message": .text(what)]])
      }
    }
    return 0
  }

  private func greet(_ hello: JSONValue) throws -> ExchangeFolder? {
    let spoken = hello["protocol"]?.int ?? 0
    guard spoken >= PluginDescription.protocolVersion else {
      throw CRSError.usage(
        "the program speaks protocol \(spoken), crs \(CRSVersion.text) speaks protocol "
          + "\(PluginDescription.protocolVersion)")
    }
    let folder = try hello["folder"]?.string.map { try ExchangeFolder(existing: $0) }
    channel.write([
      "hello": [
        "protocol": .integer(PluginDescription.protocolVersion), "name": "crs",
        "version": .text(CRSVersion.text),
      ]
    ])
    return folder
  }

  private func answer(_ number: Int, _ message: JSONValue, _ folder: ExchangeFolder?) {
    frontend.begin(number)
    do {
      let results = try channel.during(number) { () throws -> JSONValue in
        let values = try self.values(message, folder)
        if frontend.cancellation.isRaised { throw frontend.cancellation.error }
        // Results that a command does not have this time are said too.
        let declared =
          message["command"]?.string.flatMap { session.registry[$0]?.manifest.results.count } ?? 0
        let missing = [JSONValue](repeating: .null, count: max(0, declared - values.count))
        guard let folder else { return .list(try values.map { try plain($0) } + missing) }
        let sender = ValueSender(folder: folder, prefix: "r\(number)_")
        return .list(try values.map(sender.json) + missing)
      }
      if !channel.write(["call": .integer(number), "results": results]) {
        throw CRSError.data("the results make a line of more than \(LineStream.longest >> 20) MiB")
      }
    } catch {
      channel.write(["call": .integer(number), "error": members(of: error)])
    }
  }

  private func plain(_ value: Value) throws -> JSONValue {
    guard let json = JSONValue(value) else {
      throw CRSError.usage(
        "\(value.kind.article) needs a folder", parameter: "folder", expected: "one in hello")
    }
    return json
  }

  private func values(_ message: JSONValue, _ folder: ExchangeFolder?) throws -> [Value] {
    if let text = message["statement"]?.string {
      try interpreter.run(text: text, source: nil)
      return interpreter.lastResults
    }
    guard let name = message["command"]?.string else {
      throw CRSError.usage("the command is no text", parameter: "command")
    }
    session.refreshPlugins(frontend.note)
    let entry = try session.registry.entry(named: name)
    let arguments = try self.arguments(message["arguments"] ?? [:], entry.manifest, folder)
    let threads = message["threads"]?.int ?? session.settings.threads
    var context = CommandContext(
      work: Work(
        threads: min(256, max(1, threads)), cancellation: frontend.cancellation, progress: frontend.progress),
      host: session, call: CallRecord(text: name), figures: session.settings.figures, report: frontend.report,
      note: frontend.note, ask: frontend.ask)
    context.askAmong = frontend.askAmong
    return try entry.call(arguments, context).values
  }

  /// The arguments in the order of the manifest.
  private func arguments(
    _ json: JSONValue, _ manifest: CommandManifest, _ folder: ExchangeFolder?
  ) throws -> [Argument] {
    guard var left = json.members else {
      throw CRSError.usage("the arguments are no object", parameter: "arguments")
    }
    var arguments: [Argument] = []
    for parameter in manifest.parameters {
      let name = parameter.name
      // Programs may send what holds anyway: it counts as left out.
      guard let value = left.removeValue(forKey: name), !parameter.isDefault(value) else { continue }
      arguments.append(Argument(name: name, value: try self.value(value, name, folder)))
    }
    // Aliases, and what is no parameter, which the binder says.
    for (name, value) in left.sorted(by: { $0.key < $1.key }) {
      arguments.append(Argument(name: name, value: try self.value(value, name, folder)))
    }
    return arguments
  }

  private func value(_ json: JSONValue, _ name: String, _ folder: ExchangeFolder?) throws -> Value {
    let variable = { (name: String) throws -> Value? in
      guard let binding = session[name] else { throw session.unknown(name) }
      return binding.value
    }
    do {
      return try ValueReceiver(folder: folder, variable: variable).value(json, kind: .any)
    } catch var error as CRSError {
      error.parameter = error.parameter ?? name
      throw error
    }
  }

  private func members(of error: any Error) -> JSONValue {
    guard let error = error as? CRSError else { return ["code": "data", "message": .text("\(error)")] }
    let code =
      switch error.kind {
      case .data: "data"
      case .usage: "usage"
      case .file: "file"
      case .interrupted: "interrupted"
      }
    var out: [String: JSONValue] = ["code": .text(code), "message": .text(error.message)]
    for (key, value) in [
      ("file", error.file), ("parameter", error.parameter), ("expected", error.expected),
      ("hint", error.hint),
    ] {
      if let value { out[key] = .text(value) }
    }
    if let line = error.line { out["line"] = .integer(line) }
    if let column = error.column { out["column"] = .integer(column) }
    return .object(out)
  }
}

extension ParameterManifest {
  /// Whether a value is the default, 5 or 5.0.
  fileprivate func isDefault(_ value: JSONValue) -> Bool {
    guard let standard = `default` else { return false }
    if value == standard { return true }
    guard let a = Value(value).double, let b = Value(standard).double else { return false }
    return a == b
  }
}
