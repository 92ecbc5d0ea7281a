import Calling
import Pipeline
import TestSupport
import Testing

@testable import Language

/// Every position of every command is offered variables of the kinds that it takes, and no others.
@Suite struct KindMatrixTests {
  static let values = """
    st = simulate nx=30 ny=30 n=3 seed=1
    im = median st
    ma = im > 50
    ms = crmasks st seed=1 log_level=ERROR
    di = mmdiagram st seed=1 nsimulations=1
    bo = fitboundary di
    ta = label ma
    nu = 2.5
    wh = 3
    te = 'abc'
    fl = yes
    li = [3, 4]
    lt = ['abc', 'd']
    lm = [im, im]
    ro = ta[1]

    """

  private static let names = [
    "st", "im", "ma", "ms", "di", "bo", "ta", "nu", "wh", "te", "fl", "li", "lt", "lm", "ro",
  ]
  /// What says that a value is of no kind that the command takes.
  private static let refusals = [
    "does not fit", "a value of kind", "no such file", "combines the exposures", "is no mask",
    "has no column",
    "an image is no", "is not a file", "cannot be looped",
  ]

  /// What a command refuses for its kind is not offered; what it takes is.
  @Test func firstArgumentsFit() throws {
    let run = try ScriptRun()
    try run.run(Self.values)
    let completer = Completer(session: run.session)
    for manifest in run.session.registry.manifests
    where manifest.effect == .nothing && manifest.name != "help" && manifest.name != "apropos" {
      guard let first = manifest.parameters.first(where: \.isPositional), first.kind.wantsValue else {
        continue
      }
      let offered = Set(completer.candidates(manifest.name + " ").candidates.map(\.text))
      for name in Self.names {
        let error = run.error("\(manifest.name) \(name)")
        let isRefused = error.map { error in Self.refusals.contains { error.message.contains($0) } } ?? false
        if isRefused {
          #expect(!offered.contains(name), "\(manifest.name) \(name): \(error?.description ?? "")")
        } else if error == nil, !["te", "lt"].contains(name), first.kind != .mask || name == "ma" {
          #expect(offered.contains(name), "\(manifest.name) \(name) is taken")
        }
      }
    }
  }

  /// The same of operators.
  @Test(arguments: ["+", "-", "*", "/", ">", "==", "&", "|"]) func operandsFit(symbol: String) throws {
    let run = try ScriptRun()
    try run.run(Self.values)
    let completer = Completer(session: run.session)
    for left in Self.names {
      let found = completer.candidates("x = \(left) \(symbol) ").candidates.map(\.text)
      let offered = Set(found)
      // Behind | stand commands too.
      let names = symbol == "|" ? [] : Self.names
      for right in names {
        let error = run.error("x = (\(left) \(symbol) \(right))")
        let isOfKind =
          error.map { error in
            ["does not apply", "does not join", "does not compare", "do not compare", "are not joined"]
              .contains {
                error.message.contains($0)
              }
          } ?? false
        // Lists may hold masks, of which their kind tells nothing.
        let isList = ["li", "lt", "lm"].contains(left) || ["li", "lt", "lm"].contains(right)
        if isOfKind, !isList { #expect(!offered.contains(right), "\(left) \(symbol) \(right)") }
        if error == nil, right != "te" || left == "te" {
          #expect(offered.contains(right), "\(left) \(symbol) \(right) is taken: \(found)")
        }
      }
    }
  }
}
