import Kernels

/// Every step-th pixel of one axis, as a section takes them: `start`, `start + step`, ..., `count` of them.
///
/// Pixels count from 1; a negative step turns the axis round.
package struct AxisSpan: Hashable, Sendable {
  package let start: Int
  package let step: Int
  package let count: Int

  package init(start: Int, step: Int, count: Int) {
    self.start = start
    self.step = step
    self.count = count
  }

  /// Positions from 0 in the axis.
  var offsets: some Sequence<Int> { (0..<count).lazy.map { start - 1 + $0 * step } }
}

extension Plane {
  /// The pixels of both spans, which must lie inside the plane.
  subscript(x: AxisSpan, y: AxisSpan) -> Plane {
    if x.step == 1, y.step == 1,
      let section = try? Section(
        x1: x.start, x2: x.start + x.count - 1, y1: y.start, y2: y.start + y.count - 1)
    {
      return self[section]
    }
    var out: [Element] = []
    out.reserveCapacity(x.count * y.count)
    for row in y.offsets { for column in x.offsets { out.append(pixels[row * width + column]) } }
    return Plane(width: x.count, height: y.count, pixels: out)
  }
}
