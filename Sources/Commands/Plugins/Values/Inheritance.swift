import Calling
import Files
import Kernels
import Pipeline

/// What the results of a plugin's command have from its arguments.
package struct Inheritance {
  /// All images among the arguments, the exposures of stacks among them, in the order of the parameters.
  let images: [Image]
  private let command: String

  init(_ bound: Bound, _ manifest: CommandManifest) {
    command = manifest.name
    images = manifest.parameters.compactMap { bound[$0.name] }.flatMap(Self.images)
  }

  private static func images(in value: Value) -> [Image] {
    switch value {
    case .image(let image): [image]
    case .stack(let stack): stack.exposures
    case .list(let items): items.flatMap(images)
    default: []
    }
  }

  /// Headers whose cards keep their spelling.
  var headers: [Header] { images.flatMap { [$0.header] + ($0.primaryHeader.map { [$0] } ?? []) } }

  /// Gives an image that has only pixels what it inherits.
  ///
  /// - Parameter like: the argument of which it is an edited version.
  func begin(_ image: inout Image, like: Image?) {
    let shape = image.shape
    guard let like else {
      guard let first = images.first else { return }
      (image.header, image.unit, image.primaryHeader) = (first.header, first.unit, first.primaryHeader)
      image.origin = first.origin
      image.detector.lost = "the result of \(command)"
      // Nothing is known of the detector any more, so the cards that say it go.
      image.writeDetectorCards()
      image.header.remove("CRSBIAS")
      let masks = images.filter { $0.shape == shape }.compactMap(\.mask)
      image.mask = masks.first.map { masks.dropFirst().reduce($0, |) }
      return
    }
    let pixels = image.pixels
    image = like
    (image.pixels, image.exactPixels, image.storedType) = (pixels, nil, .float32)
    guard shape != like.shape else { return }
    // Planes of another shape do not fit.
    (image.mask, image.uncertainty) = (nil, nil)
    image.others = like.others.filter { if case .carried = $0 { true } else { false } }
    image.othersInFront = min(image.othersInFront, image.others.count)
    func isNumber(_ known: Known<DetectorValue>?) -> Bool {
      if case .constant? = known?.value { true } else { false }
    }
    if !isNumber(image.detector.gain) { image.detector.gain = nil }
    if !isNumber(image.detector.readoutNoise) { image.detector.readoutNoise = nil }
    if !isNumber(image.detector.bias) { image.detector.bias = nil }
  }
}
