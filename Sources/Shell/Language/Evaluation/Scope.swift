import Pipeline

/// What names stand for beside the variables of the session.
struct Scope {
  /// `$1`, `$2`, ... and `$name`.
  var arguments: [String: String] = [:]
  /// The body of a definition that runs; the session's variables are hidden in it.
  var frame: Frame?
}
