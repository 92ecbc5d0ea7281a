extension CommandContext {
  /// Says that coordinates count in the full frame where an image is a section of one.
  ///
  /// - Parameter corner: what is added to the pixels of the image to have those of the frame.
  package func tellCorner(_ corner: (x: Int, y: Int)) {
    guard corner != (0, 0) else { return }
    report("coordinates of the full frame; the image begins there at [\(corner.x + 1), \(corner.y + 1)]")
  }
}
