/// How the point of a column is found where one count decides.
package enum BoundaryPointRule: Sendable {
  /// Whole numbers: the height above which one simulated pixel of all lies.
  case exactCounts
  /// The sequence of roundings of numina 0.36, in which ties are decided by rounding noise.
  case numina036
}

extension Diagram {
  /// The boundary points of a simulated diagram, one for each x bin with counts.
  package func boundaryPoints(rule: BoundaryPointRule) -> [BoundaryPoint] {
    let bins = Diagram.bins
    var points: [BoundaryPoint] = []
    for column in 0..<bins {
      let counts = (0..<bins).map { simulated[$0 * bins + column] }
      guard counts.contains(where: { $0 > 0 }) else { continue }
      let row =
        switch rule {
        case .exactCounts: Diagram.topRow(counts)
        case .numina036: Diagram.topRowOfRoundedFractions(counts, simulations: simulations)
        }
      points.append(BoundaryPoint(x: xCentre(column), y: yCentre(row)))
    }
    return points
  }

  /// The row that the level N - 1 falls on, N being the counts of the column.
  static func topRow(_ counts: [Double]) -> Int {
    let level = counts.reduce(0, +) - 1
    var cumulative = 0.0
    var below: (row: Int, sum: Double)?
    var next = 0.0
    for (row, count) in counts.enumerated() {
      cumulative += count
      if cumulative <= level {
        below = (row, cumulative)
      } else {
        next = cumulative
        break
      }
    }
    guard let below else { return 0 }
    if below.sum == level { return below.row }
    return Int(Double(below.row) + (level - below.sum) / (next - below.sum) + 0.5)
  }

  /// The same by cumulative fractions in double precision, summed in eight partial sums as NumPy does.
  static func topRowOfRoundedFractions(_ counts: [Double], simulations: Int) -> Int {
    let number = Double(simulations)
    let heights = counts.map { $0 / number }
    var partial = [Double](repeating: 0, count: 8)
    for start in stride(from: 0, to: 96, by: 8) {
      for m in 0..<8 { partial[m] = start == 0 ? heights[m] : partial[m] + heights[start + m] }
    }
    var sum = ((partial[0] + partial[1]) + (partial[2] + partial[3]))
    sum += (partial[4] + partial[5]) + (partial[6] + partial[7])
    for k in 96..<100 { sum += heights[k] }
    var cumulative: [Double] = []
    var running = 0.0
    for height in heights {
      running += height / sum
      cumulative.append(running)
    }
    let level = 1 - (1 / number) / sum
    if level < cumulative[0] { return 0 }
    let row = cumulative.lastIndex { $0 <= level } ?? 0
    if cumulative[row] == level || row == cumulative.count - 1 { return row }
    let position = (1 / (cumulative[row + 1] - cumulative[row])) * (level - cumulative[row]) + Double(row)
    return Int(position + 0.5)
  }
}
