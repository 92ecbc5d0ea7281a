// Selection networks for small medians (Knuth, The Art of Computer Programming 3, 5.3.4). Each lane is
// selected on its own; the tests run all zero-one inputs through every one of them.

@inline(__always) func medianOf3(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes {
  upper(lower(a, b), lower(upper(a, b), c))
}

/// The median of five rows of lanes, `step` apart.
@inline(__always) func medianOf5(_ p: UnsafeMutablePointer<Float>, _ at: Int, step: Int) -> Lanes {
  var a = p.lanes(at)
  var b = p.lanes(at &+ step)
  let c = p.lanes(at &+ 2 &* step)
  var d = p.lanes(at &+ 3 &* step)
  var e = p.lanes(at &+ 4 &* step)
  order(&a, &b)
  order(&d, &e)
  let low = upper(a, d)
  let high = lower(b, e)
  return medianOf3(low, high, c)
}

/// The median of seven rows of lanes, `step` apart.
@inline(__always) func medianOf7(_ p: UnsafeMutablePointer<Float>, _ at: Int, step: Int) -> Lanes {
  var a = p.lanes(at)
  var b = p.lanes(at &+ step)
  var c = p.lanes(at &+ 2 &* step)
  var d = p.lanes(at &+ 3 &* step)
  var e = p.lanes(at &+ 4 &* step)
  var f = p.lanes(at &+ 5 &* step)
  var g = p.lanes(at &+ 6 &* step)
  order(&a, &f)
  order(&a, &d)
  order(&b, &g)
  order(&c, &e)
  b = upper(a, b)
  order(&d, &f)
  order(&c, &g)
  d = upper(c, d)
  d = lower(d, g)
  e = lower(e, f)
  order(&b, &e)
  d = upper(b, d)
  d = lower(d, e)
  return d
}

/// The median of nine rows of lanes, `step` apart.
@inline(__always) func medianOf9(_ p: UnsafeMutablePointer<Float>, _ at: Int, step: Int) -> Lanes {
  var a = p.lanes(at)
  var b = p.lanes(at &+ step)
  var c = p.lanes(at &+ 2 &* step)
  var d = p.lanes(at &+ 3 &* step)
  var e = p.lanes(at &+ 4 &* step)
  var f = p.lanes(at &+ 5 &* step)
  var g = p.lanes(at &+ 6 &* step)
  var h = p.lanes(at &+ 7 &* step)
  var i = p.lanes(at &+ 8 &* step)
  order(&b, &c)
  order(&e, &f)
  order(&h, &i)
  order(&a, &b)
  order(&d, &e)
  order(&g, &h)
  order(&b, &c)
  order(&e, &f)
  order(&h, &i)
  d = upper(a, d)
  f = lower(f, i)
  order(&e, &h)
  g = upper(d, g)
  e = upper(b, e)
  c = lower(c, f)
  e = lower(e, h)
  order(&e, &c)
  e = upper(g, e)
  e = lower(e, c)
  return e
}

/// Sorts five rows of lanes, `step` apart, into five rows of ranks, `rankStep` apart, lowest first.
@inline(__always) func sort5(
  _ p: UnsafeMutablePointer<Float>, _ at: Int, step: Int, into ranks: UnsafeMutablePointer<Float>, _ to: Int,
  rankStep: Int
) {
  var a = p.lanes(at)
  var b = p.lanes(at &+ step)
  var c = p.lanes(at &+ 2 &* step)
  var d = p.lanes(at &+ 3 &* step)
  var e = p.lanes(at &+ 4 &* step)
  order(&a, &d)
  order(&b, &e)
  order(&a, &c)
  order(&b, &d)
  order(&a, &b)
  order(&c, &e)
  order(&b, &c)
  order(&d, &e)
  order(&c, &d)
  ranks.setLanes(to, a)
  ranks.setLanes(to &+ rankStep, b)
  ranks.setLanes(to &+ 2 &* rankStep, c)
  ranks.setLanes(to &+ 3 &* rankStep, d)
  ranks.setLanes(to &+ 4 &* rankStep, e)
}

/// Sorts seven rows of lanes, `step` apart, into seven rows of ranks, `rankStep` apart, lowest first.
@inline(__always) func sort7(
  _ p: UnsafeMutablePointer<Float>, _ at: Int, step: Int, into ranks: UnsafeMutablePointer<Float>, _ to: Int,
  rankStep: Int
) {
  var a = p.lanes(at)
  var b = p.lanes(at &+ step)
  var c = p.lanes(at &+ 2 &* step)
  var d = p.lanes(at &+ 3 &* step)
  var e = p.lanes(at &+ 4 &* step)
  var f = p.lanes(at &+ 5 &* step)
  var g = p.lanes(at &+ 6 &* step)
  order(&a, &g)
  order(&c, &d)
  order(&e, &f)
  order(&a, &c)
  order(&b, &e)
  order(&d, &g)
  order(&a, &b)
  order(&c, &f)
  order(&d, &e)
  order(&b, &c)
  order(&e, &g)
  order(&c, &d)
  order(&e, &f)
  order(&b, &c)
  order(&d, &e)
  order(&f, &g)
  ranks.setLanes(to, a)
  ranks.setLanes(to &+ rankStep, b)
  ranks.setLanes(to &+ 2 &* rankStep, c)
  ranks.setLanes(to &+ 3 &* rankStep, d)
  ranks.setLanes(to &+ 4 &* rankStep, e)
  ranks.setLanes(to &+ 5 &* rankStep, f)
  ranks.setLanes(to &+ 6 &* rankStep, g)
}

/// The median of the 3x3 square around `at`.
@inline(__always) func medianOf3x3(_ p: UnsafeMutablePointer<Float>, _ at: Int, stride: Int) -> Lanes {
  // Sorted columns: the median is the median of the largest low, the middle middle and the smallest high value.
  @inline(__always) func column(_ x: Int) -> (low: Lanes, middle: Lanes, high: Lanes) {
    var a = p.lanes(x &- stride)
    var b = p.lanes(x)
    var c = p.lanes(x &+ stride)
    order(&a, &b)
    order(&b, &c)
    order(&a, &b)
    return (a, b, c)
  }
  let (left, centre, right) = (column(at &- 1), column(at), column(at &+ 1))
  return medianOf3(
    upper(upper(left.low, centre.low), right.low), medianOf3(left.middle, centre.middle, right.middle),
    lower(lower(left.high, centre.high), right.high))
}
