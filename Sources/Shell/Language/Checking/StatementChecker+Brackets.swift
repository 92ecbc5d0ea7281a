import Calling
import Files
import Foundation
import Kernels
import Pipeline

// Brackets: elements, sections, columns and HDUs.
extension StatementChecker {
  mutating func index(
    _ base: Expression, _ places: [Subscript], _ position: SourcePosition
  ) -> KnownValue {
    if case .word(let word, _) = base, known[word] == nil, Words.looksLikeFile(word) {
      check(places)
      if places.count == 1, let name = hduName(places[0]) { checkHDU("\(word)[\(name)]", position) }
      return .unknown
    }
    let value = check(base)
    switch value.kind {
    case .table:
      if places.count == 2 {
        checkCell(of: value, places)
      } else {
        checkNames(places, value.columns, position)
      }
      return places.count == 1 && isNumber(places[0]) ? KnownValue(.table, columns: value.columns) : .unknown
    case .maskset:
      checkMask(of: value, places, position)
      return KnownValue(.mask, size: value.size)
    case .image, .mask, .stack: return pixels(of: value, places, position)
    case .list:
      let before = errors.count
      let found = places.map { checkAsVariables($0) }
      return errors.count == before ? element(of: value, found, position) : .unknown
    case .number, .integer, .flag, .diagram, .boundary:
      check(places)
      if let sample = value.sample {
        return tried(position, false, size: nil) { try ValueElements.part(of: sample, at: [.number(1)]) }
      }
      report(CRSError.usage("a value of kind \(value.kind.title) has no elements"), position)
      return .unknown
    case .text:
      check(places)
      if case .text(let text)? = value.exact, !Words.looksLikeFile(text),
        !FileManager.default.fileExists(atPath: FileNames.home(text))
      {
        reportFile(Evaluator.textParts(text), position, file: text)
      }
      return .unknown
    default:
      check(places)
      return .unknown
    }
  }

  /// The number or name of an HDU in the brackets of a file; nil for what has to be evaluated.
  private func hduName(_ place: Subscript) -> String? {
    switch place {
    case .at(.integer(let number, _, _)): "\(number)"
    case .at(.word(let word, _)): known[word] == nil ? word : nil
    default: nil
    }
  }

  private func isNumber(_ place: Subscript) -> Bool {
    if case .at(.integer) = place { true } else { false }
  }

  /// Pixels, sections and exposures.
  mutating func pixels(
    of value: KnownValue, _ places: [Subscript], _ position: SourcePosition
  ) -> KnownValue {
    let before = errors.count
    let found = places.map { checkAsVariables($0) }
    guard errors.count == before else { return .unknown }
    let certain = found.compactMap { $0 }
    let isRange = places.contains { if case .range = $0 { true } else { false } }
    if value.kind == .stack, places.count == 1 {
      if value.count != nil, certain.count == 1 { return element(of: value, found, position) }
      guard !isRange else { return value.part(.stack, size: value.size) }
      if case .number? = found.first { return value.part(.image, size: value.size) }
      return .unknown
    }
    let shape = value.size ?? Shape(width: 1 << 30, height: 1 << 30)
    var size: Shape?
    // One place is never enough for pixels, whatever it is.
    if certain.count == places.count || places.count == 1 && !certain.isEmpty {
      do {
        let (section, isPixel) = try certain.section(of: shape)
        if !isPixel { size = Shape(width: section.width, height: section.height) }
      } catch var error as CRSError {
        if value.size == nil, error.expected != nil { error.expected = "[x, y] or [x1:x2, y1:y2]" }
        let dependsOnSize = error.kind == .data
        if value.size != nil || !dependsOnSize {
          if dependsOnSize { reportValue(error, position) } else { report(error, position) }
        }
        return .unknown
      } catch {}
    }
    if isRange || places.count == 4 {
      return value.part(
        value.kind, size: value.size == nil ? nil : size, count: value.count, keepsNoise: false)
    }
    switch value.kind {
    case .stack: return KnownValue(.list)
    case .mask: return KnownValue(.flag)
    // Of a file of whole numbers it is one.
    default: return KnownValue(.integer)
    }
  }

  /// A place in which words are variables; nil where it is not certain.
  @discardableResult
  mutating func checkAsVariables(_ place: Subscript) -> ValuePlace? {
    switch place {
    case .at(let inside):
      let value = check(inside)
      if let number = value.wholeNumber { return .number(number) }
      if case .text(let text)? = value.exact { return .name(text) }
      if case .number(let number)? = value.exact {
        report(
          CRSError.usage(
            "\(number.plain) is no place", expected: "whole numbers, first:last, or a list of yes and no"),
          inside.position)
        return nil
      }
      switch (value.kind, value.exact) {
      case (.mask, _): if case .mask(let mask)? = value.sample { return .mask(mask) }
      case (.flag, .bool(let flag)?): return .flags([flag])
      case (.list, .list(let items)?):
        let flags = items.compactMap { if case .bool(let flag) = $0 { flag } else { nil } }
        if flags.count == items.count, !flags.isEmpty { return .flags(flags) }
      case (.image, _), (.stack, _), (.table, _), (.maskset, _), (.diagram, _), (.boundary, _):
        report(
          CRSError.usage(
            "a value of kind \(value.kind.title) is no place",
            expected: "whole numbers, first:last, or a list of yes and no"), inside.position)
      default: break
      }
      return nil
    case .range(let first, let last, _):
      let ends = [first, last].map { end in end.map { check($0).wholeNumber } }
      // An end that is written but not known makes all of it uncertain.
      guard !ends.contains(where: { if case .some(.none) = $0 { true } else { false } }) else { return nil }
      return .range(ends[0] ?? nil, ends[1] ?? nil)
    }
  }

  /// Words that are columns or masks before they are variables.
  mutating func checkNames(_ places: [Subscript], _ columns: [String]?, _ position: SourcePosition) {
    for place in places {
      guard case .at(let inside) = place else {
        checkAsVariables(place)
        continue
      }
      let name: String
      switch inside {
      case .word(let word, _): name = word
      case .text(let parts, _) where parts.count == 1: name = parts[0].plain ?? ""
      default:
        check(inside)
        continue
      }
      guard let columns, known[name] == nil, !name.isEmpty, Evaluator.constant(name) == nil,
        !columns.contains(where: { $0.lowercased() == name.lowercased() })
      else { continue }
      report(
        CRSError.usage(
          "the table has no column '\(name)'", expected: columns.joined(separator: ", "),
          hint: didYouMean(name, among: columns)), inside.position)
    }
  }

  mutating func check(_ places: [Subscript]) {
    for place in places {
      switch place {
      case .at(let inside): if case .word = inside {} else { check(inside) }
      case .range(let first, let last, _): for end in [first, last].compactMap({ $0 }) { check(end) }
      }
    }
  }
}
