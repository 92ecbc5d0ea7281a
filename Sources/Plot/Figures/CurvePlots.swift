import Files
import Kernels

extension ValuePlots {
  /// A diagram: the figure diagnostic_histogram2d.
  package static func diagram(
    _ diagram: Diagram, boundary: Boundary? = nil, style: PlotStyle = .screen
  ) throws -> Figure {
    try DiagnosticHistogram2D.figure(diagram: diagram, boundary: boundary, style: style)
  }

  /// A boundary with the points that made it.
  ///
  /// - Throws: `CRSError` (data) when a piecewise boundary has no points.
  package static func boundary(_ boundary: Boundary, style: PlotStyle = .screen) throws -> Figure {
    var xs = boundary.points.map(\.x).filter(\.isFinite)
    if case .spline(let spline) = boundary.curve { xs += [spline.lower, spline.upper] }
    guard let low = xs.min(), let high = xs.max() else {
      throw CRSError.data("a boundary without points has no figure")
    }
    let x = Axis("min2d − bias", around: DisplayRange(lower: low, upper: high))
    let line = boundary.line(from: x.lower, to: x.upper, color: .cycle(1))
    let ys = (boundary.points.map(\.y) + line.y).filter(\.isFinite)
    let y = Axis(
      "median2d − min2d", around: DisplayRange(lower: min(0, ys.min() ?? 0), upper: ys.max() ?? 1))
    let fitted = boundary.points.filter { !$0.isFixed }
    let fixed = boundary.points.filter(\.isFixed)
    var layers: [Layer] = []
    if !fitted.isEmpty {
      layers.append(
        .markers(
          MarkerLayer(
            x: fitted.map(\.x), y: fitted.map(\.y), symbol: .plus, color: .red, width: 1,
            label: "Boundary points")))
    }
    layers.append(.line(line))
    if !fixed.isEmpty {
      layers.append(
        .markers(
          MarkerLayer(
            x: fixed.map(\.x), y: fixed.map(\.y), symbol: .square, color: .magenta, size: 9,
            label: "Fixed points")))
    }
    if case .spline(let spline) = boundary.curve {
      layers.append(
        .markers(
          MarkerLayer(
            x: spline.knots, y: spline.knots.map { spline.value(at: $0) }, symbol: .dot, color: .cycle(1),
            size: 5, label: "Knots")))
    }
    return Figure(
      width: 6.4, height: 4.8,
      panels: [Panel(x: x, y: y, layers: layers, legend: Legend(preferred: .lowerRight))], style: style)
  }

  /// Columns of a table against each other.
  ///
  /// - Parameters:
  ///   - x: name of the column along x; nil: the first numeric one, or the row number when there is one only.
  ///   - y: names of the columns drawn; empty: all other numeric ones, at most ten.
  /// - Throws: `CRSError`: usage for an unknown or textual column, data when there is no number to draw or
  ///   a logarithmic axis meets no positive one.
  package static func table(
    _ table: Table, x: String? = nil, y: [String] = [], isLogX: Bool = false, isLogY: Bool = false,
    title: String? = nil, style: PlotStyle = .screen
  ) throws -> Figure {
    let numeric = table.columns.filter { name in (try? column(name, of: table)) != nil }
    guard !numeric.isEmpty, !table.rows.isEmpty else {
      throw CRSError.data("the table has no column of numbers to draw")
    }
    let xName = x ?? (numeric.count > 1 ? numeric[0] : nil)
    let xs = try xName.map { try column($0, of: table) } ?? (1...table.rows.count).map(Double.init)
    let yNames = y.isEmpty ? Array(numeric.filter { $0 != xName }.prefix(10)) : y
    let symbols: [MarkerLayer.Symbol] = [.dot, .cross, .plus, .circle, .square]
    var layers: [Layer] = []
    var ys: [Double] = []
    for (index, name) in yNames.enumerated() {
      let values = try column(name, of: table)
      ys += values
      if table.rows.count > 20000 {
        let color = Color.cycle(index)
        layers.append(
          .density(
            DensityLayer(
              x: xs.map { Float($0) }, y: values.map { Float($0) }, sparse: color,
              dense: DensityRaster.mixed(color, .black, 0.6), label: name)))
      } else {
        layers.append(
          .markers(
            MarkerLayer(
              x: xs, y: values, symbol: symbols[index % 5], color: .cycle(index), size: 4, width: 1,
              label: name)))
      }
    }
    let xAxis = try axis(xName ?? "Row", xs, isLog: isLogX)
    let yAxis = try axis(yNames.count == 1 ? yNames[0] : nil, ys, isLog: isLogY)
    return Figure(
      width: 6.4, height: 4.8,
      panels: [
        Panel(
          title: title, x: xAxis, y: yAxis, layers: layers, legend: yNames.count > 1 ? Legend() : nil)
      ], style: style)
  }

  private static func axis(_ label: String?, _ values: [Double], isLog: Bool) throws -> Axis {
    let finite = values.filter { $0.isFinite && (!isLog || $0 > 0) }
    guard let low = finite.min(), let high = finite.max() else {
      throw CRSError.data(
        isLog
          ? "no value of \(label ?? "the columns") is above 0, so there is nothing for a logarithmic axis"
          : "no value of \(label ?? "the columns") is finite")
    }
    if isLog { return Axis(logarithmic: label, lower: low / 1.5, upper: high * 1.5) }
    return Axis(label, around: DisplayRange(lower: low, upper: high))
  }

  /// The numbers of a column.
  private static func column(_ name: String, of table: Table) throws -> [Double] {
    guard let index = table.columns.firstIndex(of: name) else {
      throw CRSError.usage(
        "the table has no column '\(name)'", expected: "one of \(table.columns.joined(separator: ", "))",
        hint: didYouMean(name, among: table.columns))
    }
    return try table.rows.map { row in
      guard row.indices.contains(index) else { return .nan }
      switch row[index] {
      case .integer(let value): return Double(value)
      case .real(let value): return value
      case .text, .flag:
        throw CRSError.usage("column '\(name)' is text", expected: "a column of numbers")
      }
    }
  }
}
