import Calling

/// Pages as HTML, in the classes that notebooks have styles for.
package enum HTML {
  package static func text(_ parts: [Page.Part]) -> String { parts.map(text).joined(separator: "\n") }

  private static func text(_ part: Page.Part) -> String {
    switch part {
    case .heading(let text): "<h4>\(escaped(text))</h4>"
    case .paragraph(let text): "<p>\(escaped(text))</p>"
    case .lines(let lines): "<pre>\(escaped(lines.joined(separator: "\n")))</pre>"
    case .table(let columns, let rows): table(columns, rows)
    }
  }

  private static func table(_ columns: [String], _ rows: [[String]]) -> String {
    // Columns of numbers stand to the right, as notebooks set all cells; text to the left.
    let isText = columns.indices.map { k in rows.contains { $0.indices.contains(k) && Double($0[k]) == nil } }
    func cell(_ text: String, _ k: Int, _ tag: String) -> String {
      let style = isText.indices.contains(k) && !isText[k] ? "" : " style=\"text-align:left\""
      return "<\(tag)\(style)>\(escaped(text))</\(tag)>"
    }
    let titles = columns.enumerated().map { cell($0.element, $0.offset, "th") }
    let head = columns.isEmpty ? "" : "<thead><tr>" + titles.joined() + "</tr></thead>\n"
    let body = rows.map { row in
      "<tr>" + row.enumerated().map { cell($0.element, $0.offset, "td") }.joined() + "</tr>"
    }
    return "<table class=\"dataframe\">\n\(head)<tbody>\n\(body.joined(separator: "\n"))\n</tbody></table>"
  }

  package static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
