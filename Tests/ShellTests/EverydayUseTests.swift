import Foundation
import Testing

@testable import Files
@testable import Kernels

/// Things that users do all day, from outside.
@Suite(.serialized) struct EverydayUseTests {
  private func session(_ body: (URL) throws -> Void) throws {
    let folder = try EndToEndTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try EndToEndTests.crs(
      ["simulate", "--nx", "60", "--ny", "50", "--seed", "1", "--prefix", "e"], in: folder)
    try body(folder)
  }

  private func crs(_ text: String, in folder: URL) throws -> EndToEndTests.Ended {
    try EndToEndTests.crs(["-c", text], in: folder)
  }

  @Test func extensionsOfFilesInExpressions() throws {
    try session { folder in
      let ended = try crs(
        """
        x = (e_1.fits[0][1:9, 1:8] * 2)
        y = e_1.fits[0] * 2
        z = (load e_1.fits) * 2
        a = label (y != z)
        b = label (x != z[1:9, 1:8])
        history again.crs
        """, in: folder)
      #expect(ended.status == 0, "\(ended.errors)")
      #expect(ended.output.contains("x: Image 9x8") && ended.output.contains("y: Image 60x50"))
      #expect(ended.output.contains("a: Table 0 rows") && ended.output.contains("b: Table 0 rows"))
      let again = try EndToEndTests.crs(["again.crs"], in: folder)
      #expect(again.status == 0 && again.output.contains("x: Image 9x8"), "\(again.errors)")
    }
  }

  @Test func savesFilesAndTellsWhatDoesNotFit() throws {
    try session { folder in
      let ended = try crs(
        "save e_1.fits copy.fits; a = load copy.fits; save (a * 1000) small.fits bitpix=16 clip=yes",
        in: folder)
      #expect(ended.status == 0, "\(ended.errors)")
      #expect(ended.errors.contains("values lie outside the range of int16"))
      let (first, copy) = ("e_1.fits", "copy.fits")
      let images = try [first, copy].map { try FITSReader.image(at: folder.appendingPathComponent($0).path) }
      #expect(images[0].pixels == images[1].pixels)
    }
  }

  @Test func scriptsGoOnWhereTheyAreTold() throws {
    try session { folder in
      let ended = try crs("set on_error=continue\na = nosuch\nb = 3", in: folder)
      #expect(ended.status == 2 && ended.errors.contains("'nosuch' is not a variable"))
      #expect(ended.errors.contains("1 error was passed over"))
      #expect(ended.output.contains("b: 3"))
      #expect(try crs("a = nosuch\nb = 3", in: folder).output.isEmpty)
      #expect(try EndToEndTests.crs(["exit", "4"], in: folder).status == 4)
      let loop = try crs("time for i in [1, 2, 3]; a = $i; end", in: folder).output
      #expect(loop.hasPrefix("a: 1\na: 2\na: 3\ntime:"), "\(loop)")
    }
  }

  @Test func headersThatAreRefusedAndMasksThatDoNotFit() throws {
    try session { folder in
      var image = try FITSReader.image(at: folder.appendingPathComponent("e_1.fits").path)
      image.header.set("GAIN", .real(0))
      image.header.set("CRPIX1", .real(5))
      image.header.set("CRPIX2", .real(7))
      var document = try FITSDocument(image: image)
      let small = Plane<UInt8>(width: 60, height: 10, repeating: 1)
      document.hdus.append(FITSOutputHDU(name: "MASK", content: .image(.uint8(small))))
      try FITSWriter.write(document, to: folder.appendingPathComponent("g.fits").path, overwrite: false)
      let found = try crs(
        "a = load g.fits; m = shift a 3 -2; save m m.fits; c = lacosmic a rnoise=3", in: folder)
      #expect(found.status == 2 && found.errors.contains("gives no number above 0"))
      #expect(found.errors.contains("MASK does not fit the image (60x50)"))
      let moved = try FITSReader.image(at: folder.appendingPathComponent("m.fits").path)
      #expect(moved.header.number("CRPIX1") == 8 && moved.header.number("CRPIX2") == 5)
    }
  }

  @Test func homeIsThatOfTheEnvironment() throws {
    try session { folder in
      let home = folder.appendingPathComponent("home")
      try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
      let process = Process()
      process.executableURL = EndToEndTests.binary
      process.arguments = ["-c", "a = load e_1.fits; save a ~/h.fits"]
      process.currentDirectoryURL = folder
      process.environment = ProcessInfo.processInfo.environment.merging(["HOME": home.path]) { $1 }
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(FileManager.default.fileExists(atPath: home.appendingPathComponent("h.fits").path))
    }
  }
}
