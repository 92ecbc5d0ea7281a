import Files
import Pipeline

/// Where a number comes from, as messages tell it: text, or the card.
enum SourceJSON {
  /// nil for the value itself, which goes without saying.
  static func json(_ source: Source) -> JSONValue? {
    switch source {
    case .value: return nil
    case .argument: return "argument"
    case .assumed: return "default"
    case .profile(let name): return ["profile": .text(name)]
    case .measured(let place): return ["measured": .text(place)]
    case .header(let hdu, let card, let note):
      var out: [String: JSONValue] = ["card": .text(card)]
      out["hdu"] = hdu.map { .integer($0) }
      out["note"] = note.map { .text($0) }
      return .object(out)
    }
  }

  static func source(_ json: JSONValue?) -> Source {
    switch json {
    case .text("argument")?: .argument
    case .text("default")?: .assumed
    case let json?:
      if let card = json["card"]?.string {
        .header(hdu: json["hdu"]?.int, card: card, note: json["note"]?.string)
      } else if let name = json["profile"]?.string {
        .profile(name)
      } else if let place = json["measured"]?.string {
        .measured(place)
      } else {
        .value
      }
    case nil: .value
    }
  }
}
