import Testing

@testable import Files
@testable import Kernels

/// Filters, kernels and dilations of astroscrappy 1.3.0 on a 37x41 image, bit for bit.
@Suite struct FilterTests {
  private let file = "primitives_expected.fits"

  private func expected(_ name: String) throws -> Plane<Float> { try LACosmicCase.plane(file, name) }

  private func input() throws -> Plane<Float> { try expected("INPUT") }

  @Test(arguments: [3, 5, 7])
  func fullMedians(size: Int) throws {
    #expect(try MedianFilter.square(try input(), size: size) == (try expected("MEDFILT\(size)")))
  }

  @Test(arguments: [3, 5, 7, 9])
  func separableMedians(size: Int) throws {
    #expect(try MedianFilter.separable(try input(), size: size) == (try expected("SEPMED\(size)")))
  }

  @Test func otherSizesAreErrors() throws {
    let image = try input()
    #expect(throws: CRSError.self) { try MedianFilter.square(image, size: 4) }
    #expect(throws: CRSError.self) { try MedianFilter.separable(image, size: 11) }
  }

  @Test(arguments: [(1, 1), (3, 2), (4, 40), (9, 9), (130, 70)])
  func mediansOfAnySizeMatchSorting(width: Int, height: Int) throws {
    var random = SplitMix64(state: 9)
    let image = Plane<Float>(
      width: width, height: height, pixels: (0..<width * height).map { _ in Float(random.next() % 1000) })
    for size in [3, 5, 7] {
      let reach = size / 2
      let found = try MedianFilter.square(image, size: size, work: Work(threads: 2))
      for y in 0..<height {
        for x in 0..<width {
          var wanted = image[x, y]
          if x >= reach, y >= reach, x < width - reach, y < height - reach {
            let window = (-reach...reach).flatMap { j in (-reach...reach).map { image[x + $0, y + j] } }
            wanted = window.sorted()[size * size / 2]
          }
          #expect(found[x, y] == wanted)
        }
      }
    }
  }

  @Test func convolution() throws {
    let kernel = try FITSReader.image(at: LACosmicCase.path("psfk_asym_7x5.fits")).pixels
    #expect(try Convolution.convolve(try input(), kernel: kernel) == (try expected("CONVOLVE")))
    #expect(throws: CRSError.self) {
      try Convolution.convolve(try input(), kernel: Plane(width: 2, height: 3, repeating: 1))
    }
  }

  @Test(arguments: [
    ("K_GAUSS", PSFModel(.gauss, fwhm: 2.5, size: 7)), ("K_GAUSSX", PSFModel(.gaussx, fwhm: 3.1, size: 9)),
    ("K_GAUSSY", PSFModel(.gaussy, fwhm: 2.7, size: 11)),
    ("K_MOFFAT", PSFModel(.moffat, fwhm: 2.8, size: 9, beta: 3)),
    ("K_GAUSXY", PSFModel(profile: .gaussxy, fwhmX: 3, fwhmY: 2.2, size: 11)),
  ])
  func kernels(name: String, model: PSFModel) throws {
    #expect(try PSF.model(model).kernel() == (try expected(name)))
  }

  @Test func dilations() throws {
    let flags = BitPlane(width: 37, height: 41)
    flags.formUnion(try LACosmicCase.flags(file, "BOOLIN"))
    let work = Work()
    let once = flags.grown(reach: 2, corners: false)
    #expect(
      try flags.grown(reach: 1, corners: true).mask(work: work) == (try LACosmicCase.flags(file, "DILATE3")))
    #expect(try once.mask(work: work) == (try LACosmicCase.flags(file, "DILATE5N1")))
    #expect(
      try once.grown(reach: 2, corners: false).mask(work: work) == (try LACosmicCase.flags(file, "DILATE5N2"))
    )
  }
}
