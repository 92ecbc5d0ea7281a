import Pipeline

/// A request that came from a client.
struct Message: Sendable {
  /// Who asks: the frames that lead an answer back.
  var identities: [[UInt8]]
  var header: JSONValue
  var content: JSONValue
  /// The connection that it came through, where that is known.
  var connection: ClientConnection?

  /// `execute_request`
  var kind: String { header["msg_type"]?.string ?? "" }

  /// `execute_reply` for `execute_request`.
  var replyKind: String {
    kind.hasSuffix("_request") ? String(kind.dropLast("request".count)) + "reply" : kind + "_reply"
  }
}
