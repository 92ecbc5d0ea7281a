/// What L.A.Cosmic is told.
package struct LACosmicParameters: Sendable, Equatable {
  /// Threshold of the Laplacian signal to noise, > 0.
  package var sigclip: Double
  /// Threshold of neighbours as a fraction of `sigclip`, >= 0.
  package var sigfrac: Double
  /// Smallest contrast between Laplacian and fine structure, >= 0.
  package var objlim: Double
  /// Gain [electron/ADU], > 0.
  package var gain: Double
  /// Readout noise [electron], >= 0.
  package var readNoise: Double
  /// Saturation level [electron], > 0; infinite where no pixel is saturated.
  package var satlevel: Double
  /// Most iterations, 0 or more.
  package var niter: Int
  /// Separable instead of full medians.
  package var sepmed: Bool
  package var cleanType: CleanType
  package var fineStructure: FineStructure
  /// The kernel of `FineStructure.convolve`.
  package var psf: PSF
  /// Pixels by which the frame is reflected outwards, so that its outer rows are judged too; 0 as the peers.
  package var padWidth: Int
  /// Keeps masked and saturated pixels out of the medians and sums that judge their neighbours.
  package var exactInmaskMedians: Bool

  /// How flagged pixels are replaced.
  package enum CleanType: String, Sendable, CaseIterable, Codable {
    /// Median of all 25 pixels of the window.
    case median
    /// Median of the good pixels of the window.
    case medmask
    /// Mean of the good pixels of the window.
    case meanmask
    /// Mean of the good pixels weighted with the inverse distance.
    case idw
  }

  /// What the Laplacian is compared with.
  package enum FineStructure: String, Sendable, CaseIterable, Codable {
    /// A small median minus a larger one.
    case median
    /// The image convolved with the psf minus a median of that.
    case convolve
  }

  package init(
    sigclip: Double = 4.5, sigfrac: Double = 0.3, objlim: Double = 5, gain: Double = 1,
    readNoise: Double = 6.5, satlevel: Double = 65536, niter: Int = 4, sepmed: Bool = true,
    cleanType: CleanType = .meanmask, fineStructure: FineStructure = .median, psf: PSF = .model(PSFModel()),
    padWidth: Int = 0, exactInmaskMedians: Bool = false
  ) {
    self.sigclip = sigclip
    self.sigfrac = sigfrac
    self.objlim = objlim
    self.gain = gain
    self.readNoise = readNoise
    self.satlevel = satlevel
    self.niter = niter
    self.sepmed = sepmed
    self.cleanType = cleanType
    self.fineStructure = fineStructure
    self.psf = psf
    self.padWidth = padWidth
    self.exactInmaskMedians = exactInmaskMedians
  }

  /// Pixels at each border that are not tested.
  private var rim: Int { sepmed ? 3 : 2 }

  /// Whether an image of some shape has a pixel that is not too close to a border to be judged.
  package func canJudge(_ shape: Shape) -> Bool {
    min(shape.width, shape.height) + 2 * padWidth > 2 * rim
  }

  /// Why nothing is found in an image that is too narrow.
  package func reason(_ shape: Shape) -> String {
    "L.A.Cosmic judges no pixel within \(rim) of a border, and an image of \(shape) has no others"
  }

  private func nothingToJudge(in shape: Shape) -> CRSError {
    .data(
      "no pixel can be tested: \(reason(shape))", parameter: "image",
      expected: "at least \(2 * rim + 1) pixels along x and y")
  }

  /// The parameters themselves once all of them make sense.
  ///
  /// - Parameter shape: the image they are meant for; nil checks only what needs no image.
  /// - Throws: `CRSError` (usage) naming the parameter and what it may be.
  package func validated(for shape: Shape? = nil) throws -> LACosmicParameters {
    func require(_ condition: Bool, _ name: String, _ value: some Any, _ expected: String) throws {
      guard condition else {
        throw CRSError.usage("\(value) is out of range", parameter: name, expected: expected)
      }
    }
    func isPositive(_ value: Double) -> Bool { Float(value) > 0 && Float(value).isFinite }
    try require(isPositive(sigclip), "sigclip", sigclip, "a number above 0")
    try require(sigfrac >= 0 && Float(sigfrac).isFinite, "sigfrac", sigfrac, "a number of at least 0")
    try require(objlim >= 0 && Float(objlim).isFinite, "objlim", objlim, "a number of at least 0")
    try require(isPositive(gain), "gain", gain, "electron/adu above 0")
    try require(
      readNoise >= 0 && Float(readNoise).isFinite, "readnoise", readNoise, "electrons, at least 0")
    try require(Float(satlevel) > 0, "satlevel", satlevel, "electrons above 0, or inf")
    try require(niter >= 0, "niter", niter, "0 or more iterations")
    try require((0...1024).contains(padWidth), "padwidth", padWidth, "0 to 1024 pixels")
    if fineStructure == .convolve {
      let size = try psf.validatedShape()
      if let shape, size.width > shape.width + 2 * padWidth || size.height > shape.height + 2 * padWidth {
        guard canJudge(shape) else { throw nothingToJudge(in: shape) }
        let largest = min(shape.width, shape.height) + 2 * padWidth
        throw CRSError.data(
          "a kernel of \(size) does not fit an image of \(shape)", parameter: "psfsize",
          expected: "a kernel no larger than the image",
          hint: "psfsize=\(largest - (1 - largest % 2)) fits, and fsmode=median needs no kernel")
      }
    }
    if let shape, padWidth > 0, padWidth >= min(shape.width, shape.height) {
      throw CRSError.data(
        "an image of \(shape) cannot be reflected by \(padWidth) pixels", parameter: "padwidth",
        expected: "less than the shorter side of the image")
    }
    return self
  }
}
