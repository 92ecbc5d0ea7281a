import Testing

@testable import Kernels

/// What must hold for any image.
@Suite struct LACosmicPropertyTests {
  /// A star field or flat sky in whole electrons, with cosmic rays.
  static func scene(width: Int = 180, height: Int = 150, seed: UInt64 = 7) -> Plane<Float> {
    var random = SplitMix64(state: seed)
    var image = Plane<Float>(width: width, height: height, repeating: 0)
    for index in 0..<image.count {
      let (dx, dy) = (Double(index % width % 40 - 20), Double(index / width % 40 - 20))
      let level = 100 + 3000 * exponential(-(dx * dx + dy * dy) / 8)
      image.pixels[index] = Float((level + (level + 25).squareRoot() * random.normal()).rounded())
    }
    for _ in 0..<60 {
      let at = Int(random.next() % UInt64(image.count - 3))
      for step in 0..<3 { image.pixels[at + step] += Float(300 + random.next() % 2000) }
    }
    return image
  }

  private static func exponential(_ x: Double) -> Double {
    var (term, sum, y) = (1.0, 1.0, x / 1024)
    for k in 1...12 {
      term *= y / Double(k)
      sum += term
    }
    y = sum
    for _ in 0..<10 { y *= y }
    return y
  }

  static let modes: [LACosmicParameters] = [
    LACosmicParameters(readNoise: 5), LACosmicParameters(readNoise: 5, sepmed: false),
    LACosmicParameters(objlim: 2, readNoise: 5, fineStructure: .convolve),
    LACosmicParameters(objlim: 2, readNoise: 5, sepmed: false, cleanType: .medmask, fineStructure: .convolve),
  ]

  @Test(arguments: modes.indices)
  func gainOnlyChangesTheUnit(_ mode: Int) throws {
    let image = Self.scene()
    var parameters = Self.modes[mode]
    let electrons = try LACosmic.run(image, parameters: parameters, work: Work())
    parameters.gain = 4
    let counts = try LACosmic.run(image.map { $0 / 4 }, parameters: parameters, work: Work())
    #expect(electrons.mask.flagged > 50)
    #expect(counts.mask == electrons.mask)
    #expect(counts.clean == electrons.clean.map { $0 / 4 })
  }

  @Test(arguments: modes.indices)
  func anOffsetInImageAndBackgroundChangesNothing(_ mode: Int) throws {
    let image = Self.scene()
    let variance = image.map { max(25, $0 + 25) }
    func run(offset: Float) throws -> LACosmicResult {
      try LACosmic.run(
        image.map { $0 + offset }, parameters: Self.modes[mode],
        background: image.map { _ in 64 + offset }, variance: variance, work: Work())
    }
    let (near, far) = (try run(offset: 0), try run(offset: 4096))
    #expect(near.mask.flagged > 50)
    #expect(far.mask == near.mask)
    var worst: Float = 0
    for (a, b) in zip(near.clean.pixels, far.clean.pixels) { worst = max(worst, abs(b - 4096 - a)) }
    #expect(worst < 0.01)
  }

  @Test(arguments: [LACosmicParameters.FineStructure.median, .convolve])
  func transpositionSwapsTheAxes(_ mode: LACosmicParameters.FineStructure) throws {
    let image = Self.scene()
    func transposed<Element>(_ plane: Plane<Element>) -> Plane<Element> {
      var pixels: [Element] = []
      for x in 0..<plane.width {
        for y in 0..<plane.height { pixels.append(plane[x, y]) }
      }
      return Plane(width: plane.height, height: plane.width, pixels: pixels)
    }
    var parameters = LACosmicParameters(objlim: 2, readNoise: 5, sepmed: false, fineStructure: mode)
    parameters.psf = .model(PSFModel(profile: .gaussxy, fwhmX: 3, fwhmY: 2, size: 9))
    let upright = try LACosmic.run(image, parameters: parameters, work: Work())
    parameters.psf = .model(PSFModel(profile: .gaussxy, fwhmX: 2, fwhmY: 3, size: 9))
    let lying = try LACosmic.run(transposed(image), parameters: parameters, work: Work())
    #expect(upright.mask.flagged > 50)
    #expect(transposed(lying.mask.plane) == upright.mask.plane)
  }

  @Test(arguments: modes.indices)
  func threadsAndRepetitionsGiveTheSameBits(_ mode: Int) throws {
    let image = Self.scene(width: 700, height: 300)
    let first = try LACosmic.run(image, parameters: Self.modes[mode], work: Work(threads: 1))
    for threads in [1, 2, 7] {
      let again = try LACosmic.run(image, parameters: Self.modes[mode], work: Work(threads: threads))
      #expect(again.mask == first.mask && again.clean == first.clean)
      #expect(again.perIteration == first.perIteration)
    }
  }

  @Test(arguments: modes.indices)
  func exactMediansIgnoreMaskedPixels(_ mode: Int) throws {
    let image = Self.scene()
    var inmask = Mask(shape: image.shape)
    var spoilt = image
    var random = SplitMix64(state: 11)
    for _ in 0..<25 {
      let (x, y) = (Int(random.next() % 170), Int(random.next() % 140))
      for j in y..<y + 6 {
        for i in x..<x + 6 {
          inmask[i, j] = true
          spoilt[i, j] = Float(random.next() % 30000)
        }
      }
    }
    var parameters = Self.modes[mode]
    func runs() throws -> (LACosmicResult, LACosmicResult) {
      (
        try LACosmic.run(image, parameters: parameters, inmask: inmask, work: Work()),
        try LACosmic.run(spoilt, parameters: parameters, inmask: inmask, work: Work())
      )
    }
    let (plain, plainSpoilt) = try runs()
    if mode == 0 { #expect(plain.mask != plainSpoilt.mask, "masked pixels were meant to matter by default") }
    parameters.exactInmaskMedians = true
    let (exact, exactSpoilt) = try runs()
    #expect(exact.mask.flagged > 50)
    #expect(exact.mask == exactSpoilt.mask)
    for index in 0..<image.count where inmask.plane.pixels[index] == 0 {
      #expect(exact.clean.pixels[index] == exactSpoilt.clean.pixels[index])
    }
  }

  @Test(arguments: modes.indices)
  func exactMediansChangeNothingWithoutMask(_ mode: Int) throws {
    var parameters = Self.modes[mode]
    let plain = try LACosmic.run(Self.scene(), parameters: parameters, work: Work())
    parameters.exactInmaskMedians = true
    #expect(try LACosmic.run(Self.scene(), parameters: parameters, work: Work()).mask == plain.mask)
  }
}
