import Files
import Kernels

/// The exposures of one reduction, as read.
package struct ExposureGroup: Sendable {
  package var images: [Image]
  package var names: [String]

  /// - Parameter names: one for each image.
  package init(_ images: [Image], names: [String]) { (self.images, self.names) = (images, names) }

  /// Reads files.
  ///
  /// - Throws: `CRSError`: what `read` throws, data when shapes differ.
  package init(_ names: [String], report: (String) -> Void, read: (String) throws -> Image) throws {
    var images: [Image] = []
    for name in names {
      images.append(try read(name))
      report("found input file: \(name.visible)")
    }
    for (image, name) in zip(images, names) where image.shape != images[0].shape {
      throw CRSError(
        .data, "the image is \(image.shape), that of \(names[0]) is \(images[0].shape)", file: name,
        parameter: "images", expected: "equal shapes")
    }
    self.init(images, names: names)
  }

  /// The exposures with the detector of a file of settings: one for all.
  package func planes(_ detector: Detector) -> [ExposurePlanes] {
    images.map {
      ExposurePlanes(
        pixels: $0.pixels, mask: $0.mask, deviation: $0.uncertainty?.deviationOrZero, detector: detector)
    }
  }

  /// The same with the numbers of a file of settings, or the planes that it names; where it says `bias: auto` each exposure's
  /// own overscan tells the bias.
  ///
  /// - Parameter compatibility: numina knows no masks, nor strips that are not covered, nor saturation.
  /// - Throws: `CRSError` (file, data).
  package func planes(
    gain: DetectorSetting, rnoise: DetectorSetting, bias: DetectorSetting, compatibility: Compatibility?,
    work: Work
  ) throws -> [ExposurePlanes] {
    let measures = bias == .auto
    let detector = try detector(gain: gain, rnoise: rnoise, bias: measures ? .number(0) : bias, work: work)
    var planes = planes(detector)
    if compatibility == nil {
      for (k, mask) in images.masks(work).enumerated() { planes[k].mask = mask }
      planes = try planes.withoutSaturated(images, images.map(\.knownDetector), work)
    }
    guard measures else { return planes }
    for k in planes.indices {
      do {
        planes[k].detector.bias = try images[k].measuredBias(
          gain: detector.gain, readoutNoise: detector.readoutNoise, work: work
        ).value
      } catch var error as CRSError {
        error.file = error.file ?? names[k]
        throw error
      }
    }
    return planes
  }

  /// What is to be said of the biases of `planes` where they were measured; nil where they are alike.
  package func biasNote(_ planes: [ExposurePlanes], bias: DetectorSetting) -> String? {
    guard bias == .auto else { return nil }
    return MeasuredBiases.note(
      planes.map(\.detector.bias.typical), noise: planes.map(\.detector.readoutNoise.typical).max() ?? 0,
      unit: images[0].unit.name)
  }

  /// What is known of the exposures' detectors where they are combined.
  ///
  /// - Parameter bias: nil for what the exposures carry.
  /// - Throws: `CRSError` (data) for other shapes, and where a bias cannot be measured.
  package func detectors(bias: BiasChoice?) throws -> DetectorLookup {
    try DetectorLookup(
      stack: Stack(exposures: images), gain: nil, readoutNoise: nil, bias: bias, need: .bias)
  }

  /// The exposures with what is known of their detectors.
  ///
  /// - Throws: `CRSError` (data) for other shapes.
  package func planes(_ found: DetectorLookup, work: Work) throws -> [ExposurePlanes] {
    try Stack(exposures: images).planes(found, work: work)
  }

  /// The numbers of a file of settings, or the planes that it names.
  ///
  /// - Throws: `CRSError` (file, data).
  package func detector(
    gain: DetectorSetting, rnoise: DetectorSetting, bias: DetectorSetting, work: Work
  ) throws -> Detector {
    let shape = images[0].shape
    return Detector(
      gain: try gain.value("gain", for: shape, work: work),
      readoutNoise: try rnoise.value("rnoise", for: shape, work: work),
      bias: try bias.value("bias", for: shape, work: work))
  }
}
