import Foundation

/// The program `crs` that was built together with the tests: never an older one.
package enum Program {
  /// It lies beside the executable of the tests.
  package static let url = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("crs")

  /// What a run of the program left.
  package struct Ended: Sendable {
    package var status: Int32
    package var output: String
    package var errors: String
  }

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - environment: variables that differ from those of the tests.
  ///   - starter: words of a command that starts the program, whose words follow.
  @discardableResult
  package static func run(
    _ arguments: [String], in folder: URL, input: String = "", environment: [String: String] = [:],
    by starter: [String] = []
  ) throws -> Ended {
    // Files instead of pipes: no stream waits for another.
    let streams = try ScratchFolder()
    defer { withExtendedLifetime(streams) {} }
    _ = try streams.write(input, "in")
    for name in ["out", "err"] { _ = try streams.write("", name) }
    func url(_ name: String) -> URL { streams.url.appendingPathComponent(name) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = starter + [Self.url.path] + arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: url("in"))
    process.standardOutput = try FileHandle(forWritingTo: url("out"))
    process.standardError = try FileHandle(forWritingTo: url("err"))
    try process.run()
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: url(name)), as: UTF8.self)
    }
    return Ended(status: process.terminationStatus, output: try text("out"), errors: try text("err"))
  }
}
