import Kernels

extension Image {
  /// How many pixels that count have an error that cannot be one; nil for none.
  var unusableErrors: String? {
    guard let errors = uncertainty else { return nil }
    let flags = mask?.plane.pixels
    var (all, unknown, notFinite) = (0, 0, 0)
    for i in 0..<pixels.count where isFinite(i) && flags?[i] ?? 0 == 0 {
      all += 1
      let known = errors.number(i)
      if !(known > 0 && known < .infinity) { unknown += 1 }
      if !known.isFinite { notFinite += 1 }
    }
    guard unknown > 0 else { return nil }
    return "\(errors.name) gives no error for \(unknown) of \(all) pixels (0, negative or not finite): "
      + (unknown == all
        ? "only gain and readout noise tell the noise"
        : "gain and readout noise tell the noise there, or else pixels of the same level"
          + (notFinite > 0
            ? "; without gain and readout noise \(notFinite) that are not finite are not judged" : ""))
  }
}
