import Files
import Foundation
import Kernels

/// The numbers of a run, and how they are told to users.
struct PairOutcome {
  private let found: PairComparison

  init(_ found: PairComparison) { self.found = found }

  /// The reference's lines to the letter, its spelling included.
  func report(_ parameters: CR2ImagesParameters) -> [String] {
    let overlap = found.overlap
    let shape = "(\(overlap.shape.height), \(overlap.shape.width))"
    var lines = [
      "Computing overlaping rectangle:", "ioffx: \(overlap.ioffx)", "ioffx: \(overlap.ioffy)",
      "data1:  i1,  i2,  j1,  j2: " + limits(overlap.rows, overlap.columns),
      "data2: ii1, ii2, jj1, jj2: " + limits(overlap.rows2, overlap.columns2),
      "shape1: \(shape), shape2: \(shape), shape(diff): \(shape)", "",
      ">>> Statistical summary of diff = overlapping data1 - data2:",
      ">>> Median....: " + String(format: "%.3f", found.median),
      ">>> Robust_std: " + String(format: "%.3f", found.robustStandardDeviation),
    ]
    lines += search("positive", "data1", found.first, parameters)
    if let second = found.second { lines += search("negative", "data2", second, parameters) }
    lines.append("Number of CR in data1: \(found.first.peaks) peaks, \(found.first.tails) tails")
    if let second = found.second {
      lines.append("Number of CR in data2: \(second.peaks) peaks, \(second.tails) tails")
    }
    return lines
  }

  private func limits(_ rows: Range<Int>, _ columns: Range<Int>) -> String {
    "\(rows.lowerBound), \(rows.upperBound), \(columns.lowerBound), \(columns.upperBound)"
  }

  private func search(
    _ sign: String, _ data: String, _ side: PairComparison.Side, _ parameters: CR2ImagesParameters
  ) -> [String] {
    let peak = parameters.tsigmaPeak.reportText
    let tail = parameters.tsigmaTail.reportText
    return [
      ">>> Searching for \(sign) peaks (CR in \(data)) with tsigma_peak=\(peak)",
      ">>> Found \(side.peaks) \(sign) peaks",
      ">>> Searching for \(sign) tails (CR in \(data)) with tsigma_tail=\(tail)",
      ">>> Found \(side.tails) \(sign) tails", ">>> Merging \(sign) peaks and tails",
      ">>> Replacing \(side.values.count) pixels affected by cosmic rays in \(data)",
      ">>> Finished replacing pixels affected by cosmic rays in \(data)",
    ]
  }
}

extension Double {
  /// Whole numbers without a point, others as Swift writes them.
  var reportText: String {
    rounded() == self && magnitude < 1e15 ? String(Int(self)) : "\(self)"
  }
}
