import Foundation

@testable import Kernels

/// Where fixtures are and where a test may write.
enum FITSFixtures {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/fits")

  static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
  }
}

/// The error that a body throws; nil when it throws none or another kind.
func crsError(_ body: () throws -> Void) -> CRSError? {
  do {
    try body()
    return nil
  } catch { return error as? CRSError }
}

/// Whether Debian's fitsverify, which scripts/install-packages --test installs, finds a file without fault.
func fitsverifyPasses(_ path: String) throws -> Bool {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/fitsverify")
  process.arguments = [path]
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  let passes = text.contains("found 0 warning(s) and 0 error(s)")
  if !passes { print(text) }
  return passes
}
