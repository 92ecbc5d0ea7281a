import Kernels

/// The pixels along the first two axes of an HDU that a section takes: only they are read.
struct FramePart: Equatable {
  let x: AxisSpan
  let y: AxisSpan

  /// Bytes of an HDU up to which a section compares its checksum, which needs all of it, and passes it on where it is
  /// no part of the image: those of 4096x4096 pixels in single precision.
  static let moderate = 1 << 26

  var shape: Shape { Shape(width: x.count, height: y.count) }
  var geometry: Geometry { .section(x: x, y: y) }

  /// Whether its pixels follow one another in a frame of that width.
  func isRun(width: Int) -> Bool { x.step == 1 && x.start == 1 && x.count == width && y.step == 1 }

  /// Nil where a section takes every pixel as it is.
  init?(x: AxisSpan, y: AxisSpan, of axes: [Int]) {
    let isWhole = zip([x, y], axes).allSatisfy { $0.start == 1 && $0.step == 1 && $0.count == $1 }
    if isWhole { return nil }
    (self.x, self.y) = (x, y)
  }
}

extension HDUDescription {
  /// Pixels that are unpacked at once for a part that takes steps over tiles or turns them: those between its outer columns, of one
  /// row of tiles; 0 for other parts.
  var bandPixels: Int {
    guard let part, let tiles, tiles.tile.count > 1, part.x.step != 1 || part.y.step != 1 else { return 0 }
    func cover(_ span: AxisSpan) -> Int { max(0, span.count - 1) * abs(span.step) + 1 }
    return cover(part.x) * min(tiles.tile[1], cover(part.y))
  }

  /// Where the pixel that was read as that one lies in the frame, from 1.
  func place(of pixel: Int) -> (x: Int, y: Int) {
    guard let part else {
      let width = max(1, axes.first ?? 1)
      return (pixel % width + 1, pixel / width + 1)
    }
    let width = max(1, part.x.count)
    return (
      part.x.start + pixel % width * part.x.step,
      part.y.start + pixel / width % max(1, part.y.count) * part.y.step
    )
  }
}

extension FITSFile {
  /// The pixels of a part, one row behind the other; of each plane where the HDU has further axes.
  ///
  /// - Parameter read: pixels of a plane that follow one another, from its first pixel, which it appends.
  static func rows<Element>(
    of part: FramePart, width: Int, planes: Int, planeSize: Int,
    _ read: (_ first: Int, _ count: Int, _ out: inout [Element]) throws -> Void
  ) throws -> [Element] {
    var out: [Element] = []
    out.reserveCapacity(part.x.count * part.y.count * planes)
    let (x, y) = (part.x, part.y)
    let isWide = part.isRun(width: width)
    let left = min(x.start, x.start + (x.count - 1) * x.step)
    for plane in 0..<planes {
      let start = plane * planeSize
      if isWide {
        try read(start + (y.start - 1) * width, y.count * width, &out)
        continue
      }
      var row: [Element] = []
      for line in y.offsets {
        let first = start + line * width + left - 1
        if x.step == 1 {
          try read(first, x.count, &out)
          continue
        }
        row.removeAll(keepingCapacity: true)
        try read(first, (x.count - 1) * abs(x.step) + 1, &row)
        for column in x.offsets { out.append(row[column - left + 1]) }
      }
    }
    return out
  }
}
