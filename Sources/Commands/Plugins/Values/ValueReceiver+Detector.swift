import Files
import Kernels
import Pipeline

/// What another program says of a detector.
extension ValueReceiver {
  func readDetector(_ members: [String: JSONValue], into image: inout Image) throws {
    let fromHeader = Set((members["from_header"]?.items ?? []).compactMap(\.string))
    func known(_ name: String, _ inherited: Known<DetectorValue>?) throws -> Known<DetectorValue>? {
      guard let json = members[name] else { return inherited }
      // What the cards say is found there.
      if json == .null || fromHeader.contains(name) { return nil }
      let source = SourceJSON.source(members["sources"]?[name])
      if let number = json.double { return Known(.constant(number), source) }
      guard let plane = json["pixels"] else { throw HeaderJSON.wrong("a number or an array", json) }
      return Known(.plane(try self.plane(plane, name, image.shape).floats), source)
    }
    func number(_ name: String, _ inherited: Known<Double>?) throws -> Known<Double>? {
      guard let json = members[name] else { return inherited }
      if json == .null || fromHeader.contains(name) { return nil }
      guard let number = json.double else { throw HeaderJSON.wrong("a number", json) }
      return Known(number, SourceJSON.source(members["sources"]?[name]))
    }
    let before = image.detector
    image.detector.gain = try known("gain", before.gain)
    try Self.check(image.detector.gain, "gain", of: before.gain) { $0 > 0 }
    image.detector.readoutNoise = try known("rnoise", before.readoutNoise)
    try Self.check(image.detector.readoutNoise, "rnoise", of: before.readoutNoise) { $0 >= 0 }
    image.detector.bias = try known("bias", before.bias)
    image.detector.saturation = try number("saturation", before.saturation)
    image.detector.exposureTime = try number("exptime", before.exposureTime)
    if let json = members["lost"] { image.detector.lost = json.string }
    if image.detector.gain != nil, image.detector.readoutNoise != nil { image.detector.lost = nil }
  }

  /// - Throws: `CRSError` (data) for a number that no detector has.
  private static func check(
    _ known: Known<DetectorValue>?, _ name: String, of before: Known<DetectorValue>?,
    _ holds: (Double) -> Bool
  ) throws {
    guard let known, known != before, case .constant(let number) = known.value else { return }
    guard number.isFinite, holds(number) else {
      throw CRSError.data(
        "\(name) is \(number)", expected: name == "gain" ? "more than 0" : "0 or more")
    }
  }
}
