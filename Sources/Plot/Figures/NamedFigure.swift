/// A figure with the name of its file, without ending.
public struct NamedFigure: Sendable {
  public var name: String
  public var figure: Figure

  public init(_ name: String, _ figure: Figure) {
    self.name = name
    self.figure = figure
  }
}
