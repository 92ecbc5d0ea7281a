import Files
import Kernels
import TestSupport
import Testing

/// What the name of a file to be written may say.
@Suite struct OutputNameTests {
  private func refusal(_ path: String, _ content: OutputName.Content = .pixels) -> CRSError? {
    crsError { try OutputName.check(path, for: content) }
  }

  @Test func endingsSayTheForm() throws {
    for fine in [
      "a.fits", "a.FIT", "a.fts", "a.fits.gz", "a.gz", "a.fits.fz", "a.fz", "a", "night.2/a", "a_0.5",
      "a.001",
      "a.fits.bak", ".hidden", "a.",
    ] {
      #expect(refusal(fine) == nil, "\(fine)")
    }
    for bad in [
      "a.fits.bz2", "a.xz", "a.fits.zip", "a.fits.Z", "a.zst", "a.tar.gz", "a.csv", "a.csv.gz", "a.yaml",
      "a.png",
      "a.pdf", "a.txt", "a.h5", "a.crs", "a.img", "a.dat", "a.b.c", "a.txt2", "a.txt2.gz", "a.fit5", "a.bak",
    ] {
      #expect(refusal(bad)?.kind == .file, "\(bad)")
      #expect(refusal(bad)?.description.contains(".fits, .fits.gz or .fits.fz") == true, "\(bad)")
    }
    // What is expected stands there for each kind.
    #expect(refusal("a.dat", .table)?.expected == ".csv")
    #expect(refusal("a.dat", .boundary)?.expected == ".yaml")
    for bad in ["u.fits", "u.fit", "u.csv.gz", "u.fz", "u.yaml", "u.csv.Z", "u.png"] {
      #expect(refusal(bad, .table)?.kind == .file, "\(bad)")
    }
    #expect(refusal("u.csv", .table) == nil && refusal("u", .table) == nil)
    #expect(refusal("b.yaml", .boundary) == nil && refusal("b.yml", .boundary) == nil)
    #expect(refusal("b.fits", .boundary) != nil && refusal("b.csv", .boundary) != nil)
  }

  @Test func endingsAndCompressionAgree() throws {
    let scratch = try ScratchFolder()
    let document = FITSDocument(mask: Mask(plane: Plane(width: 400, height: 400, repeating: 0)))
    func write(_ name: String, _ compression: FITSCompression?) throws {
      try FITSWriter.write(document, to: scratch.file(name), overwrite: false, compression: compression)
    }
    for (name, compression) in [
      ("a.fits", nil), ("b.fits.gz", nil), ("c.fits.fz", nil), ("d.fits", FITSCompression.tiles),
      ("e.fits.fz", .tiles), ("f.fits.gz", .gzip),
    ] {
      try write(name, compression)
      #expect(try FITSReader.mask(at: scratch.file(name)).plane.count == 160_000, "\(name)")
    }
    #expect(try FITSReader.listing(of: scratch.file("a.fits"))[0].kind == .primary)
    #expect(try FITSReader.listing(of: scratch.file("c.fits.fz"))[1].kind == .compressedImage)
    #expect(crsError { try write("g.fits.gz", .tiles) }?.message.contains(".gz") == true)
    #expect(crsError { try write("g.fits.fz", .gzip) }?.message.contains(".fz") == true)
    #expect(crsError { try FITSWriter.write(document, to: "!crs.fits", overwrite: false) }?.kind == .file)
    #expect(scratch.names.count == 6)
  }
}
