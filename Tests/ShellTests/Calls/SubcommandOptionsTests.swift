import Kernels
import Pipeline
import Testing

@testable import Calling
@testable import Shell

/// Words of the command line as arguments.
@Suite struct SubcommandOptionsTests {
  private static let manifest = CommandManifest(
    name: "test", summary: "Test", family: "Tests",
    parameters: [
      ParameterManifest(name: "image", kind: .image, help: "image", isPositional: true),
      ParameterManifest(name: "psf_width", kind: .number, default: .integer(1), help: "width"),
      ParameterManifest(name: "strict", kind: .flag, default: .bool(false), help: "strict"),
      ParameterManifest(name: "runs", kind: .integer, default: .integer(1), help: "runs", aliases: ["r"]),
    ])

  private func cut(_ words: String, _ manifest: CommandManifest = manifest) throws -> String {
    let options = try SubcommandOptions(words.split(separator: " ").map(String.init), manifest: manifest)
    let arguments = options.arguments.map { ($0.name.map { $0 + "=" } ?? "") + ($0.value.literal ?? "") }
    let rest =
      options.outputs.map { ">" + $0 } + (options.overwrite ? ["overwrite"] : [])
      + (options.wantsHelp ? ["help"] : [])
    return (arguments + rest).joined(separator: " ")
  }

  @Test(arguments: [
    ("a.fits --psf_width 2", "'a.fits' psf_width='2'"), ("--psf-width=2 a.fits", "psf-width='2' 'a.fits'"),
    ("a.fits -3 -r 4", "'a.fits' '-3' r='4'"), ("--strict a.fits", "strict='yes' 'a.fits'"),
    ("--strict no a.fits", "strict='no' 'a.fits'"),
    ("--strict OFF a.fits", "strict='OFF' 'a.fits'"), ("--strict 0 a.fits", "strict='0' 'a.fits'"),
    ("--strict=no", "strict='no'"),
    ("--out b.fits --out=c.fits --overwrite a.fits", "'a.fits' >b.fits >c.fits overwrite"),
    ("-- --strict -h", "'--strict' '-h'"), ("a.fits -h", "'a.fits' help"), ("--help", "help"),
    ("-h --psf_width 2", "psf_width='2' help"), ("-x", "'-x'"), ("--nosuch 1", "nosuch='1'"),
  ]) func words(_ words: (given: String, cut: String)) throws { #expect(try cut(words.given) == words.cut) }

  @Test func anOptionNeedsItsValue() {
    #expect(throws: CRSError.self) { try cut("--psf_width") }
    #expect(throws: CRSError.self) { try cut("a.fits -r") }
  }

  /// A parameter of that letter or name is meant before the program's own option.
  @Test func parametersComeBeforeOptions() throws {
    var manifest = Self.manifest
    manifest.parameters += [
      ParameterManifest(name: "height", kind: .number, default: .integer(1), help: "height", aliases: ["h"]),
      ParameterManifest(name: "overwrite", kind: .flag, default: .bool(false), help: "replace"),
    ]
    #expect(try cut("-h 3 --overwrite", manifest) == "h='3' overwrite='yes' overwrite")
    #expect(try cut("--overwrite off", manifest) == "overwrite='off'")
  }

  @Test func numbersBehindFlagsMayStandForThemselves() throws {
    var manifest = Self.manifest
    manifest.parameters.append(
      ParameterManifest(name: "dx", kind: .number, help: "columns", isPositional: true))
    #expect(try cut("a.fits --strict 1", manifest) == "'a.fits' strict='yes' '1'")
    #expect(try cut("a.fits --strict false 1", manifest) == "'a.fits' strict='false' '1'")
  }
}
