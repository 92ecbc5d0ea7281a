import Calling
import Plugins

/// The commands that come with the program: one line each.
package enum Builtins {
  /// - Throws: `CRSError` when two commands have one name.
  package static func registry() throws -> CommandRegistry {
    var registry = CommandRegistry()
    // Files and values
    try registry.register(LoadCommand.self)
    try registry.register(SaveCommand.self)
    try registry.register(InfoCommand.self)
    try registry.register(HeaderCommand.self)
    try registry.register(StatsCommand.self)
    try registry.register(PixelsCommand.self)
    try registry.register(CopyCommand.self)
    try registry.register(SimulateCommand.self)
    // Combining exposures
    try registry.register(MedianCommand.self)
    try registry.register(MeanCommand.self)
    try registry.register(MinCommand.self)
    try registry.register(MaxCommand.self)
    try registry.register(CombineCommand.self)
    try registry.register(ApplyCommand.self)
    try registry.register(FluxFactorCommand.self)
    try registry.register(OffsetsCommand.self)
    try registry.register(ShiftCommand.self)
    // Finding cosmic rays
    try registry.register(CrmasksCommand.self)
    try registry.register(ComputeCommand.self)
    try registry.register(RunCommand.self)
    try registry.register(LacosmicCommand.self)
    try registry.register(MMDiagramCommand.self)
    try registry.register(FitBoundaryCommand.self)
    try registry.register(MMCosmicCommand.self)
    try registry.register(MMPValueCommand.self)
    try registry.register(CR2ImagesCommand.self, also: ["apply_cr2images_ccddata"])
    try registry.register(ScoreCommand.self)
    // Masks
    try registry.register(DilateCommand.self)
    try registry.register(LabelCommand.self)
    try registry.register(ExtractCommand.self)
    try registry.register(MaskOfCommand.self)
    try registry.register(MaskSetCommand.self)
    try registry.register(CountFlaggedCommand.self)
    try registry.register(CompareCommand.self)
    try registry.register(ReviewCommand.self)
    // Tables and text
    try registry.register(NewTableCommand.self)
    try registry.register(AddRowCommand.self)
    try registry.register(CountRowsCommand.self)
    try registry.register(SortCommand.self)
    try registry.register(PrintCommand.self)
    try registry.register(ReplaceTextCommand.self)
    // Figures
    try registry.register(PlotCommand.self)
    try registry.register(ShowCommand.self)
    // Session
    try registry.register(VarsCommand.self)
    try registry.register(DropCommand.self)
    try registry.register(UndoCommand.self)
    try registry.register(RedoCommand.self)
    try registry.register(HistoryCommand.self)
    try registry.register(ProvenanceCommand.self)
    try registry.register(HelpCommand.self)
    try registry.register(AproposCommand.self)
    try registry.register(SourceCommand.self)
    try registry.register(SetCommand.self)
    try registry.register(CdCommand.self)
    try registry.register(PluginCommand.self)
    try registry.register(TimeCommand.self)
    try registry.register(ExitCommand.self)
    try registry.register(KernelCommand.self)
    return registry
  }
}
