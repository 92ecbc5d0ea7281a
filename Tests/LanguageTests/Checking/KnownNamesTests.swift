import Testing

@testable import Language

/// What a check knows behind blocks that may not have run.
@Suite struct KnownNamesTests {
  private func value(_ number: Int) -> KnownValue { KnownValue(exact: .integer(number)) }

  @Test func oneWayIsMergedWithWhatWasBefore() {
    var names = KnownNames()
    names["a"] = value(1)
    names["b"] = value(2)
    names.beginBlock()
    names["a"] = value(5)
    names["c"] = value(3)
    names.merge(names.endBlock())
    #expect(names["a"]?.kind == .integer && names["a"]?.exact == nil)
    #expect(names["b"]?.wholeNumber == 2)
    #expect(names["c"]?.kind == .any)
  }

  @Test func twoWaysAreMergedWithEachOther() {
    var names = KnownNames()
    names["a"] = value(1)
    names.beginBlock()
    names["a"] = value(5)
    names["same"] = value(7)
    let before = names.endBlock()
    let after = names.takeBack(before)
    #expect(names["a"]?.wholeNumber == 1 && names["same"] == nil)
    names.beginBlock()
    names["same"] = value(7)
    names["other"] = value(9)
    names.merge(after.merging(names.endBlock()) { first, _ in first })
    #expect(names["a"]?.kind == .integer && names["a"]?.exact == nil)
    #expect(names["same"]?.wholeNumber == 7)
    #expect(names["other"]?.kind == .any)
  }

  /// A block inside another one: the outer one goes back to what was before both.
  @Test func blocksLieInBlocks() {
    var names = KnownNames()
    names["a"] = value(1)
    names.beginBlock()
    names.beginBlock()
    names["a"] = value(2)
    _ = names.endBlock()
    names["a"] = value(3)
    #expect(names.endBlock()["a"]??.wholeNumber == 1)
  }

  @Test func droppedNamesAreUncertain() {
    var names = KnownNames()
    names["a"] = value(1)
    names.beginBlock()
    names["a"] = nil
    names.merge(names.endBlock())
    #expect(names["a"]?.kind == .any)
  }
}
