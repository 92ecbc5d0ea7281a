import Files
import Kernels

/// A folder that a run leaves its products in, made with the first of them. The products of a run appear together, when
/// they are committed, or not at all.
package struct ProductFolder: Sendable {
  private let directory: String
  private let files: AtomicFiles

  /// - Parameter files: the set that the products belong to, those of other folders too.
  /// - Throws: `CRSError` (file) when the folder is not there and could not be made, or nothing can be written under its name.
  package init(_ directory: String, with files: AtomicFiles) throws {
    self.directory = directory.isEmpty ? "." : directory
    self.files = files
    do { try WrittenName.check(path("name")) } catch var error as CRSError {
      error.file = directory
      throw error
    }
    try NewFolder.check(self.directory)
  }

  package func path(_ name: String) -> String { directory == "." ? name : directory + "/" + name }

  /// Writes products; drawings are made side by side.
  ///
  /// - Throws: `CRSError` (file, data, interrupted).
  package func write(_ products: [Product], work: Work) throws {
    var drawings: [@Sendable () throws -> Void] = []
    for product in products {
      let paths = product.names.map(path)
      switch product.content {
      case .nothing: paths.forEach(files.remove)
      case .pixels(let document):
        for path in paths { try FITSWriter.write(document, to: file(path), work: work) }
      case .text(let text): for path in paths { try file(path).append(text) }
      case .drawing(let draw):
        let targets = try paths.map(file)
        drawings.append { try draw(targets) }
      }
    }
    let all = drawings
    try work.forTiles(all.count, size: 1, stage: "drawing figures") { range in
      for k in range { try all[k]() }
    }
  }

  private func file(_ path: String) throws -> AtomicFile {
    // A name may bring a folder of its own.
    if !path.folder.isEmpty { try files.makeFolder(path.folder) }
    return try files.file(path, existing: .replace)
  }
}

extension AtomicFiles {
  /// Runs what writes products, then gives them their names.
  ///
  /// - Throws: `CRSError`: nothing has changed then, and it says so when products were written.
  package func committing<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      let result = try body()
      try commit()
      return result
    } catch var error as CRSError where error.kind != .interrupted && !isEmpty {
      error.hint =
        (error.hint.map { $0 + "; " } ?? "") + "the products of a run appear together: none was written"
      throw error
    }
  }
}
