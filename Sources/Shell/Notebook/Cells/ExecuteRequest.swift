import Pipeline

/// What a client asks to be executed.
struct ExecuteRequest: Sendable {
  let message: Message
  let code: String
  let isSilent: Bool
  let storesHistory: Bool
  let allowsStdin: Bool
  let stopsOnError: Bool
  let expressions: [String: String]

  /// nil without code.
  init?(_ message: Message) {
    let content = message.content
    guard let code = content["code"]?.string else { return nil }
    (self.message, self.code) = (message, code)
    isSilent = content["silent"]?.flag ?? false
    storesHistory = !isSilent && content["store_history"]?.flag ?? true
    allowsStdin = content["allow_stdin"]?.flag ?? true
    stopsOnError = content["stop_on_error"]?.flag ?? true
    expressions = content["user_expressions"]?.members?.compactMapValues(\.string) ?? [:]
  }
}
