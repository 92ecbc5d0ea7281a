/// What names stand for beside the variables of the session.
struct Scope {
  /// `$1`, `$2`, ... and `$name`.
  var arguments: [String: String] = [:]
  /// Variables of the loops that run.
  var loops: [String: String] = [:]
}
