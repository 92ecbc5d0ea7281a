import Calling
import Commands
import Files
import Foundation
import Kernels
import Language
import Pipeline

/// Runs cells in the session of the kernel. The main thread uses it.
final class Cells {
  let session: Session
  private let interpreter: Interpreter
  private let frontend: NotebookFrontend
  private let output: CellOutput
  private(set) var history = CellHistory()
  /// The number of the last cell.
  private(set) var count = 0

  /// - Throws: `CRSError` when commands contradict each other.
  init(publisher: Publisher, questions: Questions, cancellation: Cancellation) throws {
    // Who starts the kernel keeps what it says; cells are not yet there.
    session = PluginLoading.session(try Builtins.registry()) {
      FileHandle.standardError.write(Data(("warning: " + $0 + "\n").utf8))
    }
    output = CellOutput(publisher, cancellation)
    frontend = NotebookFrontend(
      session: session, output: output, questions: questions, cancellation: cancellation)
    interpreter = Interpreter(session: session, frontend: frontend)
  }

  /// Runs a cell and publishes what it tells.
  ///
  /// - Returns: the content of the reply; whether the cell failed.
  func run(_ request: ExecuteRequest) -> (reply: JSONValue, hasFailed: Bool) {
    frontend.cancellation.reset()
    output.begin(request)
    defer { output.end() }
    interpreter.remembersTyped = request.storesHistory
    let isEmpty = request.code.allSatisfy(\.isWhitespace)
    if request.storesHistory, !isEmpty {
      count += 1
      history.add(request.code, number: count)
    }
    let number = request.storesHistory ? count : count + 1
    output.publish("execute_input", ["code": .text(request.code), "execution_count": .integer(number)])
    interpreter.cell = "cell \(number)"
    do {
      try interpreter.run(text: request.code, source: nil)
      interpreter.endCell()
      let text = frontend.showLast(count: number)
      if request.storesHistory, let text { history.add(output: text) }
    } catch {
      interpreter.endCell()
      frontend.forgetLast()
      let content = Self.content(error)
      output.publish("error", .object(content))
      let reply = content.merging(["status": "error", "execution_count": .integer(number)]) { $1 }
      return (.object(reply), true)
    }
    let reply: JSONValue = [
      "status": "ok", "execution_count": .integer(number), "payload": [],
      "user_expressions": .object(request.expressions.mapValues(value)),
    ]
    return (reply, false)
  }

  private func value(of expression: String) -> JSONValue {
    do {
      let value = try interpreter.value(of: expression)
      let bundle = ValueDisplay(session: session).bundle(of: value, text: value.summary)
      return ["status": "ok", "data": .object(bundle.data), "metadata": .object(bundle.metadata)]
    } catch {
      return .object(Self.content(error).merging(["status": "error"]) { $1 })
    }
  }

  private static func content(_ error: any Error) -> [String: JSONValue] {
    let name =
      switch (error as? CRSError)?.kind {
      case .data, nil: "DataError"
      case .usage: "UsageError"
      case .file: "FileError"
      case .interrupted: "Interrupted"
      }
    let lines = ErrorText.text(error).split(separator: "\n", omittingEmptySubsequences: false)
    return [
      "ename": .text(name), "evalue": .text((error as? CRSError)?.description ?? "\(error)"),
      "traceback": .list(lines.map { .text(String($0)) }),
    ]
  }

  /// Runs the user's startup file before the first cell; what it tells goes nowhere, what is wrong in it is returned.
  func runStartup() -> String? {
    guard let file = StartupFile.path else { return nil }
    interpreter.cell = ""
    do {
      try interpreter.run(file: file, goesOn: true)
    } catch {
      session.passedOver.append(error as? CRSError ?? CRSError.data("\(error)"))
    }
    let errors = session.passedOver
    session.passedOver = []
    (session.isOver, session.exitStatus) = (false, nil)
    return errors.isEmpty ? nil : errors.map { ErrorText.text($0) }.joined(separator: "\n")
  }

  // MARK: - Questions about code

  func completeness(of code: String) -> JSONValue {
    switch interpreter.completeness(of: code) {
    case .complete: ["status": "complete"]
    case .incomplete(let indent): ["status": "incomplete", "indent": .text(indent)]
    case .invalid: ["status": "invalid"]
    }
  }

  /// - Parameter cursor: code points before the cursor.
  func completions(of code: String, cursor: Int?) -> JSONValue {
    let before = CursorText(code, cursor: cursor).before
    let (word, candidates) = Completer(session: session).candidates(before)
    let end = before.unicodeScalars.count
    let start = end - word.unicodeScalars.count
    let types = candidates.map { candidate -> JSONValue in
      let name = candidate.text.hasSuffix("(") ? String(candidate.text.dropLast()) : candidate.text
      let signature = candidate.kind == "command" ? session.registry[name]?.manifest.usage ?? "" : ""
      return [
        "start": .integer(start), "end": .integer(end), "text": .text(candidate.text),
        "type": .text(candidate.kind), "signature": .text(signature),
      ]
    }
    return [
      "status": "ok", "matches": .list(candidates.map { .text($0.text) }), "cursor_start": .integer(start),
      "cursor_end": .integer(end), "metadata": ["_jupyter_types_experimental": .list(types)],
    ]
  }

  func inspection(of code: String, cursor: Int?) -> JSONValue {
    let place = CursorText(code, cursor: cursor)
    guard let page = Inspection(session: session, interpreter: interpreter).page(place) else {
      return ["status": "ok", "found": false, "data": [:], "metadata": [:]]
    }
    let bundle = MimeBundle(page)
    return [
      "status": "ok", "found": true, "data": .object(bundle.data), "metadata": .object(bundle.metadata),
    ]
  }
}
