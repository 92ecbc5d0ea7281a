internal import CSodium

/// Signs messages with HMAC-SHA256 and the key of the connection file.
struct Signature: Sendable {
  private let key: [UInt8]

  /// - Parameter key: as text; empty: messages are not signed and all are taken.
  init(key: String) { self.key = Array(key.utf8) }

  /// The signature of frames in hexadecimal digits; empty without a key.
  func sign(_ frames: some Sequence<[UInt8]>) -> [UInt8] {
    guard !key.isEmpty else { return [] }
    var state = crypto_auth_hmacsha256_state()
    crypto_auth_hmacsha256_init(&state, key, key.count)
    for frame in frames { crypto_auth_hmacsha256_update(&state, frame, UInt64(frame.count)) }
    var code = [UInt8](repeating: 0, count: 32)
    crypto_auth_hmacsha256_final(&state, &code)
    let digits = Array("0123456789abcdef".utf8)
    return code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  /// Whether a signature belongs to frames; it takes the same time for every wrong one.
  func accepts(_ signature: [UInt8], of frames: some Sequence<[UInt8]>) -> Bool {
    guard !key.isEmpty else { return true }
    let right = sign(frames)
    return signature.count == right.count && sodium_memcmp(signature, right, right.count) == 0
  }
}
