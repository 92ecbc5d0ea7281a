import Glibc

/// The point-spread function of fine structure by convolution.
package enum PSF: Sendable, Equatable {
  case model(PSFModel)
  /// A kernel of odd width and height, used as a true convolution (mirrored).
  case kernel(Plane<Float>)

  /// The shape of the kernel, once it is odd and all numbers are valid.
  ///
  /// - Throws: `CRSError` (usage) naming the parameter.
  func validatedShape() throws -> Shape {
    switch self {
    case .model(let model):
      try model.validate()
      return Shape(width: model.size, height: model.size)
    case .kernel(let plane):
      guard plane.width % 2 == 1, plane.height % 2 == 1 else {
        throw CRSError.usage(
          "a kernel of \(plane.shape) has no central pixel", parameter: "psfk",
          expected: "odd width and height")
      }
      guard plane.width <= PSFModel.largestSize, plane.height <= PSFModel.largestSize else {
        throw CRSError.usage(
          "a kernel of \(plane.shape) is too large", parameter: "psfk",
          expected: "at most \(PSFModel.largestSize) pixels a side")
      }
      guard plane.pixels.allSatisfy(\.isFinite) else {
        throw CRSError.data("the kernel has NaN or infinite pixels", parameter: "psfk")
      }
      return plane.shape
    }
  }

  /// The kernel as the convolution uses it.
  ///
  /// - Throws: `CRSError` (usage) for an even size or numbers out of range.
  package func kernel() throws -> Plane<Float> {
    _ = try validatedShape()
    switch self {
    case .model(let model):
      let plane = model.kernel()
      guard plane.pixels.allSatisfy(\.isFinite) else {
        throw CRSError.usage("these widths and exponents give no kernel", parameter: "psfmodel")
      }
      return plane
    case .kernel(let plane): return plane
    }
  }
}

/// A point-spread function given by its profile and widths.
package struct PSFModel: Sendable, Equatable {
  package enum Profile: String, Sendable, CaseIterable, Codable {
    case gauss, gaussx, gaussy, moffat, gaussxy
  }

  /// Kernels above this size are refused: they cost its square a pixel.
  package static let largestSize = 255

  package var profile: Profile
  /// Full width at half maximum along x [pixel], > 0.
  package var fwhmX: Double
  /// Full width at half maximum along y [pixel], > 0.
  package var fwhmY: Double
  /// Width and height of the kernel [pixel], odd.
  package var size: Int
  /// Exponent of the Moffat profile, > 0.
  package var beta: Double

  package init(
    profile: Profile = .gauss, fwhmX: Double = 2.5, fwhmY: Double = 2.5, size: Int = 7, beta: Double = 4.765
  ) {
    self.profile = profile
    self.fwhmX = fwhmX
    self.fwhmY = fwhmY
    self.size = size
    self.beta = beta
  }

  /// A round profile of one width.
  package init(_ profile: Profile, fwhm: Double = 2.5, size: Int = 7, beta: Double = 4.765) {
    self.init(profile: profile, fwhmX: fwhm, fwhmY: fwhm, size: size, beta: beta)
  }

  func validate() throws {
    let smallest = profile == .gaussxy ? 3 : 1
    guard size >= smallest, size <= Self.largestSize, size % 2 == 1 else {
      throw CRSError.usage(
        "\(size) is no kernel size", parameter: "psfsize",
        expected: "an odd number from \(smallest) to \(Self.largestSize)")
    }
    for (name, value) in [("psffwhm_x", fwhmX), ("psffwhm_y", fwhmY)] {
      guard Float(value) > 0, Float(value).isFinite else {
        throw CRSError.usage("\(value) is out of range", parameter: name, expected: "pixels above 0")
      }
    }
    guard profile != .moffat || (Float(beta) > 0 && Float(beta).isFinite) else {
      throw CRSError.usage("\(beta) is out of range", parameter: "psfbeta", expected: "a number above 0")
    }
  }

  /// The width that a profile of one width uses.
  private var width: Float {
    switch profile {
    case .gaussx: Float(fwhmX)
    case .gaussy: Float(fwhmY)
    case .gauss, .moffat, .gaussxy: Float((fwhmX + fwhmY) / 2)
    }
  }

  /// The normalised kernel; all profiles are symmetric, so mirroring changes nothing.
  func kernel() -> Plane<Float> {
    let centre = size / 2
    let fwhm = width
    // 2.35482 is the rounded constant of the reference; gaussxy uses the exact one.
    let variance = Double(fwhm * fwhm) / 2.35482 / 2.35482
    let beta = Double(Float(beta))
    let alpha = Double(fwhm) / 2 / (pow(2, 1 / beta) - 1).squareRoot()
    let exact = 2 * (2 * log(2.0)).squareRoot()
    let (sigmaX, sigmaY) = (fwhmX / exact, fwhmY / exact)
    var values: [Double] = []
    values.reserveCapacity(size * size)
    for row in 0..<size {
      for column in 0..<size {
        let (x, y) = (Double(column - centre), Double(row - centre))
        switch profile {
        case .gauss: values.append(exp(-(x * x + y * y) / (2 * variance)))
        case .gaussx: values.append(exp(-x * x / (2 * variance)))
        case .gaussy: values.append(exp(-y * y / (2 * variance)))
        case .moffat: values.append(pow(1 + (x * x + y * y) / (alpha * alpha), -beta))
        case .gaussxy:
          let (u, v) = (x / sigmaX, y / sigmaY)
          values.append(exp(-(u * u + v * v) / 2))
        }
      }
    }
    if profile == .gaussxy {
      let sum = values.reduce(0, +)
      return Plane(width: size, height: size, pixels: values.map { Float($0 / sum) })
    }
    let single = values.map { Float($0) }
    let sum = pairwiseSum(single[...])
    return Plane(width: size, height: size, pixels: single.map { $0 / sum })
  }

  /// The sum in single precision in numpy's order, which decides the last bit of every weight: eight
  /// interleaved partial sums, longer lists halved at a multiple of eight.
  private func pairwiseSum(_ values: ArraySlice<Float>) -> Float {
    let values = Array(values)
    if values.count < 8 { return values.reduce(0, +) }
    if values.count > 128 {
      let half = values.count / 2 / 8 * 8
      return pairwiseSum(values[..<half]) + pairwiseSum(values[half...])
    }
    var lanes = SIMD8<Float>.zero
    let whole = values.count / 8 * 8
    for index in stride(from: 0, to: whole, by: 8) {
      for lane in 0..<8 { lanes[lane] += values[index + lane] }
    }
    let sum =
      ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
    return values[whole...].reduce(sum, +)
  }
}
