import TestSupport
import Testing

/// Zeroed rows, blocks and corners of one exposure that go through stars: neighbours cannot tell there.
@Suite struct LowFloorTests: ScriptCase {
  let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  @Test(arguments: [
    "[1:100, 40:41]", "[50:51, 1:80]", "[40:59, 30:49]", "[1:20, 1:20]", "[1:50, 1:40]",
  ]) func areasOfOneExposureReplaceNoStar(section: String) throws {
    let ended = try crs(
      """
      s = simulate nx=100 ny=80 n=3 seed=3 density=0 coincidences=0 peak=2000 bias=0
      a = s[1] + 400; b = s[2] + 400; c = s[3] + 400
      good = median([a, b, c])
      b\(section) = 0
      t = [a, b, c]
      m = crmasks t bias=0 gain=1 rnoise=3.4 figures=no
      x = combine t masks=m bias=0
      low = (good - x) > 8 * sqrt(good + 12)
      print "low" (countflagged low)
      """)
    #expect(ended.output.contains("low 0\n"), "\(section): \(ended.output) \(ended.errors)")
  }

  /// Coincident hits stay found: they only raise values.
  @Test func coincidencesStay() throws {
    let ended = try crs(
      """
      s, truth = simulate nx=200 ny=160 n=3 seed=5
      a = s[1] + 300; b = s[2] + 300; c = s[3] + 300
      m = crmasks [a, b, c] bias=0 gain=1 rnoise=3.4 seed=1
      k = ((truth[1] > 200) & (truth[2] > 200)) | ((truth[1] > 200) & (truth[3] > 200))
      k = k | ((truth[2] > 200) & (truth[3] > 200))
      print "hit" (countflagged k) "missed" (countflagged (k & !m[MEDIANCR]))
      """)
    #expect(ended.output.contains("hit 55 missed 0\n"), "\(ended.output)")
    #expect(!ended.errors.contains("drop-outs"), "\(ended.errors)")
  }
}
