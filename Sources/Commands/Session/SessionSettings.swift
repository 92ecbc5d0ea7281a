import Files
import Kernels
import Pipeline
import Plot

extension Session {
  /// Options that `set` changes.
  package enum Editor: String, Sendable, CaseIterable { case emacs, vi }
  package enum Pager: String, Sendable, CaseIterable { case auto, off }
  package enum Inline: String, Sendable, CaseIterable { case png, svg }

  package struct Settings: Sendable {
    package init() {}

    package var threads = Work.cores
    /// Whether an error ends a script.
    package var stopsOnError = true
    /// Bytes that undo keeps of earlier values, beside those of today.
    package var undoMemory = Settings.usualUndoMemory
    package static let usualUndoMemory = max(Memory.machine / 10, 64 << 20)
    /// Keys of the prompt.
    package var editor = Editor.emacs
    /// How figures look.
    package var figures = FigureStyle()
    /// Whether the prompt shows long listings a screenful at a time.
    package var pager = Pager.auto
    /// What stands before a statement that is typed: %t the time of the last statement, %f the folder.
    package var prompt = Settings.usualPrompt
    package static let usualPrompt = "crs> "
    /// How figures stand in a notebook.
    package var inline = Inline.png
    /// Where statements and their output are recorded.
    package var record: TranscriptFile?
    /// Where pixels cross to plugins; nil for shared memory where there is room.
    package var pluginFolder: String?
    /// Minutes after which the program of a plugin that nobody calls ends.
    package var pluginIdle = 10.0
  }
}
