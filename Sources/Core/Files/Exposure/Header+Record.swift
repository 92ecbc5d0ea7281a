extension Header {
  /// Adds what `CR2Images` records: FILENAME (base name, replaced in place) and HISTORY.
  package mutating func record(filename: String?, history: [String]) {
    if let filename {
      set("FILENAME", .text(String(filename.split(separator: "/").last ?? "")))
    }
    for line in history { addHistory(line) }
  }
}
