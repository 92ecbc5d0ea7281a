import Testing

@testable import Calling
@testable import Kernels
@testable import Pipeline

/// Which parameter an argument means.
@Suite struct MatcherTests {
  private static let moving = CommandManifest(
    name: "move", summary: "Move", family: "Tests",
    parameters: [
      ParameterManifest(name: "image", kind: .image, help: "image", isPositional: true, aliases: ["picture"]),
      ParameterManifest(name: "dx", kind: .number, help: "columns", isPositional: true),
      ParameterManifest(name: "dy", kind: .number, default: .integer(0), help: "rows", isPositional: true),
      ParameterManifest(name: "fill_value", kind: .number, default: .null, help: "edges"),
    ])
  private static let joining = CommandManifest(
    name: "join", summary: "Join", family: "Tests",
    parameters: [
      ParameterManifest(name: "first", kind: .text, help: "first", isPositional: true),
      ParameterManifest(name: "files", kind: .file, help: "files", isPositional: true, isRest: true),
      ParameterManifest(name: "by", kind: .text, default: .text(","), help: "separator"),
    ])

  /// Names of the parameters that arguments mean; `-` is a positional argument, `*` one that stands for any number.
  private func matched(_ manifest: CommandManifest, _ arguments: String) throws -> [String] {
    var matcher = Matcher(manifest)
    let found = try arguments.split(separator: " ").map { word -> String in
      if word == "*" {
        defer { matcher.leaveOpen() }
        return try matcher.parameter(named: nil)?.name ?? "?"
      }
      return try matcher.parameter(named: word == "-" ? nil : String(word))?.name ?? "?"
    }
    return found + matcher.missing.map { "no " + $0.name }
  }

  @Test(arguments: [
    ("- - -", "image dx dy"), ("- -", "image dx"), ("-", "image no dx"), ("", "no image no dx"),
    ("image - -", "image dx dy"), ("dx - -", "dx image dy"), ("picture - fill-value", "image dx fill_value"),
    ("dy - -", "dy image dx"), ("* fill_value", "image fill_value"), ("* - -", "image ? ?"),
    ("image *", "image dx"), ("dx *", "dx image"),
  ]) func positionsAndNames(_ call: (arguments: String, found: String)) throws {
    #expect(try matched(Self.moving, call.arguments).joined(separator: " ") == call.found)
  }

  @Test(arguments: [
    ("- - -", "first files files"), ("first - -", "first files files"), ("- files", "first files"),
    ("files -", "files first"), ("- * -", "first files ?"), ("by - -", "by first files"),
  ]) func allFurtherOnes(_ call: (arguments: String, found: String)) throws {
    #expect(try matched(Self.joining, call.arguments).joined(separator: " ") == call.found)
  }

  @Test(arguments: [
    ("- - - -", "too many arguments for move"), ("- - image", "'image' is given twice"),
    ("image picture", "'image' is given twice"), ("- - dz", "'dz' is not a parameter of move"),
  ]) func mistakes(_ call: (arguments: String, message: String)) {
    #expect {
      try matched(Self.moving, call.arguments)
    } throws: {
      ($0 as? CRSError)?.message == call.message
    }
  }

  @Test func aParameterForAllFurtherOnesIsGivenByNameOrByPlace() {
    for arguments in ["- files -", "- - files"] {
      #expect {
        try matched(Self.joining, arguments)
      } throws: {
        ($0 as? CRSError)?.message == "'files' is given twice"
      }
    }
  }

  @Test func aGlobTakesThePlacesOfThoseBehindIt() throws {
    var matcher = Matcher(Self.moving)
    _ = try matcher.parameter(named: nil)
    try matcher.took(3, named: nil)
    #expect(matcher.next.positional == nil && matcher.missing.isEmpty)
    #expect(throws: CRSError.self) { try matcher.took(2, named: nil) }
    var named = Matcher(Self.moving)
    _ = try named.parameter(named: "image")
    #expect(throws: CRSError.self) { try named.took(2, named: "image") }
  }

  @Test func whatMayComeNext() throws {
    var matcher = Matcher(Self.moving)
    #expect(matcher.next.positional?.name == "image" && matcher.next.keys.map(\.name) == ["fill_value"])
    _ = try matcher.parameter(named: "image")
    _ = try matcher.parameter(named: "fill_value")
    #expect(matcher.next.positional?.name == "dx" && matcher.next.keys.isEmpty)
    var joining = Matcher(Self.joining)
    for _ in 0..<3 { _ = try joining.parameter(named: nil) }
    #expect(joining.next.positional?.name == "files")
  }

  @Test func placesOfMistakes() throws {
    var matcher = Matcher(Self.moving)
    do {
      _ = try matcher.parameter(named: "dz", at: Place(line: 3, column: 7))
      Issue.record("no error")
    } catch let error as CRSError {
      #expect(error.line == 3 && error.column == 7 && error.hint == "did you mean 'dx'?")
    }
  }
}
