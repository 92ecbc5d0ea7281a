import Commands
import Files
import Kernels
import Pipeline

/// The arguments of a subcommand: `--key value`, `--key=value`, flags, `--out FILE` for each result, and `--ext`.
struct SubcommandOptions {
  var arguments: [Argument] = []
  var outputs: [String] = []
  var overwrite = false
  var wantsHelp = false
  /// The HDU of every file, or `all`; nil where the command takes it itself.
  var ext: String?

  /// - Throws: `CRSError` (usage) for an option without its value.
  init(_ words: [String], manifest: CommandManifest) throws {
    var words = words[...]
    var onlyPositional = false
    while var word = words.popFirst() {
      if word.count == 2, word.hasPrefix("-"), let letter = word.last, letter.isLetter, !onlyPositional,
        manifest.parameter(named: String(letter)) != nil
      {
        word = "--" + String(letter)
      }
      guard word.hasPrefix("--"), word.count > 2, !onlyPositional else {
        if word == "--" {
          onlyPositional = true
        } else {
          arguments.append(Argument(value: .text(word)))
        }
        continue
      }
      let body = word.dropFirst(2)
      let name = body.prefix { $0 != "=" }
      var value = name.count < body.count ? String(body.dropFirst(name.count + 1)) : nil
      let parameter = manifest.parameter(named: String(name))
      if name == "help" {
        wantsHelp = true
        continue
      }
      if name == "overwrite", parameter == nil {
        overwrite = value.map { ["yes", "true"].contains($0) } ?? true
        continue
      }
      let isFlag = parameter?.kind == .flag
      if value == nil, isFlag, !["yes", "no", "true", "false"].contains(words.first ?? "") { value = "yes" }
      if value == nil { value = words.popFirst() }
      guard let value else {
        throw CRSError.usage("--\(name) needs a value", parameter: String(name), expected: "--\(name) VALUE")
      }
      if name == "ext", parameter == nil {
        ext = value
      } else if name == "out", parameter == nil {
        outputs.append(value)
      } else {
        if name == "overwrite" { overwrite = ["yes", "true"].contains(value.lowercased()) }
        arguments.append(Argument(name: String(name), value: .text(value)))
      }
    }
  }

  /// The arguments with the HDU that `--ext` chooses behind the names of FITS files.
  ///
  /// - Throws: `CRSError` (usage) when no argument is a FITS file.
  func chosen() throws -> [Argument] {
    guard let ext else { return arguments }
    var out = arguments
    var found = false
    for (number, argument) in arguments.enumerated() {
      guard case .text(let path) = argument.value, try FITSReader.countImages(at: path) > 0 else { continue }
      out[number].value = .text(path + "[\(ext)]")
      found = true
    }
    guard found else {
      throw CRSError.usage(
        "no argument is a FITS file", parameter: "ext", expected: "a file to choose an HDU of")
    }
    return out
  }
}
