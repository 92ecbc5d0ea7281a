import Foundation
import Kernels
import Pipeline

/// Where a kernel listens and how its messages are signed: the file that Jupyter writes for each kernel.
struct ConnectionFile: Sendable {
  enum Channel: String, CaseIterable {
    case shell, iopub, stdin, control
    case heartbeat = "hb"
  }

  let key: String
  private let transport: String
  private let address: String
  private let ports: [Channel: Int]

  /// - Throws: `CRSError` (file) for what is no connection file.
  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CRSError.file("cannot be read", file: path, expected: "a connection file of Jupyter")
    }
    do {
      try self.init(JSONValue(bytes: Array(data)))
    } catch var error as CRSError {
      error.kind = .file
      error.file = path
      throw error
    } catch {
      throw CRSError.file("is not JSON", file: path, expected: "a connection file of Jupyter")
    }
  }

  /// - Throws: `CRSError` (data) that names the key.
  init(_ json: JSONValue) throws {
    transport = json["transport"]?.string ?? "tcp"
    guard ["tcp", "ipc"].contains(transport) else {
      throw CRSError.data("the transport is '\(transport)'", parameter: "transport", expected: "tcp or ipc")
    }
    let scheme = json["signature_scheme"]?.string ?? "hmac-sha256"
    guard scheme == "hmac-sha256" else {
      throw CRSError.data(
        "the scheme is '\(scheme)'", parameter: "signature_scheme", expected: "hmac-sha256")
    }
    key = json["key"]?.string ?? ""
    address = json["ip"]?.string ?? "127.0.0.1"
    var ports: [Channel: Int] = [:]
    for channel in Channel.allCases {
      let name = channel.rawValue + "_port"
      guard let port = json[name]?.int, (1...65535).contains(port) else {
        throw CRSError.data("no port", parameter: name, expected: "1...65535")
      }
      ports[channel] = port
    }
    self.ports = ports
  }

  /// `tcp://127.0.0.1:5555`, `ipc:///run/kernel-1`
  func endpoint(_ channel: Channel) -> String {
    let port = ports[channel] ?? 0
    if transport == "ipc" { return "ipc://\(address)-\(port)" }
    return "tcp://" + (address.contains(":") ? "[\(address)]" : address) + ":\(port)"
  }

  /// Whether addresses of the newer kind are needed.
  var usesIPv6: Bool { transport == "tcp" && address.contains(":") }
}
