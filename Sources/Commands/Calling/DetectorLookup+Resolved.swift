import Files
import Pipeline

extension DetectorLookup {
  /// The numbers as parameters, for the record that replays a session.
  package var resolved: [String: Value] {
    var values: [String: Value] = [:]
    let found = [("gain", detector.gain), ("rnoise", detector.readoutNoise), ("bias", detector.bias)]
    for (name, value) in found {
      if let number = value.uniform { values[name] = .number(number) }
    }
    return values
  }
}
