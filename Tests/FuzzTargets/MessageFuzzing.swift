import Calling
import Files
import Foundation
import Kernels
import Pipeline
import Plugins
import TestSupport

/// What programs of plugins say: lines of JSON, the values in them, and the arrays that they name. An input that begins
/// as a .npy file is an array.
package final class MessageFuzzing: FuzzTarget {
  package static let name = "messages"
  package static let longest = 2048

  private let folder = try? ScratchFolder()
  private let file: ReusedFile
  private let exchange: ExchangeFolder

  package init() throws {
    guard let folder else { throw FuzzFault("no folder") }
    file = try ReusedFile("x.npy", in: folder)
    let head = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
    let padded = head + String(repeating: " ", count: 117 - head.utf8.count) + "\n"
    let array =
      [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0] + Array(padded.utf8)
      + [UInt8](repeating: 1, count: 24)
    for name in ["a.npy", "b.npy"] { _ = try folder.write(array, name) }
    _ = try folder.write("name,flux\na,1.5\n", "t.csv")
    exchange = try ExchangeFolder(existing: folder.path)
  }

  package func run(_ input: [UInt8]) throws {
    if input.first == 0x93 {
      try file.write(input)
      for key in ["pixels", "mask", "exact", "uncertainty"] {
        var members: [String: JSONValue] = ["pixels": "x.npy"]
        members[key] = "x.npy"
        try attempt { try take(["image": .object(members)]) }
      }
      return
    }
    for line in input.split(separator: 0x0A, omittingEmptySubsequences: false) {
      try attempt {
        let message = try JSONValue(parsing: line)
        guard try JSONValue(parsing: message.bytes) == message else {
          throw FuzzFault("JSON reads otherwise when it is written again")
        }
        _ = message.lines
        try take(message)
        for value in message.members.map({ Array($0.values) }) ?? message.items ?? [] { try take(value) }
      }
    }
    let mailbox = Mailbox()
    mailbox.add(.line(input))
    _ = mailbox.take(waiting: 0)
  }

  private func take(_ json: JSONValue) throws {
    for kind in Kind.allCases {
      try attempt { _ = try ValueReceiver(folder: exchange).value(json, kind: kind) }
    }
  }
}
