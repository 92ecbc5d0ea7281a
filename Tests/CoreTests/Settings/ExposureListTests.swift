import TestSupport
import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// Lists of exposures of the older interface.
@Suite struct ExposureListTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    for name in ["a.fits", "b.fits"] {
      var file = TestFile()
      file.image(.float32(Plane(width: 4, height: 3, repeating: 1)))
      file.image(.float32(Plane(width: 4, height: 3, repeating: 2)), "SCI")
      _ = try file.write(name, in: folder)
    }
  }

  private func names(_ text: String) throws -> [String] {
    try ExposureList.names(in: try folder.write(text, "list.txt"))
  }

  @Test func namesCountFromTheFolderOfTheList() throws {
    let found = try names("# exposures\n\na.fits\n  b.fits\n\(folder.file("a.fits"))\n")
    #expect(found == ["a.fits", "b.fits", "a.fits"].map(folder.file))
  }

  /// HDUs and sections as everywhere.
  @Test func bracketsChoose() throws {
    #expect(try names("a.fits[SCI]\nb.fits[1:2,1:3]") == ["a.fits[SCI]", "b.fits[1:2,1:3]"].map(folder.file))
  }

  /// A name that asks for more is told what is wrong with it, with its line; it is there.
  @Test(arguments: [
    ("a.fits[col X=Y]", "col"), ("a.fits[gtifilter('b.fits')]", "gtifilter"), ("a.fits[", "']' is missing"),
    ("a.fits[1:2,1:2][3]", "one bracket too many"), ("http://x/a.fits", "'http' files are not read"),
    ("c.fits", "no such file"), ("c.fits[SCI]", "no such file"),
  ])
  func whatIsWrongIsTold(name: String, reason: String) throws {
    let error = try #require(crsError { _ = try names("b.fits\n\(name)\n") })
    #expect(error.message.contains(reason) && error.message.contains(name.prefix(6)), "\(error)")
    #expect(error.line == 2 && error.file?.hasSuffix("list.txt") == true, "\(error)")
  }

  @Test func productsReplaceNoExposure() throws {
    let output = folder.file("a.fits")
    let error = crsError {
      try ExposureList.protect([output + "[SCI]"], from: output, parameter: "output_masks", takesMasks: true)
    }
    #expect(error?.message.contains("is one of the inputs") == true)
  }
}
