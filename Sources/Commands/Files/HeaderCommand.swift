import Calling
import Files
import Kernels
import Pipeline

/// `header`: the cards of an image or file, or the value of one.
struct HeaderCommand: Command {
  static let info = CommandInfo(
    "header", "Print the header cards of an image or file, or give the value of one", family: .files,
    results: [.result("value", .any, "the value of the keyword; of HISTORY and COMMENT a list")],
    examples: ["s = simulate nx=40 ny=30 seed=1\nt = header s[1] EXPTIME"], isListing: true)

  @Parameter("image or FITS file", positional: true) var value: Value
  @Parameter("give only the value of this keyword", positional: true) var keyword: VariableName? = nil
  @Parameter("extension of a file: number or name") var ext: String? = nil
  @Parameter("the value where the header has no such card") var `default`: Value? = nil

  func run(_ context: CommandContext) throws -> CommandResult {
    let header: Header
    switch value {
    case .text(let path):
      header = try FITSReader.header(
        at: path, hdu: ext.map { name in Int(name).map { .number($0) } ?? .name(name) })
    case .image(let image): header = image.header
    case .stack(let stack): header = stack.exposures[0].header
    default:
      throw CRSError.usage("a value of kind \(value.kindName) has no header", expected: "an Image or a file")
    }
    guard let keyword else {
      header.cards.forEach(context.report)
      return CommandResult()
    }
    let name = keyword.name.uppercased()
    let lines = header.commentary(name)
    if !lines.isEmpty { return CommandResult([.list(lines.map { .text($0) })], lines: lines) }
    switch header[name] {
    case .text(let text)?: return CommandResult([.text(text)], lines: [text])
    case .integer(let number)?: return CommandResult([.integer(number)])
    case .real(let number)?: return CommandResult([.number(number)])
    case .logical(let flag)?: return CommandResult([.bool(flag)])
    case nil:
      if let fallback = `default` { return CommandResult([fallback]) }
      throw CRSError.data(
        "the header has no \(name)", parameter: "keyword", hint: "default=VALUE gives a value then")
    }
  }
}

extension Header {
  /// The lines of HISTORY or COMMENT.
  fileprivate func commentary(_ name: String) -> [String] {
    guard ["HISTORY", "COMMENT"].contains(name) else { return [] }
    return cards.filter { $0.hasPrefix(name) }.map { String($0.dropFirst(8)) }
  }
}
