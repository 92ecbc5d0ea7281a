import Calling

/// Pages as HTML, in the classes that notebooks have styles for.
enum HTML {
  static func text(_ parts: [Page.Part]) -> String { parts.map(text).joined(separator: "\n") }

  private static func text(_ part: Page.Part) -> String {
    switch part {
    case .heading(let text): "<h4>\(escaped(text))</h4>"
    case .paragraph(let text): "<p>\(escaped(text))</p>"
    case .lines(let lines): "<pre>\(escaped(lines.joined(separator: "\n")))</pre>"
    case .table(let columns, let rows): table(columns, rows)
    }
  }

  private static func table(_ columns: [String], _ rows: [[String]]) -> String {
    let head =
      columns.isEmpty
      ? "" : "<thead><tr>" + columns.map { "<th>\(escaped($0))</th>" }.joined() + "</tr></thead>\n"
    let body = rows.map { row in
      "<tr>" + row.map { cell in
        // Numbers stand to the right, as notebooks set all cells; text to the left.
        let style = Double(cell) == nil ? " style=\"text-align:left\"" : ""
        return "<td\(style)>\(escaped(cell))</td>"
      }.joined() + "</tr>"
    }
    return "<table class=\"dataframe\">\n\(head)<tbody>\n\(body.joined(separator: "\n"))\n</tbody></table>"
  }

  static func escaped(_ text: String) -> String {
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
