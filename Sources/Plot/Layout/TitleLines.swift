/// A title that stays inside its room: one line, in smaller letters where that is enough, else several.
struct TitleLines {
  let lines: [String]
  /// Size of the letters [pt].
  let size: Double

  /// From one line to the next [pt].
  var step: Double { size * 1.25 }
  /// What the lines need beyond a single one [pt].
  var extraHeight: Double { Double(lines.count - 1) * step }

  private static let smallest = 0.8

  init(_ title: String, size: Double, room: Double, canvas: Canvas) {
    let width = canvas.width(of: title, size: size)
    guard width * Self.smallest > room, room > 0 else {
      lines = [title]
      self.size = width > room && room > 0 ? size * room / width : size
      return
    }
    let size = size * Self.smallest
    func fits(_ text: String) -> Bool { canvas.width(of: text, size: size) <= room }
    var lines: [String] = []
    var line = ""
    for word in title.split(separator: " ") {
      if fits(line.isEmpty ? String(word) : line + " " + word) {
        line += line.isEmpty ? String(word) : " " + word
        continue
      }
      if !line.isEmpty { lines.append(line) }
      line = ""
      // A long path has no blanks to break at.
      for character in word {
        if !line.isEmpty, !fits(line + String(character)) {
          lines.append(line)
          line = ""
        }
        line.append(character)
      }
    }
    if !line.isEmpty { lines.append(line) }
    self.lines = lines.isEmpty ? [title] : lines
    self.size = size
  }
}
