/// Lines at a border of an exposure that hold nothing but noise about 0, where another exposure has light and the exposure
/// itself has light farther in.
struct DarkStrip {
  /// nil for none.
  private(set) var found: UncoveredStrip?

  /// Less light than this part of the other exposures', and of the exposure's own farther in, is none.
  private static let none: Float = 0.2
  /// Errors by which the other exposure's middle lies above that of the line, and the line's own may differ from 0; the
  /// latter may differ by a part of its scatter too.
  private static let (significant, zero, part): (Float, Float, Float) = (8, 6, 0.5)
  /// Noise reaches about as far up as down.
  private static let symmetric: Float = 2
  /// Lines that tell how much light there is farther in, at most.
  private static let sample = 32

  /// The middle of a line's values, their robust scatter, and the error of the middle.
  private struct Line {
    let middle: Float
    let scatter: Float
    let error: Float
    /// How far all but a few values lie above and below the middle.
    let above: Float
    let below: Float

    /// nil for too few values.
    init?(_ exposure: ExposurePlanes, _ side: UncoveredStrip.Side, _ line: Int) {
      let values = UncoveredStrip.values(exposure, side, line).sorted()
      guard values.count >= UncoveredStrip.shortest else { return nil }
      middle = values[(values.count - 1) / 2]
      // Whole numbers that end at 0 have half of their values there.
      scatter = 0.5 * (values[values.count * 84 / 100] - values[values.count * 16 / 100])
      (above, below) = (values[values.count * 95 / 100] - middle, middle - values[values.count * 5 / 100])
      error = 1.2533 * scatter / Float(values.count).squareRoot()
    }
  }

  private enum Verdict { case dark(Line, level: Float), lit, unknown }

  init(at side: UncoveredStrip.Side, of exposure: ExposurePlanes, others: [ExposurePlanes]) {
    let lines = UncoveredStrip.lines(side, exposure.shape)
    guard lines > 2 else { return }
    // Most exposures end here: their first line that has values has light.
    var first = 0
    while first < lines / 2, Line(exposure, side, first) == nil { first += 1 }
    guard first < lines / 2, case .dark(let line, _) = Self.verdict(exposure, others, side, first, own: nil),
      line.scatter > 0
    else { return }
    let step = max(1, lines / Self.sample)
    let inside = stride(from: step / 2, to: lines, by: step).compactMap { Line(exposure, side, $0) }
      .sorted { $0.middle < $1.middle }
    // Spectra are dark between their traces.
    guard inside.count >= 4, case let lit = inside[inside.count * 3 / 4],
      lit.middle > Self.significant * lit.error
    else { return }
    let own = lit.middle
    var (end, darkest) = (first, [(Line, Float)]())
    search: for line in first..<lines / 2 {
      switch Self.verdict(exposure, others, side, line, own: own) {
      case .dark(let found, let level):
        darkest.append((found, level))
        end = line
      case .unknown: continue
      case .lit: break search
      }
    }
    guard !darkest.isEmpty, end + 1 < lines / 2, Self.ends(exposure, others, side, end),
      let section = UncoveredStrip.section(side, first, end, exposure.shape)
    else { return }
    func middle(_ values: [Float]) -> Float { lowMedian(values) ?? 0 }
    found = UncoveredStrip(
      section: section, value: middle(darkest.map(\.0.middle)),
      noise: .init(scatter: middle(darkest.map(\.0.scatter)), level: middle(darkest.map(\.1))))
  }

  /// Lines on either side of a strip's end that tell how much light begins there.
  private static let border = 8
  /// Light that begins at the end of a strip, in units of what another exposure has in the strip, at least; and part of it
  /// that may begin in the other exposure as well.
  private static let (begins, shared): (Float, Float) = (0.15, 0.5)

  /// Whether the exposure has light from the end of a strip on that another one has on both sides. Where both become
  /// brighter alike, the scene does: another exposure with more sky has light everywhere.
  private static func ends(
    _ exposure: ExposurePlanes, _ others: [ExposurePlanes], _ side: UncoveredStrip.Side, _ end: Int
  ) -> Bool {
    let lines = UncoveredStrip.lines(side, exposure.shape)
    guard let other = others.max(by: { level($0, side, end...end) < level($1, side, end...end) }) else {
      return false
    }
    let dark = max(0, end - border + 1)...end
    let lit = (end + 1)...min(lines - 1, end + border)
    let inStrip = (own: level(exposure, side, dark), other: level(other, side, dark))
    let inside = (own: level(exposure, side, lit), other: level(other, side, lit))
    let step = (own: inside.own - inStrip.own, other: inside.other - inStrip.other)
    return step.own > begins * (inStrip.other - inStrip.own) && step.other < shared * step.own
  }

  /// The middle of the middles of some lines; minus infinity without any.
  private static func level(
    _ exposure: ExposurePlanes, _ side: UncoveredStrip.Side, _ lines: ClosedRange<Int>
  ) -> Float {
    lowMedian(lines.compactMap { Line(exposure, side, $0)?.middle }) ?? -.infinity
  }

  private static func brightest(_ others: [ExposurePlanes], _ side: UncoveredStrip.Side, _ line: Int) -> Line?
  {
    others.compactMap { Line($0, side, line) }.max { $0.middle < $1.middle }
  }

  /// - Parameter own: the exposure's level farther in; nil: not looked at.
  private static func verdict(
    _ exposure: ExposurePlanes, _ others: [ExposurePlanes], _ side: UncoveredStrip.Side, _ line: Int,
    own: Float?
  ) -> Verdict {
    guard let here = Line(exposure, side, line) else { return .unknown }
    guard abs(here.middle) <= max(zero * here.error, part * here.scatter) else { return .lit }
    guard let there = brightest(others, side, line),
      there.middle - here.middle
        > significant * (here.error * here.error + there.error * there.error).squareRoot()
    else { return .unknown }
    // Part of the line may have light, where what is dark ends in a slope.
    guard here.above < none * there.middle || here.above <= symmetric * here.below else { return .lit }
    guard here.middle < none * there.middle, own.map({ here.middle < none * $0 }) ?? true else { return .lit }
    return .dark(here, level: there.middle)
  }
}
