import Testing

@testable import Calling

/// Variables of the environment that cannot be used are told with what was expected.
@Suite struct EnvironmentCheckTests {
  @Test(arguments: [
    ("CRS_MEMORY", "abc", "800M"), ("CRS_MEMORY", "0", "800M"), ("CRS_MEMORY", "-2G", "800M"),
    ("CRS_THREADS", "many", "from 1"), ("CRS_THREADS", "0", "from 1"), ("CRS_THREADS", "1.5", "from 1"),
    ("SOURCE_DATE_EPOCH", "today", "seconds"), ("SOURCE_DATE_EPOCH", "-1", "seconds"),
  ])
  func uselessValuesAreTold(name: String, value: String, expected: String) {
    let told = EnvironmentCheck.complaints([name: value])
    #expect(
      told.count == 1 && told[0].contains("\(name) is '\(value)'") && told[0].contains(expected), "\(told)")
  }

  @Test func othersAreNot() {
    #expect(
      EnvironmentCheck.complaints([
        "CRS_MEMORY": "2.5G", "CRS_THREADS": "4", "SOURCE_DATE_EPOCH": "1700000000", "CRS_PLUGIN_PATH": "x",
      ]).isEmpty)
    #expect(EnvironmentCheck.complaints(["CRS_MEMORY": "", "CRS_THREADS": "", "HOME": "abc"]).isEmpty)
  }
}
