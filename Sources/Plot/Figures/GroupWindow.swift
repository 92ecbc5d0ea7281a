import Kernels

/// The part of the image that the page of one group shows.
struct GroupWindow {
  let section: Section
  /// FITS pixels of the group.
  let pixels: [(x: Int, y: Int)]

  /// Nil for a group without pixels inside the image.
  init?(pixels: [(x: Int, y: Int)], semiwindow: Int, shape: Shape) {
    guard !pixels.isEmpty else { return nil }
    self.pixels = pixels
    let count = Double(pixels.count)
    // The mean index plus one half, truncated.
    let x = (Double(pixels.reduce(0) { $0 + $1.x - 1 }) / count + 0.5).rounded(.down).wholeNumber
    let y = (Double(pixels.reduce(0) { $0 + $1.y - 1 }) / count + 0.5).rounded(.down).wholeNumber
    let reach = min(max(semiwindow, 0), max(shape.width, shape.height))
    guard
      let section = try? Section(
        x1: max(1, x - reach + 1), x2: min(shape.width, x + reach + 1), y1: max(1, y - reach + 1),
        y2: min(shape.height, y + reach + 1))
    else { return nil }
    self.section = section
  }

  /// The window of group `number`, counted from 1; nil when there is none.
  init?(_ number: Int, of groups: GroupRuns, semiwindow: Int, shape: Shape) {
    guard number >= 1, number <= groups.count else { return nil }
    self.init(pixels: groups.pixels(of: number - 1), semiwindow: semiwindow, shape: shape)
  }

  /// Pages 1 to `count`, made when they are asked for.
  static func pages(_ count: Int, _ page: @escaping (Int) -> Figure?) -> AnyIterator<Figure> {
    var next = 0
    return AnyIterator {
      while next < count {
        next += 1
        if let figure = page(next) { return figure }
      }
      return nil
    }
  }

  /// Pages to draw: `maxplots`, or all but at most 200 when it is negative.
  static func pageCount(groups: Int, maxplots: Int) -> Int { min(groups, maxplots < 0 ? 200 : maxplots) }

  /// Columns of the grid of panels: 2×3 for three exposures, 2×4 for four and five, 3×3 for six, else 3×4.
  static func columns(exposures: Int, extra: Int) -> Int {
    let count = min(exposures, 9) + extra
    return count <= 6 ? 3 : count <= 8 ? 4 : count <= 9 ? 3 : 4
  }
}

/// The runs of each group, found without searching.
struct GroupRuns: Sendable {
  private let groups: ConnectedRuns
  private let order: [Int]
  private let starts: [Int]

  var count: Int { groups.count }

  init(_ groups: ConnectedRuns) {
    self.groups = groups
    var starts = [Int](repeating: 0, count: groups.count + 1)
    for group in groups.groups { starts[Int(group) + 1] += 1 }
    for k in 1..<max(starts.count, 1) { starts[k] += starts[k - 1] }
    var next = starts
    var order = [Int](repeating: 0, count: groups.runs.count)
    for (index, group) in groups.groups.enumerated() {
      order[next[Int(group)]] = index
      next[Int(group)] += 1
    }
    self.starts = starts
    self.order = order
  }

  /// FITS pixels of a group counted from 0.
  func pixels(of group: Int) -> [(x: Int, y: Int)] {
    order[starts[group]..<starts[group + 1]].flatMap { index in
      let run = groups.runs[index]
      return run.columns.map { ($0 + 1, Int(run.row) + 1) }
    }
  }
}
