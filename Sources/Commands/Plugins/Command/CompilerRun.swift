import Foundation
import Kernels

/// Runs make in the folder of a plugin.
enum CompilerRun {
  /// - Returns: what it said, a line each.
  /// - Throws: `CRSError` (data) when there is no make or no compiler, or they fail.
  static func make(in folder: String) throws -> [String] {
    guard let make = program("make"), program("cc") != nil || program("gcc") != nil else {
      throw CRSError.data(
        "there is no make or C compiler in PATH", expected: "apt install make gcc",
        hint: "then: make -C \(folder)")
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: make)
    process.arguments = ["-C", folder]
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    process.standardInput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw CRSError.file("cannot be started", file: make)
    }
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let lines = said.split(separator: "\n").map(String.init)
    guard process.terminationStatus == 0 else {
      throw CRSError.data("make failed:\n  " + lines.suffix(20).joined(separator: "\n  "))
    }
    return lines
  }

  static func program(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first { $0.hasPrefix("/") && FileManager.default.isExecutableFile(atPath: $0) }
  }
}
