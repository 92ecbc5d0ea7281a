import Files
import Kernels

extension MaskingResult {
  /// A row for each pixel of the groups of MEDIANCR: number, x, y, code.
  package var identifiedTable: Table { GroupTable.table(groups, width: codes.width) { codes.pixels[$0] } }

  /// The same for problematic pixels; the code is 2 where the last exposure was flagged, 1 where its mask
  /// was dilated.
  package var problematicTable: Table {
    let last = detections.last?.flags
    return GroupTable.table(problematicGroups, width: codes.width) { last?.plane.pixels[$0] == 1 ? 2 : 1 }
  }
}

/// Lists the pixels of connected groups.
enum GroupTable {
  /// Ordered by group, then y, then x.
  static func table(_ groups: ConnectedRuns, width: Int, code: (Int) -> UInt8) -> Table {
    var table = Table(columns: ["CR_number", "X_pixel", "Y_pixel", "Mask_value"])
    let order = groups.runs.indices.sorted {
      (groups.groups[$0], groups.runs[$0].row, groups.runs[$0].start)
        < (groups.groups[$1], groups.runs[$1].row, groups.runs[$1].start)
    }
    for k in order {
      let run = groups.runs[k]
      for x in Int(run.start)..<Int(run.end) {
        table.rows.append([
          .integer(Int(groups.groups[k]) + 1), .integer(x + 1), .integer(Int(run.row) + 1),
          .integer(Int(code(Int(run.row) * width + x))),
        ])
      }
    }
    return table
  }
}
