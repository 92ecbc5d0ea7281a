import Foundation

/// Between data coordinates and points on the page.
package struct PanelTransform: Sendable, Equatable {
  package let frame: Rect
  let xLower: Double
  let yLower: Double
  let xScale: Double
  let yScale: Double
  let along: AxisMapping
  let upwards: AxisMapping

  init(frame: Rect, x: Axis, y: Axis) {
    self.frame = frame
    (along, upwards) = (AxisMapping(x.scale), AxisMapping(y.scale))
    (xLower, yLower) = (along.place(of: x.lower), upwards.place(of: y.lower))
    xScale = frame.width / (along.place(of: x.upper) - xLower)
    yScale = frame.height / (upwards.place(of: y.upper) - yLower)
  }

  /// Points on the page; values that a logarithmic axis cannot show lie far outside.
  func x(_ value: Double) -> Double {
    let place = along == .log && value <= 0 ? -1e6 : along.place(of: value)
    return frame.x + (place - xLower) * xScale
  }

  func y(_ value: Double) -> Double {
    let place = upwards == .log && value <= 0 ? -1e6 : upwards.place(of: value)
    return frame.bottom - (place - yLower) * yScale
  }

  /// Data coordinates of a place on the page.
  package func value(atX x: Double, y: Double) -> (x: Double, y: Double) {
    let vx = xLower + (x - frame.x) / xScale
    let vy = yLower + (frame.bottom - y) / yScale
    return (along.value(at: vx), upwards.value(at: vy))
  }

  func isInside(_ point: Point) -> Bool {
    point.x >= frame.x && point.x <= frame.right && point.y >= frame.y && point.y <= frame.bottom
  }
}
