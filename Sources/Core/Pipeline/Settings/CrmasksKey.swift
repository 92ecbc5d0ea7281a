/// One parameter of crmasks, declared once: parameter files, the shell command and the HISTORY cards of
/// crmasks.fits all read the same table (crmasks.md section 2, beyond.md section 2.6).
package struct CrmasksKey: Sendable {
  package enum Group: String, Sendable, CaseIterable {
    case general
    /// L.A.Cosmic; only looked at for lacosmic and mm_lacosmic.
    case lacosmic
    /// The median-minimum diagram; only looked at for mmcosmic and mm_lacosmic.
    case medianMinimum
  }

  /// What values are allowed.
  package enum Kind: Sendable, Equatable {
    case flag
    case integer(ClosedRange<Int>)
    /// An odd integer.
    case oddInteger(ClosedRange<Int>)
    /// A finite number; `aboveLower` leaves the lower limit out.
    case number(ClosedRange<Double>, aboveLower: Bool)
    /// One of some words.
    case word([String])
    /// A word, or a number of that range.
    case wordOrNumber([String], ClosedRange<Double>)
    /// A word, or an integer of that range.
    case wordOrInteger([String], ClosedRange<Int>)
    /// none, auto, fit, one number, or a list with a number for each exposure.
    case fluxFactor
    /// One rectangle [xmin, xmax, ymin, ymax].
    case region
    case regions
    /// A list of [X, Y].
    case pixels
    /// A list of [X, Y, X_width, Y_width], widths odd.
    case boxes
    /// A list of [xoffset, yoffset], one for each exposure.
    case offsets
    /// A list of [x, y] or [x, y, weight].
    case points
  }

  /// The name in parameter files.
  package let name: String
  package let group: Group
  package let kind: Kind
  /// Whether null (None, none) is a value.
  package let allowsNull: Bool
  /// Unit, empty for none.
  package let unit: String
  /// What a parameter file that leaves the key out gets; nil where the key must be there.
  package let fileDefault: SettingValue?
  /// What the shell command gets, that of the documents' parameter file.
  package let shellDefault: SettingValue
  /// Whether a parameter file that leaves it out earns a warning.
  package let warnsWhenAbsent: Bool
  /// One line for `help`.
  package let help: String

  /// The name in the shell: without la_ or mm_.
  package var shellName: String {
    group == .general ? name : String(name.dropFirst(3))
  }

  init(
    _ name: String, _ group: Group, _ kind: Kind, unit: String = "", default shellDefault: SettingValue,
    file: FileDefault = .same, null: Bool = false, warns: Bool = false, _ help: String
  ) {
    self.name = name
    self.group = group
    self.kind = kind
    self.unit = unit
    self.shellDefault = shellDefault
    switch file {
    case .same: fileDefault = shellDefault
    case .required: fileDefault = nil
    case .value(let value): fileDefault = value
    }
    allowsNull = null
    warnsWhenAbsent = warns
    self.help = help
  }

  enum FileDefault {
    case same
    case required
    case value(SettingValue)
  }

  /// The key of a name: as in parameter files or as in the shell.
  package static func named(_ name: String) -> CrmasksKey? {
    all.first { $0.name == name } ?? all.first { $0.shellName == name }
  }

  /// Spellings that the documents use by mistake, and what they mean.
  package static let misspellings = [
    "flux_factor_region": "flux_factor_regions",
    "pixels_to_be-flagged_as_cr": "pixels_to_be_flagged_as_cr",
    "ls_niter": "la_niter",
    "mm_knots_split": "mm_knots_splfit",
  ]
}
