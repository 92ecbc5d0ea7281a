import Calling
import Files
import Kernels

/// Plugins that are scripts of definitions.
package enum ScriptPlugin {
  /// The commands of a script. Those whose names are taken are among them, to be left out by who registers them.
  ///
  /// - Parameters:
  ///   - registry: the commands that its definitions can call, beside each other.
  /// - Throws: `CRSError` with the line of what is no definition, or calls what is not there.
  package static func entries(
    _ text: String, file: String, origin: Origin, registry: CommandRegistry
  ) throws -> [Entry] {
    let session = Session(registry: registry)
    do {
      let vocabulary = Parser.Vocabulary(isCommand: { registry[$0] != nil }, isVariable: { _ in false })
      var parser = Parser(text, vocabulary: vocabulary)
      parser.takesAnyName = true
      var entries: [Entry] = []
      for statement in try parser.parse() {
        guard case .definition(let definition) = statement else {
          throw CRSError.usage(
            "a plugin holds definitions and comments, nothing else", expected: "def NAME ..."
          )
          .at(statement.position.place)
        }
        let name = definition.name.text
        let isTaken = registry[name] != nil || ReservedWords.all.contains(name)
        if !isTaken {
          var checker = StatementChecker(session: session)
          checker.check(definition)
          if let error = checker.errors.first { throw error }
        }
        let own = OwnCommand(definition, script: file, text: text, registry: session.registry)
        var entry = own.entry(from: origin)
        if entry.manifest.family == OwnManifest.family, let plugin = origin.plugin {
          entry = entry.standing(in: "Plugin \(plugin.name)")
        }
        entries.append(entry)
        if isTaken { continue }
        // Those behind it may call it.
        _ = session.changeRegistry { registry in
          if registry[entry.manifest.name] == nil { try? registry.register(entry) }
          return []
        }
      }
      return entries
    } catch let unfinished as UnfinishedInput {
      throw ScriptError.located(unfinished.error, source: file, text: text)
    } catch let error as CRSError {
      throw ScriptError.located(error, source: file, text: text)
    }
  }
}

extension Entry {
  /// The same in another family.
  fileprivate func standing(in family: String) -> Entry {
    var manifest = manifest
    manifest.family = family
    return Entry(manifest: manifest, origin: origin, run: run)
  }
}

/// Words that mean something to the language, so that no plugin can have them for a command.
package enum ReservedWords {
  package static let all = Words.reserved.union(Words.statements).union(FunctionTable.names).union(
    Habits.words.keys
  ).union(["nan", "inf", "pi"])
}
