extension StackLevels {
  /// Refuses exposures of which one saw nothing, or has many times the light of the others.
  ///
  /// - Parameter expected: relative level of the same sky in each exposure.
  /// - Returns: exposures whose level lies outside, where `isForced` goes on with them.
  /// - Throws: `CRSError` (data) with their levels.
  package func refuse(expected: [Double], parameter: String, isForced: Bool) throws -> [Int] {
    let outside = outside(expected: expected)
    guard !outside.isEmpty, !isForced else { return outside }
    throw CRSError.data(
      texts(of: outside).joined(separator: ", "), parameter: parameter,
      expected: "equivalent exposures, or flux factors that say so",
      hint:
        "a closed shutter or saturation looks like that; flux_factor=auto matches exposures of other times or "
        + "transparency, sky=auto another sky; force=yes goes on")
  }

  /// What is wrong with exposures whose level lies outside of what is accepted, with the levels: `exposure 1 has 0.005 times
  /// the level of the others (2 of 400)`, `exposures 1, 2 have no light (2, 3), exposure 3 has (400)`.
  ///
  /// - Parameters:
  ///   - outside: exposures, from 0.
  ///   - noun: what they are called.
  package func texts(of outside: [Int], noun: String = "exposure") -> [String] {
    func named(_ exposures: [Int]) -> String {
      noun + (exposures.count == 1 ? " " : "s ") + exposures.map { "\($0 + 1)" }.joined(separator: ", ")
    }
    let dark = hasLight.indices.filter { !hasLight[$0] && middle[$0] != nil }
    // Most exposures saw nothing: the one that did is not the one to be blamed.
    let bright = outside.filter { relative[$0] == .infinity }
    let others = outside.filter { relative[$0] != .infinity }
    var texts: [String] = []
    if !bright.isEmpty {
      texts.append(
        dark.isEmpty
          ? "\(named(bright)) \(bright.count == 1 ? "has" : "have") many times the level of the others"
          : "\(named(dark)) \(dark.count == 1 ? "has" : "have") no light (\(list(dark))), \(named(bright)) "
            + "\(bright.count == 1 ? "has" : "have") (\(list(bright)))")
    }
    return texts
      + others.map { k in
        let rest = middle.indices.filter { $0 != k }.compactMap { middle[$0] }.sorted()
        let numbers = middle[k].flatMap { own in
          rest.isEmpty ? nil : " (\(Self.short(own)) of \(Self.short(rest[rest.count / 2])))"
        }
        return "\(noun) \(k + 1) has \(Self.short(relative[k] ?? 0)) times the level of the others"
          + (numbers ?? "")
      }
  }

  private func list(_ exposures: [Int]) -> String {
    exposures.compactMap { middle[$0].map(Self.short) }.joined(separator: ", ")
  }

  /// About three digits.
  private static func short(_ value: Double) -> String {
    guard value.isFinite else { return "many" }
    let size = abs(value)
    let digits = size < 0.1 ? 1000.0 : size < 10 ? 100 : 10
    let rounded = (value * digits).rounded() / digits
    return rounded == rounded.rounded() && size < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}
