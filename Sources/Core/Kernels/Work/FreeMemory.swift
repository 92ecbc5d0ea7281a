import Glibc

/// Whether memory can be had before it is asked for: an array that does not fit ends the program.
package enum FreeMemory {
  /// Requests below this are not looked at [bytes].
  private static let small = 64 << 20

  /// - Parameter bytes: of one array.
  /// - Returns: whether the system has as many, as far as it says.
  package static func holds(_ bytes: Int) -> Bool {
    if bytes < small { return true }
    if let available, bytes >= available { return false }
    // Limits of the process are met by asking.
    guard let memory = malloc(bytes) else { return false }
    free(memory)
    return true
  }

  /// Bytes that programs may still take; nil where the system does not say.
  package static var available: Int? {
    guard let file = fopen("/proc/meminfo", "re") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix("MemAvailable:") else { continue }
      return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }
    return nil
  }
}
