import Files
import Kernels
import Pipeline

extension Completer {
  /// What may stand in the bracket behind a name: a section, an exposure, a column, a mask, or the extension of a file.
  /// Nil where no bracket is open.
  func places(_ word: String, _ behind: TypedWord.Behind) -> [Candidate]? {
    guard let bracket = word.lastIndex(of: "["), !word[bracket...].contains("]") else { return nil }
    let name = String(word[..<bracket])
    guard !name.isEmpty else { return nil }
    let inside = word[word.index(after: bracket)...]
    // Behind a comma or an operator the names of the value and variables.
    let start =
      inside.lastIndex { ",:+-*/ (".contains($0) }.map { inside.index(after: $0) } ?? inside.startIndex
    let head = String(word[..<start])
    let typed = String(word[start...])
    let isFirst = start == inside.startIndex
    let numbers = variables(typed, for: .integer).map { Candidate(head + $0.text, $0.help) }
    var all: [Candidate]
    switch session[name]?.value {
    case .image(let image) where isFirst: all = Self.sections(name, image.shape)
    case .mask(let mask) where isFirst: all = Self.sections(name, mask.shape)
    case .stack(let stack) where isFirst:
      all = stack.exposures.enumerated().map { Candidate("\(name)[\($0 + 1)]", Value.image($1).summary) }
    case .list(let items) where isFirst:
      all = items.indices.prefix(1000).map { Candidate("\(name)[\($0 + 1)]", items[$0].literal ?? "") }
    case .table(let table):
      // A row comes first: [row, column].
      all = table.columns.map { Candidate(head + $0 + "]", "column", kind: "column") }
    case .maskSet(let masks) where isFirst:
      all = masks.names.map { Candidate(head + $0 + "]", "mask", kind: "Mask") }
    case nil where isFirst:
      all = extensions(of: name).map { Candidate("\(name)[\($0.text)]", $0.help) }
      if all.isEmpty, case .expression(let base)? = behind.call {
        all = places(of: known(base), written: name)
      }
    default: all = []
    }
    if !isFirst, let value = session[name]?.value { all += ends(of: value, behind: inside, head: head) }
    all = all.filter { $0.text.hasPrefix(word) }
    return typed.isEmpty && isFirst ? all : all + numbers
  }

  /// The last place behind `first:`.
  private func ends(of value: Value, behind inside: Substring, head: String) -> [Candidate] {
    let places = inside.split(separator: ",", omittingEmptySubsequences: false)
    guard let place = places.last, place.contains(":"), head.hasSuffix(":") else { return [] }
    func candidate(_ number: Int, _ help: String) -> Candidate { Candidate(head + "\(number)", help) }
    func along(_ shape: Shape) -> [Candidate] {
      switch places.count {
      case 1: [candidate(shape.width, "the last column")]
      case 2: [candidate(shape.height, "the last row")]
      default: []
      }
    }
    switch value {
    case .image(let image): return along(image.shape)
    case .mask(let mask): return along(mask.shape)
    case .stack(let stack):
      return (places.count == 1 ? [candidate(stack.count, "the last exposure")] : []) + along(stack.shape)
    case .list(let items) where places.count == 1: return [candidate(items.count, "the last element")]
    case .table(let table) where places.count == 1: return [candidate(table.rows.count, "the last row")]
    default: return []
    }
  }

  /// What may stand behind a value that has no name of its own, such as s[2].
  private func places(of value: KnownValue, written name: String) -> [Candidate] {
    switch value.kind {
    case .image, .mask: value.size.map { Self.sections(name, $0) } ?? []
    case .stack: value.size.map { Self.sections(name, $0) } ?? []
    case .table: (value.columns ?? []).map { Candidate("\(name)[\($0)]", "column", kind: "column") }
    default: []
    }
  }

  /// Numbers and names of a file's extensions.
  func extensions(of path: String) -> [Candidate] {
    guard let listing = try? FITSReader.listing(of: path) else { return [] }
    return listing.map { hdu in
      let shape = hdu.dimensions.map { "\($0)" }.joined(separator: "x")
      return Candidate(
        "\(hdu.number)", [hdu.name, shape, hdu.format].filter { !$0.isEmpty }.joined(separator: " "))
    }
  }

  /// Whole image, and its central quarter as an example to edit.
  private static func sections(_ name: String, _ shape: Shape) -> [Candidate] {
    let (width, height) = (shape.width, shape.height)
    let (x, y) = (width / 4 + 1, height / 4 + 1)
    return [
      Candidate("\(name)[1:\(width),1:\(height)]", "the whole image"),
      Candidate("\(name)[\(x):\(width - width / 4),\(y):\(height - height / 4)]", "its middle"),
    ]
  }
}
