import Foundation
import TestSupport
import Testing

/// Runs of the program in copies of one prepared folder, where nothing of this machine and this day shows.
struct PinFolder {
  /// Images of a few numbers.
  private static let numbers: [(name: String, width: Int, values: [Float])] = [
    ("ten.fits", 10, [7, 3, 10, 1, 9, 4, 6, 2, 8, 5]), ("ties.fits", 5, [1, 2, 3, 3, 2, 9, 3, 1, 2, 3]),
    ("five.fits", 5, [0.5, -1.5, 2.5, 1e10, 0.125]),
    ("gaps.fits", 4, [1, .nan, 3, .infinity, 5, -2, .nan, 8]),
    ("one.fits", 1, [42]),
  ]

  /// Files that prepare.crs made.
  private static let prepared = Result {
    let folder = try ScratchFolder()
    try FileManager.default.copyItem(
      at: Pins.url("part.crs"), to: folder.url.appendingPathComponent("part.crs"))
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("sub"), withIntermediateDirectories: true)
    for (name, width, values) in numbers {
      try FITSText.file(values, width: width).write(to: folder.url.appendingPathComponent(name))
    }
    let ended = try Program.run(
      [Pins.url("prepare.crs").path], in: folder.url, environment: environment(folder))
    guard ended.status == 0 else { throw CocoaError(.executableLoad, userInfo: ["errors": ended.errors]) }
    return folder
  }

  private static func environment(_ folder: ScratchFolder) -> [String: String] {
    [
      "SOURCE_DATE_EPOCH": "1767225600", "TZ": "UTC", "LC_ALL": "C.UTF-8", "TERM": "dumb",
      "HOME": folder.path,
      "XDG_CONFIG_HOME": folder.path + "/config", "XDG_STATE_HOME": folder.path + "/state", "COLUMNS": "80",
      "NO_COLOR": "1",
    ]
  }

  let scratch: ScratchFolder

  /// A copy for one entry.
  init() throws {
    scratch = try ScratchFolder()
    let prepared = try Self.prepared.get()
    for name in prepared.names {
      try FileManager.default.copyItem(
        at: prepared.url.appendingPathComponent(name), to: scratch.url.appendingPathComponent(name))
    }
  }

  func url(_ name: String) -> URL { scratch.url.appendingPathComponent(name) }

  func write(_ text: String, _ name: String) throws {
    try text.write(to: url(name), atomically: true, encoding: .utf8)
  }

  func text(_ name: String) throws -> String { try String(contentsOf: url(name), encoding: .utf8) }

  /// Paths of the folder read FOLDER.
  func run(_ arguments: [String], input: String = "", environment: [String: String] = [:]) throws
    -> Program.Ended
  {
    var ended = try Program.run(
      arguments, in: scratch.url, input: input,
      environment: Self.environment(scratch).merging(environment) { $1 })
    ended.output = ended.output.replacing(scratch.path, with: "FOLDER")
    ended.errors = ended.errors.replacing(scratch.path, with: "FOLDER")
    return ended
  }
}

extension Program.Ended {
  /// The status if it is not 0, then the lines of errors and notes.
  var told: [String] {
    (status == 0 ? [] : ["status \(status)"]) + errors.split(separator: "\n").map(String.init)
  }
}

/// The words of a command line; quotes keep blanks.
func words(_ line: String) -> [String] {
  line.matches(of: /'([^']*)'|(\S+)/).map { String($0.1 ?? $0.2 ?? "") }
}
