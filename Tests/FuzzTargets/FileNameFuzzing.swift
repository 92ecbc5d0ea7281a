import Files
import Foundation
import Glibc
import Kernels
import TestSupport

/// File names as readers take them: brackets, schemes, filters. Nothing may be made, changed or removed.
package final class FileNameFuzzing: FuzzTarget {
  package static let name = "names"
  package static let longest = 120

  private let folder = try? ScratchFolder()
  private let before: [String]

  package init() throws {
    guard let folder else { throw FuzzFault("no folder") }
    let image = FITSOutputHDU(
      content: .image(.float32(Plane(width: 4, height: 3, pixels: (0..<12).map { Float($0) }))))
    let table = FITSOutputHDU(
      name: "EVENTS",
      content: .table([
        .init(name: "X", values: [1, 2, 3, 4, 2]), .init(name: "Y", values: [3, 2, 1, 1, 2]),
      ]))
    let document = FITSDocument(hdus: [image, table, image])
    try FITSWriter.write(document, to: folder.file("a"), overwrite: true)
    // crs writes no name that ends in brackets; others do.
    try FileManager.default.copyItem(atPath: folder.file("a"), toPath: folder.file("b[1]"))
    _ = try folder.write("precious\n", "p.txt")
    before = Self.state(folder)
  }

  package func run(_ input: [UInt8]) throws {
    guard let folder else { return }
    let text = String(decoding: input, as: UTF8.self)
    // Names count from the current folder; in the folder there is something to be found, and lost.
    for name in [text, folder.path + "/" + text] {
      try attempt { _ = try FITSReader.content(at: name) }
      try attempt { _ = try FITSReader.listing(of: name) }
      try attempt { _ = try FITSReader.cards(at: name) }
      try attempt { _ = try FITSReader.mask(at: name) }
      for content in [OutputName.Content.pixels, .table, .boundary, .figure] {
        try attempt { try OutputName.check(name, for: content) }
      }
    }
    guard Self.state(folder) == before else { throw FuzzFault("the folder is another than before") }
  }

  /// The names in a folder with sizes and times of change.
  private static func state(_ folder: ScratchFolder) -> [String] {
    guard let listing = opendir(folder.path) else { return [] }
    defer { closedir(listing) }
    var found: [String] = []
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      var facts = stat()
      guard name != ".", name != "..", stat(folder.path + "/" + name, &facts) == 0 else { continue }
      found.append("\(name) \(facts.st_size) \(facts.st_mtim.tv_sec).\(facts.st_mtim.tv_nsec)")
    }
    return found.sorted()
  }
}
