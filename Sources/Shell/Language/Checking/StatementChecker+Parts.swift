import Calling
import Files
import Foundation
import Kernels
import Pipeline

// Names that take several results or parts of values, and files.
extension StatementChecker {
  /// What each name takes.
  mutating func unpacked(_ results: [KnownValue], for targets: [Target]) -> [KnownValue] {
    guard targets.count > 1, results.count == 1, let first = results.first,
      let position = targets.first?.name.position
    else { return results }
    switch first.kind {
    case .any: return results
    case .list, .stack:
      guard let count = first.count else { return [.unknown] }
      if count != targets.count {
        reportValue(
          CRSError.usage(
            "\(targets.count) names for \(count) elements", expected: "as many names as elements"),
          position)
      }
      if case .list(let items)? = first.exact { return items.map { KnownValue(exact: $0) } }
      let item =
        first.kind == .stack ? first.part(.image, size: first.size) : .unknown
      return Array(repeating: item, count: targets.count)
    default:
      report(
        CRSError.usage("\(targets.count) names for 1 result", expected: "a list, or one name"), position)
      return results
    }
  }

  /// The part of a value that is given another content.
  mutating func checkPlaces(of target: Target, in value: KnownValue) {
    guard let places = target.places.first else { return }
    for further in target.places.dropFirst() { check(further) }
    let position = target.name.position
    switch value.kind {
    case .image, .mask, .stack: _ = pixels(of: value, places, position)
    case .list:
      let before = errors.count
      let found = places.map { checkAsVariables($0) }
      if errors.count == before { _ = element(of: value, found, position) }
    case .table where places.count == 2: checkCell(of: value, places)
    case .number, .integer, .flag, .text, .diagram, .boundary:
      check(places)
      report(CRSError.usage("a value of kind \(value.kind.title) has no parts to be changed"), position)
    default: check(places)
    }
  }

  /// What is put into a part of a value: kinds that never fit there.
  mutating func checkContent(_ part: KnownValue, of target: Target, in value: KnownValue) {
    guard let places = target.places.first, part.kind != .any else { return }
    let position = target.name.position
    if target.places.count == 2, value.kind == .stack, places.count == 1 {
      // A part of an exposure.
      let inner = Target(name: target.name, places: [target.places[1]])
      return checkContent(part, of: inner, in: value.part(.image, size: value.size))
    }
    guard target.places.count == 1 else { return }
    switch value.kind {
    case .image, .mask, .stack:
      if part.kind == .text { return checkNamesPixels([part], position) }
      if value.kind == .stack, let x = value.count, part.kind == .list, let y = part.count, x != y,
        places.count > 1
      {
        let error = CRSError.data("\(y) values for \(x) exposures", expected: "equal numbers")
        return reportValue(error, position)
      }
      let content: Value? =
        switch part.exact {
        // Each exposure gets one of them.
        case .list(let items)? where value.kind == .stack && places.count == 1: items.first
        default: part.kind == .list && value.kind != .stack ? .list([.integer(1)]) : part.sample
        }
      // A single pixel, or the only exposure of the smallest stack.
      let place: [ValuePlace] = places.count == 1 ? [.number(1)] : [.number(1), .number(1)]
      guard let content, let sample = KnownValue(value.kind).sample else { return }
      _ = tried(position, false, size: nil) {
        try ValueElements.changed(sample, at: place, to: content)
      }
    case .table where part.kind != .table && part.kind != .list:
      guard part.isPixels || [.maskset, .diagram, .boundary].contains(part.kind) else { return }
      report(
        CRSError.usage(
          "a value of kind \(part.kind.title) does not fit into a cell",
          expected: "a number, a text, yes or no"),
        position)
    default: break
    }
  }

  /// `l[3]`, `l[2:4]`.
  ///
  /// - Parameter found: the places, nil where they are not certain.
  mutating func element(
    of value: KnownValue, _ found: [ValuePlace?], _ position: SourcePosition
  ) -> KnownValue {
    let certain = found.compactMap { $0 }
    guard certain.count == found.count, let count = value.count else { return .unknown }
    do {
      switch try certain.elements(of: count, value.kind == .stack ? "exposures" : "elements") {
      case .one(let place):
        if case .list(let items)? = value.exact { return KnownValue(exact: items[place]) }
        return value.kind == .stack ? value.part(.image, size: value.size) : .unknown
      case .several(let chosen):
        if case .list(let items)? = value.exact { return KnownValue(exact: .list(chosen.map { items[$0] })) }
        return value.part(value.kind, size: value.size, count: chosen.count)
      }
    } catch let error as CRSError {
      reportValue(error, position)
    } catch {}
    return .unknown
  }

  /// `t[3, flux]`: a row, and a column.
  mutating func checkCell(of table: KnownValue, _ places: [Subscript]) {
    guard places.count == 2 else { return }
    let before = errors.count
    if case .at(.word(let word, let position)) = places[0], known[word] == nil,
      table.columns?.contains(word) ?? false
    {
      report(
        CRSError.usage("'\(word)' is a column, not a row", expected: "[row, column], such as [1, \(word)]"),
        position)
    } else {
      checkRow(places[0], table.columns)
    }
    guard errors.count == before else { return }
    switch places[1] {
    case .at(.word), .at(.text): checkNames([places[1]], table.columns, places[1].position)
    case .at(let inside):
      let value = check(inside)
      guard value.kind == .integer || value.kind == .number || value.isPixels else { return }
      report(noCell(table.columns), inside.position)
    case .range(_, _, let position): report(noCell(table.columns), position)
    }
  }

  /// What stands before the column in the brackets of a table.
  private mutating func checkRow(_ place: Subscript, _ columns: [String]?) {
    let before = errors.count
    let found = checkAsVariables(place)
    guard errors.count == before else { return }
    switch found {
    case .name?, .mask?: report(noCell(columns), place.position)
    default: break
    }
  }

  private func noCell(_ columns: [String]?) -> CRSError {
    CRSError.usage("this is no cell", expected: "[row, column], such as [1, \(columns?.first ?? "flux")]")
  }

  /// `masks[CRMASK2]`
  mutating func checkMask(of set: KnownValue, _ places: [Subscript], _ position: SourcePosition) {
    let names = ["MEDIANCR", "MEANCRT"] + (1...max(1, set.count ?? 9999)).map { "CRMASK\($0)" }
    let expected = set.count == nil ? "MEDIANCR, MEANCRT, CRMASK1, ..." : names.joined(separator: ", ")
    guard places.count == 1, case .at(let inside) = places[0] else {
      return report(CRSError.usage("a mask of a set has a name", expected: expected), position)
    }
    let name: String
    switch inside {
    case .word(let word, _) where known[word] == nil: name = word
    case .text(let parts, _) where parts.count == 1 && parts[0].plain != nil: name = parts[0].plain ?? ""
    case .integer: return report(CRSError.usage("a mask of a set has a name", expected: expected), position)
    default: return check(places)
    }
    guard !names.contains(name.uppercased()) else { return }
    let error = CRSError.usage("there is no mask '\(name)'", expected: expected)
    if name.uppercased().hasPrefix("CRMASK") { reportValue(error, position) } else { report(error, position) }
  }

  // MARK: - Files

  /// An HDU that a file does not have.
  ///
  /// - Parameter path: the file with the HDU in brackets.
  mutating func checkHDU(_ path: String, _ position: SourcePosition) {
    let path = FileNames.home(path)
    guard path.last == "]", let bracket = path.lastIndex(of: "["), !Words.isGlob(path),
      FileManager.default.fileExists(atPath: String(path[..<bracket])),
      path[bracket...].dropFirst().dropLast().allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }),
      path[bracket...].dropFirst().dropLast().lowercased() != "all"
    else { return }
    do { _ = try FITSReader.header(at: path) } catch let error as CRSError {
      if error.message.hasPrefix("has no HDU") { reportFile(error, position) }
    } catch {}
  }

  /// Files that are named and not there.
  ///
  /// - Parameter isPixels: whether a name that is no glob is one of a file to be read.
  mutating func checkFiles(_ expression: Expression, isPixels: Bool) {
    guard let name = fileName(expression) ?? filledName(expression) else { return }
    // What a variable holds is no glob either.
    let isText =
      switch expression {
      case .text: true
      case .word(let word, _): known[word] != nil
      default: false
      }
    do {
      if !isText, Words.isGlob(name), Words.looksLikeFile(name) {
        guard !name.contains("$"), !name.contains("[") else { return }
        _ = try FileNames.expand(name)
      } else if isPixels, isText || Words.looksLikeFile(name), !name.contains("://"), name != "-" {
        let path = FileNames.home(String(name.prefix { $0 != "[" }))
        // cfitsio finds compressed files by their plain names.
        let isThere = ["", ".gz", ".Z", ".fz", ".bz2", ".zip"].contains {
          FileManager.default.fileExists(atPath: path + $0)
        }
        if !isThere, !FileManager.default.fileExists(atPath: FileNames.home(name)) {
          throw CRSError.file("no such file", file: name)
        }
      }
    } catch let error as CRSError {
      reportFile(error, expression.position)
    } catch {}
  }
}
