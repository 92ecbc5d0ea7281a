/// Replaces single pixels by the median of a box around them.
enum LocalMedian {
  /// Row by row in the order of the list and in place, so that later boxes see earlier replacements.
  ///
  /// Boxes are cut at the borders and leave their own pixel out; an even number of pixels gives the mean of
  /// the two central values. A box without any other pixel changes nothing and is added to `emptyBoxes`.
  static func replace<Value: BinaryFloatingPoint & Sendable>(
    _ pixels: [LocalMedianPixel], in image: inout Plane<Value>, emptyBoxes: inout [LocalMedianPixel]
  ) {
    for pixel in pixels {
      let (x, y) = (pixel.x - 1, pixel.y - 1)
      guard x >= 0, x < image.width, y >= 0, y < image.height else { continue }
      var values: [Value] = []
      for row in max(0, y - pixel.yWidth / 2)...min(image.height - 1, y + pixel.yWidth / 2) {
        for column in max(0, x - pixel.xWidth / 2)...min(image.width - 1, x + pixel.xWidth / 2)
        where (row != y || column != x) && image[column, row].isFinite { values.append(image[column, row]) }
      }
      guard !values.isEmpty else {
        emptyBoxes.append(pixel)
        continue
      }
      values.sort()
      let middle = values.count / 2
      image[x, y] = values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) * 0.5
    }
  }
}
