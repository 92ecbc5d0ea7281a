import Calling
import Files
import Kernels
import Pipeline

/// A subcommand with `--ext all`: it runs once for every image of its files, and results keep the layout of the file.
struct LayoutCall {
  /// Arguments for each image, and how reports call it.
  let calls: [(name: String, arguments: [Argument])]
  private let manifest: CommandManifest

  /// - Throws: `CRSError`: usage when no argument is a file with several images or results have no place in such a file,
  ///   data when files differ in their images, file when one cannot be read.
  init(_ arguments: [Argument], _ manifest: CommandManifest, writes: Bool, context: CommandContext) throws {
    self.manifest = manifest
    let kinds = manifest.results.map(\.kind)
    if writes, let other = kinds.first(where: { ![.image, .mask, .table].contains($0) }) {
      throw CRSError.usage(
        "results of kind \(other.title) have no place in a file of several images", parameter: "ext",
        expected: "an image or mask", hint: "--ext NUMBER takes one image")
    }
    var images: [Int: [[Image]]] = [:]
    func read(_ path: String) throws -> [Image] {
      try FITSReader.images(at: path, work: context.work) { told in
        told.notes.forEach { context.note("\(path): \($0)") }
        if let line = told.planes { context.note("\(path): \(line)") }
      }
    }
    var positional = manifest.parameters.filter(\.isPositional)[...]
    for (number, argument) in arguments.enumerated() {
      let parameter = argument.name.map { manifest.parameter(named: $0) } ?? positional.popFirst()
      guard let parameter, [.image, .stack, .mask, .any].contains(parameter.kind) else { continue }
      switch argument.value {
      case .text(let path):
        if try FITSReader.countImages(at: path) > 1 { images[number] = [try read(path)] }
      case .list(let files):
        // A stack of files: HDU by HDU.
        let paths = files.compactMap(\.text)
        if paths.count == files.count, !paths.isEmpty, try FITSReader.countImages(at: paths[0]) > 1 {
          images[number] = try paths.map(read)
        }
      default: continue
      }
    }
    guard let first = images.min(by: { $0.key < $1.key })?.value.first else {
      throw CRSError.usage(
        "no argument is a file with several images", parameter: "ext", expected: "such a file")
    }
    for (number, files) in images {
      guard let others = files.first(where: { $0.count != first.count }) else { continue }
      throw CRSError.data(
        "\(others.count) images, \(first.count) in the first file", parameter: "ext",
        expected: "files of one layout", hint: "argument \(number + 1)")
    }
    calls = first.indices.map { k in
      let origin = first[k].origin
      let name = "HDU \(origin?.hdu ?? k)" + (origin?.name.isEmpty == false ? " \(origin?.name ?? "")" : "")
      var own = arguments
      for (number, files) in images {
        own[number].value = files.count == 1 ? .image(files[0][k]) : .list(files.map { .image($0[k]) })
      }
      return (name, own)
    }
  }

  /// The results of all calls: of each kind a list, in the order of the images.
  ///
  /// - Parameter run: one call.
  func results(
    report: (String) -> Void, _ run: ([Argument]) throws -> CommandResult
  ) throws -> [Value] {
    var all: [[Value]] = []
    for (name, arguments) in calls {
      report(name)
      let result = try run(arguments)
      for (number, value) in result.values.enumerated() {
        if all.count <= number { all.append([]) }
        all[number].append(value)
        if manifest.results.indices.contains(number) {
          report("\(manifest.results[number].name): \(value.summary)")
        }
      }
    }
    return all.map { .list($0) }
  }
}
