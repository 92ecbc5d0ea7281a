import Calling
import Foundation
import Kernels
import Pipeline

// Brackets: elements and sections.
extension Evaluator {
  /// What a bare word in brackets may be before it is a variable.
  enum Names {
    /// Nothing but a variable.
    case none
    /// Any word, as in the brackets of a file.
    case words
    /// Columns of a table, masks of a set.
    case of([String])
  }

  func index(_ base: Expression, _ places: [Subscript]) throws -> Evaluation {
    if let file = try fileWithBrackets(base, places) { return file }
    let a = try value(base)
    if case .text(let path) = a.value {
      if !Words.looksLikeFile(path), !FileManager.default.fileExists(atPath: FileNames.home(path)) {
        throw Self.textParts(path)
      }
      let inside = try self.places(places, names: .words)
      return Evaluation(
        value: try image(at: FileNames.home(path + inside.map(\.place).text)),
        tree: .index(a.tree, inside.map(\.tree)))
    }
    let inside = try withColumns(base, of: a.value) { try self.places(places, names: names(of: a.value)) }
    let part = try ValueElements.part(of: a.value, at: inside.map(\.place))
    if let digits = try ValueElements.roundedPixel(of: a.value, at: inside.map(\.place)) {
      runner.output.note(
        "the pixel is \(digits): whole numbers above 2^63 are calculated with as float64, which rounds it to "
          + (part.literal ?? ""))
    }
    return Evaluation(value: part, tree: .index(a.tree, inside.map(\.tree)))
  }

  /// Brackets behind a text that names no file.
  static func textParts(_ text: String) -> CRSError {
    CRSError.usage(
      "a text has no parts, and \(Value.quoted(text)) is no file",
      hint: "split(t, sep) gives a list, replace(t, a, b) and stem(f) a text")
  }

  /// `f.fits[1]`: an extension or section of a file, which is not read as a whole before.
  private func fileWithBrackets(_ base: Expression, _ places: [Subscript]) throws -> Evaluation? {
    guard case .word(let word, _) = base, !runner.isVariable(word), Words.looksLikeFile(word) else {
      return nil
    }
    if let error = Self.attributeError(word, isVariable: runner.isVariable) { throw error }
    let text = word + (try self.places(places, names: .words).map(\.place).text)
    return Evaluation(value: try image(at: FileNames.home(text)), tree: .word(text))
  }

  /// `t[peak > 300]`: columns in a calculation.
  private func withColumns<Result>(_ base: Expression, of value: Value, _ body: () throws -> Result) throws
    -> Result
  {
    do {
      return try body()
    } catch var error as CRSError {
      if case .table(let table) = value, case .word(let name, _) = base,
        let column = table.columns.first(where: { error.message == "'\($0)' is not a variable" })
      {
        error.hint = "a column in a calculation is \(name)[\(column)]: \(name)[\(name)[\(column)] > 5]"
      }
      throw error
    }
  }

  func names(of value: Value) -> Names {
    switch value {
    case .table(let table): .of(table.columns)
    case .maskSet(let masks): .of(masks.names)
    default: .none
    }
  }

  /// - Throws: `CRSError` (usage) for what is no place.
  func places(_ places: [Subscript], names: Names) throws -> [(place: ValuePlace, tree: Resolved.Place)] {
    try places.map { item in
      switch item {
      case .at(let expression): return try place(expression, names)
      case .range(let first, let last, let position):
        do {
          let (a, b) = (try first.map(end), try last.map(end))
          return (.range(a?.number, b?.number), .range(a?.tree, b?.tree))
        } catch var error as CRSError {
          if error.line == nil { (error.line, error.column) = (position.line, position.column) }
          throw error
        }
      }
    }
  }

  private func end(_ expression: Expression) throws -> (number: Int, tree: Resolved) {
    let result = try value(expression)
    guard let number = result.value.wholeNumber else {
      throw CRSError.usage(
        "\(result.value.literal ?? "a value of kind \(result.value.kindName)") is no end of a section",
        expected: "a whole number")
    }
    return (number, result.tree)
  }

  private func place(_ expression: Expression, _ names: Names) throws -> (ValuePlace, Resolved.Place) {
    if let named = try name(expression, names) { return named }
    let result = try value(expression)
    var tree = Resolved.Place.at(result.tree)
    // Bare, a name would be that of a column first.
    if case .of = names, case .variable = result.tree { tree = .at(.group(result.tree)) }
    switch result.value {
    case .mask(let mask): return (.mask(mask), tree)
    case .bool(let flag): return (.flags([flag]), tree)
    case .list(let items):
      let flags = items.compactMap { if case .bool(let flag) = $0 { flag } else { nil } }
      if flags.count == items.count, !items.isEmpty { return (.flags(flags), tree) }
    case .text(let text): return (.name(text), tree)
    default:
      if let number = result.value.wholeNumber { return (.number(number), tree) }
    }
    throw CRSError.usage(
      "\(result.value.literal ?? "a value of kind \(result.value.kindName)") is no place",
      expected: "whole numbers, first:last, or a list of yes and no")
  }

  /// A word or quoted text that is a name of the value's own.
  private func name(_ expression: Expression, _ names: Names) throws -> (ValuePlace, Resolved.Place)? {
    switch (expression, names) {
    case (.word(let word, _), .words) where !runner.isVariable(word):
      return (.name(word), .at(.word(word)))
    case (.word(let word, _), .of(let known)):
      if known.contains(word) { return (.name(word), .at(.word(word))) }
      // What is neither may be a new column, or a name in other letters.
      if !runner.isVariable(word), Self.constant(word) == nil { return (.name(word), .at(.word(word))) }
      return nil
    case (.text(let parts, _), .words), (.text(let parts, _), .of):
      let text = try self.text(parts)
      return (.name(text), .at(.literal(.text(text))))
    default: return nil
    }
  }

  /// A rectangle, as a text that parameters read.
  ///
  /// - Throws: `CRSError` (usage) for brackets with a colon that are none.
  func section(_ places: [Subscript]) throws -> Evaluation {
    if let error = places.sectionError { throw error }
    let inside = try self.places(places, names: .none)
    return Evaluation(value: .text(inside.map(\.place).text), tree: .section(inside.map(\.tree)))
  }

  // MARK: - Assignment to parts

  /// A value with one of its parts changed, and how the part is written.
  func changed(_ value: Value, _ places: [[Subscript]], to part: Value) throws -> (
    value: Value, places: [[Resolved.Place]]
  ) {
    guard let first = places.first else { return (part, []) }
    let inside = try self.places(first, names: names(of: value))
    let at = inside.map(\.place)
    guard places.count > 1 else {
      let (content, remarks) = try self.content(part, of: value, at: at)
      let changed = try ValueElements.changed(value, at: at, to: content)
      remarks?.tell(runner.work)
      return (changed, [inside.map(\.tree)])
    }
    let inner = try changed(ValueElements.part(of: value, at: at), Array(places.dropFirst()), to: part)
    return (try ValueElements.changed(value, at: at, to: inner.value), [inside.map(\.tree)] + inner.places)
  }

  /// What a change of a part of a variable needs; nil where there is no such variable.
  func change(of name: String, _ places: [Subscript], to part: Value) throws -> (
    places: [ValuePlace], content: Value, remarks: ChangeRemarks?, trees: [Resolved.Place], uses: Set<Int>
  )? {
    guard let whole = runner.variable(name) else { return nil }
    let inside = try self.places(places, names: names(of: whole.value))
    let trees = inside.map(\.tree)
    let uses = trees.reduce(into: whole.tree.origins) { $0.formUnion($1.origins) }
    let at = inside.map(\.place)
    let (content, remarks) = try content(part, of: whole.value, at: at)
    return (at, content, remarks, trees, uses)
  }

  /// What is put into a value: the image of a file into pixels, texts as they are into lists and tables; and what is to be
  /// told of it afterwards.
  private func content(
    _ part: Value, of value: Value, at places: [ValuePlace]
  ) throws -> (Value, ChangeRemarks?) {
    switch value {
    case .image, .stack:
      let content = try pixels(part)
      return (content, try ChangeRemarks(of: value, at: places, changedTo: content, work: runner.work))
    case .mask: return (try pixels(part), nil)
    default: return (part, nil)
    }
  }
}
