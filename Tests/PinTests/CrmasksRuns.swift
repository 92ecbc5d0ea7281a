import Foundation
import TestSupport

/// Runs of crmasks, from a parameter file or a call, and what is said of them.
struct CrmasksRuns {
  /// base.yaml with other values of some keys, and keys that it has not.
  static func parameterFile(_ changes: [String]) throws -> String {
    var lines = try String(contentsOf: Pins.url("base.yaml"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
    for change in changes {
      let key = change.prefix { $0 != ":" }
      let isTop = ["images", "extnum", "gain", "rnoise", "bias"].contains(key)
      let line = (isTop ? "" : "  ") + change
      if let index = lines.firstIndex(where: { $0.hasPrefix((isTop ? "" : "  ") + key + ":") }) {
        lines[index] = line
      } else {
        lines.append(line)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What a run told and wrote: the cards of the masks but for those of every FITS file, and numbers about the data.
  private static func told(_ folder: PinFolder, _ ended: Program.Ended, besides old: Set<String>) throws
    -> [String]
  {
    var lines = ended.status == 0 ? [] : ["status \(ended.status)"]
    lines += ended.errors.split(separator: "\n").map(String.init)
    for name in try Products.new(in: folder.scratch.url, besides: old) {
      let bytes = [UInt8](try Data(contentsOf: folder.url(name)))
      if name.hasSuffix("crmasks.fits") || name == "j.fits" {
        lines += FITSText.hdus(bytes).flatMap(\.lines).map {
          $0.hasPrefix("  ") ? String($0.dropFirst(2)) : $0
        }
      } else if name.hasSuffix(".fits") {
        // Their headers name the UUID.
        lines.append("\(name): \(Products.hash(FITSText.hdus(bytes).compactMap(\.hash).joined().utf8))")
      } else {
        lines.append(
          "\(name): \(Products.hash(Products.timeless(String(decoding: bytes, as: UTF8.self), bytes)))")
      }
    }
    return lines
  }

  /// What became of each card and product.
  static func changes(from old: [String], to new: [String]) -> [String] {
    func split(_ line: String) -> (key: String, value: String) {
      guard let range = line.firstRange(of: #/ = |=|: /#) else { return (line, "") }
      let key = line[..<range.lowerBound].split(separator: " ").joined(separator: " ")
      return (key, line[range.upperBound...].split(separator: " ").joined(separator: " "))
    }
    if new.first?.hasPrefix("status") == true { return new }
    let (before, after) = (old.map(split), new.map(split))
    let changed = after.compactMap { key, value -> String? in
      guard let was = before.first(where: { $0.key == key }) else {
        return "+ \(key)" + (value.isEmpty ? "" : ": \(value)")
      }
      return was.value == value ? nil : "\(key): \(value)"
    }
    let gone = before.map(\.key).filter { key in !after.contains { $0.key == key } }
    let names = gone.map { $0.replacing("HISTORY - ", with: "") }.joined(separator: " ")
    return changed + (gone.isEmpty ? [] : ["gone: \(names)"])
  }

  static func run(_ changes: [String]) throws -> [String] {
    let folder = try PinFolder()
    var changes = changes
    var words = ["--figures", "no"]
    if let first = changes.first, first.hasPrefix("#call ") {
      words = changes.removeFirst().split(separator: " ").dropFirst().map(String.init)
    }
    try folder.write(parameterFile(changes), "p.yaml")
    let old = Set(folder.scratch.names).union(["sub/"])
    let ended = try folder.run(["crmasks", "p.yaml", "--output_dir", "out"] + words)
    return try told(folder, ended, besides: old)
  }

  static func call(_ words: String) throws -> [String] {
    let folder = try PinFolder()
    try folder.write("s = load e_1.fits e_2.fits e_3.fits\nj = crmasks s \(words)\nsave j j.fits\n", "t.crs")
    let old = Set(folder.scratch.names)
    return try told(folder, folder.run(["t.crs"]), besides: old)
  }
}
