import Calling
import Commands
import Files
import Kernels
import Language
import Pipeline

/// Sessions that touch neither files nor the system's shell.
struct FuzzSession {
  /// All commands but those that write, leave the process or read what is not given to them.
  static func registry() throws -> CommandRegistry {
    var registry = try Builtins.registry()
    let others = ["load", "simulate", "source", "set", "plugin", "exit", "review", "show", "time"]
    for manifest in registry.manifests
    where manifest.effect == .files || manifest.effect == .folder || others.contains(manifest.name) {
      registry.remove(manifest.name)
    }
    return registry
  }

  /// Names that are bound before the text runs, the same in every session.
  static func values() throws -> [(name: String, value: Value)] {
    func image(_ seed: Int) -> Image {
      let pixels = (0..<30).map { Float(($0 * 7 + seed * 13) % 11 + ($0 == 14 + seed ? 500 : 0)) }
      return Image(
        pixels: Plane(width: 6, height: 5, pixels: pixels),
        header: Header(cards: ["OBJECT  = 'M 51'", "EXPTIME =                 30.0"]),
        mask: seed == 2 ? Mask(plane: Plane(width: 6, height: 5, pixels: pixels.map { $0 > 9 ? 1 : 0 })) : nil
      )
    }
    let images = (1...3).map(image)
    let mask = Mask(
      plane: Plane(width: 6, height: 5, pixels: (0..<30).map { $0 % 7 == 3 ? 1 : 0 }))
    let table = Table(
      columns: ["a", "b"],
      rows: [[.integer(1), .real(2.5)], [.integer(2), .real(.nan)], [.integer(3), .real(-1)]])
    return [
      ("m", .image(images[0])), ("s", .stack(try Stack(exposures: images))), ("k", .mask(mask)),
      ("t", .table(table)), ("n", .integer(3)), ("q", .text("sky")),
      ("l", .list([.integer(3), .number(1.5)])),
    ]
  }

  let session: Session
  let interpreter: Interpreter

  init(registry: CommandRegistry, values: [(name: String, value: Value)], frontend: FuzzFrontend) {
    session = Session(registry: registry)
    session.settings.threads = 1
    for (name, value) in values { session.bind([name], [value], statement: "\(name) = none", uses: []) }
    interpreter = Interpreter(session: session, frontend: frontend)
  }
}
