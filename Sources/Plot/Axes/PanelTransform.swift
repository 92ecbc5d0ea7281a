import Foundation

/// Between data coordinates and points on the page.
package struct PanelTransform: Sendable, Equatable {
  package let frame: Rect
  let xLower: Double
  let yLower: Double
  let xScale: Double
  let yScale: Double
  let isLogX: Bool
  let isLogY: Bool

  init(frame: Rect, x: Axis, y: Axis) {
    self.frame = frame
    isLogX = x.scale == .log
    isLogY = y.scale == .log
    xLower = isLogX ? log10(x.lower) : x.lower
    yLower = isLogY ? log10(y.lower) : y.lower
    xScale = frame.width / ((isLogX ? log10(x.upper) : x.upper) - xLower)
    yScale = frame.height / ((isLogY ? log10(y.upper) : y.upper) - yLower)
  }

  /// Points on the page; values that a logarithmic axis cannot show lie far outside.
  func x(_ value: Double) -> Double {
    let place = isLogX ? (value > 0 ? log10(value) : -1e6) : value
    return frame.x + (place - xLower) * xScale
  }

  func y(_ value: Double) -> Double {
    let place = isLogY ? (value > 0 ? log10(value) : -1e6) : value
    return frame.bottom - (place - yLower) * yScale
  }

  /// Data coordinates of a place on the page.
  package func value(atX x: Double, y: Double) -> (x: Double, y: Double) {
    let vx = xLower + (x - frame.x) / xScale
    let vy = yLower + (frame.bottom - y) / yScale
    return (isLogX ? pow(10, vx) : vx, isLogY ? pow(10, vy) : vy)
  }

  func isInside(_ point: Point) -> Bool {
    point.x >= frame.x && point.x <= frame.right && point.y >= frame.y && point.y <= frame.bottom
  }
}
