/// Which parts of a panel are covered by data, on a coarse grid; decides where legends go.
struct Occupancy {
  static let columns = 64
  static let rows = 48
  private let frame: Rect
  private var cells = [Float](repeating: 0, count: columns * rows)

  init(frame: Rect) { self.frame = frame }

  mutating func mark(_ point: Point, weight: Float = 1) {
    let column = (point.x - frame.x) / frame.width * Double(Self.columns)
    let row = (point.y - frame.y) / frame.height * Double(Self.rows)
    guard column >= 0, row >= 0, column < Double(Self.columns), row < Double(Self.rows) else { return }
    cells[Int(row) * Self.columns + Int(column)] += weight
  }

  mutating func mark(from a: Point, to b: Point) {
    let steps = 2 * max(Self.columns, Self.rows)
    for k in 0...steps {
      let t = Double(k) / Double(steps)
      mark(Point(x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t))
    }
  }

  /// How much of the data a rectangle would hide: covered cells, each counted up to twice.
  func covered(by rect: Rect) -> Float {
    func cell(_ place: Double, _ count: Int) -> Int {
      min(max(Int(min(max(place, 0), 1) * Double(count)), 0), count - 1)
    }
    let c0 = cell((rect.x - frame.x) / frame.width, Self.columns)
    let c1 = cell((rect.right - frame.x) / frame.width, Self.columns)
    let r0 = cell((rect.y - frame.y) / frame.height, Self.rows)
    let r1 = cell((rect.bottom - frame.y) / frame.height, Self.rows)
    guard c0 <= c1, r0 <= r1 else { return 0 }
    var sum: Float = 0
    for row in r0...r1 {
      for column in c0...c1 { sum += min(2, cells[row * Self.columns + column]) }
    }
    return sum
  }

  /// The place among `candidates` that hides least; the first of equal ones.
  func leastCovered(_ candidates: [Rect]) -> Int {
    var best = 0
    var least = Float.infinity
    for (index, rect) in candidates.enumerated() {
      let cost = covered(by: rect)
      if cost < least { (best, least) = (index, cost) }
    }
    return best
  }
}
