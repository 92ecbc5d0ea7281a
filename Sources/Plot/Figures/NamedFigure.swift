/// A figure with the name of its file, without ending.
package struct NamedFigure: Sendable {
  package var name: String
  package var figure: Figure

  package init(_ name: String, _ figure: Figure) {
    self.name = name
    self.figure = figure
  }
}
