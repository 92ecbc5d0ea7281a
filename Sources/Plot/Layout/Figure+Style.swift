extension Figure {
  /// The figure as its style wants it: width, colours, and labels where the grid needs them.
  var fitted: Figure { resized.recolored.withSharedLabels }

  /// Panels go below each other in a narrow column, in pairs when they are many.
  private var resized: Figure {
    guard let wanted = style.width, wanted != width, wanted > 0 else { return self }
    var out = self
    out.width = wanted
    let kept = panels.compactMap { $0 }
    let narrow = kept.count > 6 ? 2 : 1
    if style.isNarrow, columns > narrow {
      let rows = (panels.count + columns - 1) / columns
      let panelShape = (height / Double(max(rows, 1))) / (width / Double(columns))
      out.columns = narrow
      out.panels = kept
      out.height = wanted / Double(narrow) * panelShape * Double((kept.count + narrow - 1) / narrow)
      out.links = links.map { group in
        group.compactMap { index in
          guard panels.indices.contains(index), panels[index] != nil else { return nil }
          return panels[..<index].filter { $0 != nil }.count
        }
      }
    } else {
      out.height = height * wanted / width
    }
    out.height = out.heightOfImages ?? out.height
    return out
  }

  /// The height that leaves no gaps between panels when all show images of one shape; nil for other figures.
  private var heightOfImages: Double? {
    let ratios = panels.compactMap { panel -> Double? in
      guard let panel, panel.aspect == .equal else { return nil }
      return (panel.y.upper - panel.y.lower) / (panel.x.upper - panel.x.lower)
    }
    guard let tallest = ratios.max(), ratios.count == panels.compactMap({ $0 }).count, tallest.isFinite,
      (0.02...50).contains(tallest), columns > 0
    else { return nil }
    // Room for numbers, labels and colour bars, in letters.
    let letter = style.labelSize / 72
    let frame = max(width / Double(columns) - 9 * letter, 3 * letter)
    let rows = Double((panels.count + columns - 1) / columns)
    let head = title == nil ? 0.5 * letter : 2.5 * letter
    return min(rows * (frame * min(max(tallest, 0.2), 2) + 5 * letter) + head, 90)
  }

  /// Pictures of counts in the style's colours; those that stand for categories or signs keep theirs.
  private var recolored: Figure {
    guard let map = style.colorMap else { return self }
    func replaced(_ old: ColorMap) -> ColorMap { old == .viridis || old == .gray ? map : old }
    var out = self
    for index in out.panels.indices {
      guard var panel = out.panels[index] else { continue }
      panel.layers = panel.layers.map { layer in
        guard case .image(var image) = layer else { return layer }
        image.colorMap = replaced(image.colorMap)
        return .image(image)
      }
      if let bar = panel.colorBar { panel.colorBar?.colorMap = replaced(bar.colorMap) }
      out.panels[index] = panel
    }
    return out
  }

  private var withSharedLabels: Figure {
    guard sharesLabels, columns > 0 else { return self }
    var out = self
    for index in panels.indices {
      let below = stride(from: index + columns, to: panels.count, by: columns)
      if below.contains(where: { panels[$0] != nil }) { out.panels[index]?.x.label = nil }
      if index % columns != 0 { out.panels[index]?.y.label = nil }
    }
    return out
  }
}
