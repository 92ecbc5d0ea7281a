enum IntegerOffset {
  static func find(
    _ first: Plane<Float>, _ second: Plane<Float>, ioffx: Int?, ioffy: Int?, work: Work
  ) throws -> (ioffx: Int, ioffy: Int) { (0, 0) }
}
