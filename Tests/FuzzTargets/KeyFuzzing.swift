import Glibc
import TestSupport

/// Bytes of a terminal: keys, pastes, answers that came late.
package final class KeyFuzzing: FuzzTarget {
  package static let name = "keys"
  package static let longest = 256

  private let folder = try? ScratchFolder()
  private let file: ReusedFile
  /// A scalar for each sequence that no byte of the input can be.
  private static let known = Dictionary(
    uniqueKeysWithValues: ["[A", "OA", "[1;5D", "[1;3C", "[3~", ".", "_", "[C", "OM", "[200~"].enumerated()
      .map {
        ($1, Unicode.Scalar(UInt8(0xF0 + $0)))
      })

  package init() throws {
    guard let folder else { throw FuzzFault("no folder") }
    file = try ReusedFile("keys", in: folder)
  }

  package func run(_ input: [UInt8]) throws {
    try file.write(input)
    lseek(file.descriptor, 0, SEEK_SET)
    let terminal = TerminalInput(descriptor: file.descriptor, known: Self.known)
    var events = 0
    while true {
      switch terminal.next() {
      case .end: return
      case .signal: throw FuzzFault("a signal that nobody sent")
      case .paste:
        guard
          terminal.pasted.unicodeScalars.allSatisfy({
            $0 == "\n" || $0.properties.generalCategory != .control
          })
        else { throw FuzzFault("a control character came through a paste") }
      case .character(let scalar):
        guard !(0x80..<0xA0).contains(scalar.value) else {
          throw FuzzFault("a C1 control character is a key")
        }
      }
      events += 1
      // A byte is a key at most, and Esc before what it begins.
      guard events <= 2 * input.count + 2 else { throw FuzzFault("more keys than bytes") }
    }
  }
}
