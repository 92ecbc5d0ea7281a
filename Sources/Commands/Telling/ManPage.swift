import Files

/// The manual page crs(1), made from manifests alone.
package enum ManPage {
  package static func text(_ registry: CommandRegistry) -> String {
    func plain(_ text: String) -> String {
      let escaped = text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\e")
        .split(separator: "-", omittingEmptySubsequences: false).joined(separator: "\\-")
      return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }
    var text = ".\\\" Made from the declarations of the commands by crs --man; do not edit.\n"
    text += ".TH CRS 1 \"\" \"crs \(CRSVersion.text)\" \"User Commands\"\n.SH NAME\n"
    text += "crs \\- remove cosmic rays from FITS exposures\n.SH SYNOPSIS\n"
    for line in [
      "", "FILE.crs [ARGUMENT ...] [--set name=value] [--check]", "-c 'STATEMENTS'",
      "NAME [ARGUMENTS] [--key value ...] [--out FILE ...]", "help NAME",
    ] {
      text += ".B crs\n\(plain(line))\n.br\n"
    }
    text +=
      ".SH DESCRIPTION\nAn interactive shell for exposures with cosmic rays, and the same commands as subcommands. "
    text += "Reports go to standard output, warnings and errors to standard error.\n.SH COMMANDS\n"
    for family in registry.families {
      text += ".SS \(plain(family.name))\n"
      for manifest in family.manifests {
        text += ".TP\n.B \(plain(manifest.name))\n\(plain(manifest.summary)).\n"
        for parameter in manifest.parameters {
          text += ".RS\n.TP\n.I \(plain(parameter.name))\n\(plain(parameter.help))"
          text += parameter.defaultText.map { " (default \(plain($0)))" } ?? ""
          text += ".\n.RE\n"
        }
      }
    }
    text +=
      ".SH EXIT STATUS\n0 done; 1 the data or a value does not allow it; 2 wrong usage; 3 a file cannot be read or "
    text += "written; 130 interrupted.\n.SH FILES\n~/.config/crs/startup.crs runs when the prompt starts; "
    text += "~/.local/state/crs/history keeps its statements.\n"
    return text
  }
}
