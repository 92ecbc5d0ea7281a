/// Completion files of the system's shells, made from manifests alone.
package enum ShellCompletions {
  package enum Kind: String, Sendable, CaseIterable { case bash, zsh, fish }

  package static func text(_ kind: Kind, _ registry: CommandRegistry) -> String {
    let manifests = registry.manifests
    switch kind {
    case .bash: return bash(manifests)
    case .zsh: return zsh(manifests)
    case .fish: return fish(manifests)
    }
  }

  private static let head =
    "# Made from the declarations of the commands by crs --completions; do not edit.\n"

  private static func options(_ manifest: CommandManifest) -> [ParameterManifest] {
    manifest.parameters.filter { !$0.isPositional }
  }

  private static func bash(_ manifests: [CommandManifest]) -> String {
    var text = head + "_crs() {\n  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
    text += "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    COMPREPLY=($(compgen -W \""
    text +=
      manifests.map(\.name).joined(separator: " ")
      + " --help --version -c\" -- \"$word\") $(compgen -f -X '!*.crs' -- \"$word\"))\n"
    text += "    return\n  fi\n  case \"${COMP_WORDS[1]} $before\" in\n"
    for manifest in manifests {
      for parameter in options(manifest) where !parameter.words.isEmpty {
        text += "    '\(manifest.name) --\(parameter.name)') COMPREPLY=($(compgen -W \""
        text += parameter.words.joined(separator: " ") + "\" -- \"$word\")); return ;;\n"
      }
    }
    text += "  esac\n  case \"$word\" in\n    -*) case \"${COMP_WORDS[1]}\" in\n"
    for manifest in manifests {
      let names = (options(manifest).map { "--" + $0.name } + ["--out", "--help"]).joined(separator: " ")
      text += "      \(manifest.name)) COMPREPLY=($(compgen -W \"\(names)\" -- \"$word\")) ;;\n"
    }
    text +=
      "    esac ;;\n    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n  esac\n}\ncomplete -o filenames -F _crs crs\n"
    return text
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  private static func zsh(_ manifests: [CommandManifest]) -> String {
    func plain(_ text: String) -> String { String(text.map { "[]:".contains($0) ? " " : $0 }) }
    var text = "#compdef crs\n" + head + "_crs() {\n  local -a commands\n  commands=(\n"
    for manifest in manifests { text += "    \(quoted(manifest.name + ":" + plain(manifest.summary)))\n" }
    text +=
      "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    _files -g '*.crs'\n    return\n  fi\n"
    text += "  case $words[2] in\n"
    for manifest in manifests {
      text += "    \(manifest.name)) _arguments"
      for parameter in options(manifest) {
        let values =
          parameter.words.isEmpty ? "_files" : "(" + parameter.words.joined(separator: " ") + ")"
        text += " \\\n      \(quoted("--\(parameter.name)=[\(plain(parameter.help))]:value:\(values)"))"
      }
      text += " \\\n      '*--out=[file of a result]:file:_files' \\\n      '*:file:_files' ;;\n"
    }
    return text + "  esac\n}\n_crs \"$@\"\n"
  }

  private static func fish(_ manifests: [CommandManifest]) -> String {
    var text = head
    for manifest in manifests {
      text += "complete -c crs -n __fish_use_subcommand -a \(manifest.name) -d \(quoted(manifest.summary))\n"
      for parameter in options(manifest) {
        text += "complete -c crs -n '__fish_seen_subcommand_from \(manifest.name)' -l \(parameter.name) "
        text += parameter.words.isEmpty ? "-r" : "-x -a \(quoted(parameter.words.joined(separator: " ")))"
        text += " -d \(quoted(parameter.help))\n"
      }
    }
    return text
  }
}
