import Files
import Kernels

extension [PairCoincidence] {
  /// One row a pixel, FITS pixel coordinates.
  package var table: Table {
    Table(
      columns: ["exposure", "x1", "y1", "x2", "y2", "value", "companion", "surroundings"],
      rows: map {
        [
          .integer($0.exposure), .integer($0.x1), .integer($0.y1), .integer($0.x2), .integer($0.y2),
          .real($0.value), .real($0.companion), .real($0.surroundings),
        ]
      })
  }
}
