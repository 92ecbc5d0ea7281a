import Foundation
import TestSupport
import Testing

@testable import Calling
@testable import Files
@testable import Kernels
@testable import Pipeline

/// What values become for parameters, from manifests alone.
@Suite struct BinderTests {
  private let reading = ValueReading(work: Work(), note: { _ in })

  private func bound(_ value: Value, _ parameter: ParameterManifest) throws -> Value {
    let manifest = CommandManifest(name: "test", summary: "Test", family: "Tests", parameters: [parameter])
    let bound = try Binder.bind(
      [Argument(name: parameter.name, value: value, place: Place(line: 1, column: 6))], manifest,
      reading: reading)
    return try #require(bound[parameter.name])
  }

  private func text(_ value: Value, _ parameter: ParameterManifest) throws -> String {
    let bound = try bound(value, parameter)
    return "\(bound.kind.rawValue) \(bound.literal ?? bound.summary)"
  }

  private func parameter(
    _ kind: Kind, default: JSONValue? = nil, limits: Limits = Limits(), choices: [String] = [],
    isRest: Bool = false
  ) -> ParameterManifest {
    ParameterManifest(
      name: "p", kind: kind, unit: kind == .number ? "ADU" : "", default: `default`, limits: limits,
      choices: choices, help: "test", isRest: isRest)
  }

  @Test func scalars() throws {
    #expect(try text(.integer(3), parameter(.number)) == "number 3")
    #expect(try text(.text("2.5"), parameter(.number)) == "number 2.5")
    #expect(try text(.number(3), parameter(.integer)) == "integer 3")
    #expect(try text(.text("Yes"), parameter(.flag)) == "flag yes")
    #expect(try text(.integer(7), parameter(.text)) == "text '7'")
    #expect(try text(.text("a.fits"), parameter(.file)) == "text 'a.fits'")
    #expect(try text(.text("1e-3"), parameter(.number)) == "number 0.001")
    for word in ["0x6", "inf", "nan", "1_000", ""] {
      #expect(throws: CRSError.self, "\(word)") { try bound(.text(word), parameter(.number)) }
      #expect(try text(.text("[\(word.isEmpty ? "w" : word)]"), parameter(.list)).contains("'"))
    }
    #expect(throws: CRSError.self) { try bound(.number(2.5), parameter(.integer)) }
    #expect(throws: CRSError.self) { try bound(.number(1e300), parameter(.integer)) }
    #expect(throws: CRSError.self) { try bound(.integer(5), parameter(.file)) }
    #expect(throws: CRSError.self) { try bound(.integer(1), parameter(.flag)) }
  }

  @Test func noneIsGivenWhereItIsTheDefaultOrAChoice() throws {
    for value in [Value.none, .text("none"), .text("null"), .text("None")] {
      guard case .none = try bound(value, parameter(.number, default: .null)) else {
        Issue.record("\(value) is not none")
        continue
      }
      #expect(try text(value, parameter(.list, default: .null, choices: ["none", "auto"])) == "text 'none'")
      #expect(throws: CRSError.self) { try bound(value, parameter(.number, default: .integer(1))) }
    }
  }

  @Test func wordsBesideAKind() throws {
    let count = parameter(.integer, limits: Limits(1...9), choices: ["exact"])
    #expect(try text(.text("Exact"), count) == "text 'exact'")
    #expect(try text(.text("4"), count) == "integer 4")
    let error = #expect(throws: CRSError.self) { try bound(.text("ten"), count) }
    #expect(error?.description == "p: 'ten' does not fit, expected an integer or exact")
    let far = #expect(throws: CRSError.self) { try bound(.integer(10), count) }
    #expect(far?.description == "p: 10 is out of range, expected 1...9 or exact")
    let bits = parameter(.word, choices: ["16", "-32"])
    #expect(try text(.integer(-32), bits) == "text '-32'")
    let word = #expect(throws: CRSError.self) { try bound(.text("15"), bits) }
    #expect(word?.message == "'15' is not one of the words")
  }

  @Test func limitsHoldForEachNumber() throws {
    let above = parameter(.number, limits: Limits(maximum: 10, exclusiveMinimum: 0))
    #expect(try text(.number(1e-9), above) == "number 1e-09")
    for number in [0, -1, 10.5, .infinity, .nan] {
      let error = #expect(throws: CRSError.self) { try bound(.number(number), above) }
      #expect(error?.expected == "above 0, at most 10 ADU")
      #expect(error?.line == 1 && error?.column == 6)
    }
    let list = parameter(.list, limits: Limits(exclusiveMinimum: 0))
    #expect(throws: CRSError.self) { try bound(.list([.number(1), .list([.integer(0)])]), list) }
    #expect(try text(.text("0.8,1"), list) == "list [0.8, 1]")
  }

  @Test func listsAndRectangles() throws {
    let list = parameter(.list)
    #expect(try text(.number(2), list) == "list [2]")
    #expect(try text(.text("[1, [2, x]]"), list) == "list [1, [2, 'x']]")
    #expect(try text(.text("[1:9, 2:8]"), list) == "list [[1, 9, 2, 8]]")
    #expect(try text(.text("[1:9, 2:8], [3:4,5:6]"), list) == "list [[1, 9, 2, 8], [3, 4, 5, 6]]")
    #expect(try text(.list([.text("[1:9, 2:8]")]), list) == "list [[1, 9, 2, 8]]")
    #expect(try text(.text("[1:9, 2:8]"), parameter(.section)) == "list [1, 9, 2, 8]")
    #expect(throws: CRSError.self) { try bound(.text("[9:1, 2:8]"), parameter(.section)) }
    #expect(throws: CRSError.self) { try bound(.text("[1, [2]"), list) }
  }

  @Test func severalNames() throws {
    let names = parameter(.word, isRest: true)
    #expect(try text(.text("a"), names) == "list ['a']")
    #expect(try text(.list([.text("a"), .text("b")]), names) == "list ['a', 'b']")
    #expect(try text(.text("[a, b]"), names) == "list ['a', 'b']")
    #expect(throws: CRSError.self) { try bound(.list([.integer(1)]), names) }
  }

  /// A list stands for its values, wherever several are taken.
  @Test func aListAmongFurtherArguments() throws {
    for kind in [Kind.word, .list] {
      let manifest = CommandManifest(
        name: "test", summary: "Test", family: "Tests",
        parameters: [
          ParameterManifest(name: "names", kind: kind, help: "names", isPositional: true, isRest: true)
        ])
      let bound = try Binder.bind(
        [Argument(value: .list([.text("a"), .text("b")])), Argument(value: .text("c"))], manifest,
        reading: reading)
      #expect(bound["names"]?.literal == "['a', 'b', 'c']")
    }
  }

  @Test func imagesAreReadFromFilesAndTheirNamesAreKept() throws {
    let folder = try ScratchFolder()
    defer { withExtendedLifetime(folder) {} }
    let path = folder.file("a.fits")
    let image = Image(pixels: Plane(width: 3, height: 2, repeating: 4))
    try FITSWriter.write(try FITSDocument(image: image), to: path, overwrite: false, work: Work())
    let manifest = CommandManifest(
      name: "test", summary: "Test", family: "Tests",
      parameters: [ParameterManifest(name: "image", kind: .image, help: "image", isPositional: true)])
    let bound = try Binder.bind([Argument(value: .text(path))], manifest, reading: reading)
    guard case .image(let read)? = bound["image"] else {
      Issue.record("no image")
      return
    }
    #expect(read.pixels == image.pixels && bound.file(of: "image") == path)
    #expect(
      try Binder.bind([Argument(value: .image(image))], manifest, reading: reading).file(of: "image") == nil)
  }

  @Test func aMistakeInAFileKeepsBothPlaces() throws {
    let folder = try ScratchFolder()
    defer { withExtendedLifetime(folder) {} }
    let path = try folder.write("kind: spline\nknots: [1\n", "b.yaml")
    let manifest = CommandManifest(
      name: "test", summary: "Test", family: "Tests",
      parameters: [ParameterManifest(name: "boundary", kind: .boundary, help: "boundary", isPositional: true)]
    )
    let placed = Argument(value: .text(path), place: Place(line: 7, column: 3))
    let inScript = #expect(throws: CRSError.self) {
      try Binder.bind([placed], manifest, reading: reading)
    }
    #expect(inScript?.line == 7 && inScript?.column == 3 && inScript?.file?.hasPrefix(path + ":") == true)
    let onCommandLine = #expect(throws: CRSError.self) {
      try Binder.bind([Argument(value: .text(path))], manifest, reading: reading)
    }
    #expect(onCommandLine?.file == path && (onCommandLine?.line ?? 0) >= 2)
  }
}
