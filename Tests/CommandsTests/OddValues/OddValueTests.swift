import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Calling
@testable import Commands
@testable import Files
@testable import Kernels
@testable import Pipeline

/// Every command with odd images, and with every parameter at, below and above its limits: a value or an error of the
/// right class, in bounded time and memory.
///
/// CRS_ODD=full tries every value with every odd image; otherwise a part of them, which is another one for each command.
/// CRS_ODD_COMMAND=NAME tries one command, CRS_ODD_LOG=FILE names each call before it is made.
@Suite(.serialized) struct OddValueTests {
  private static let isFull = ProcessInfo.processInfo.environment["CRS_ODD"] == "full"
  /// They leave the process, move it, ask or run programs.
  private static let leftOut: Set<String> = [
    "exit", "cd", "kernel", "plugin", "source", "set", "undo", "redo", "vars",
  ]
  private static let names: [String] = {
    let all = (try? Builtins.registry())?.names ?? []
    let wanted = ProcessInfo.processInfo.environment["CRS_ODD_COMMAND"]
    return all.filter { !leftOut.contains($0) && (wanted == nil || wanted == $0) }
  }()
  /// No call on images this small may take longer [s].
  private static let longest = 30.0

  @Test(arguments: names) func oddImagesGiveValuesOrErrors(name: String) throws {
    let trial = try Trial(name)
    for (title, image) in OddImages.all {
      for exposures in trial.takesStack ? [1, 2, 3, 4] : [3] {
        try trial.call("\(title), \(exposures) exposures", image, exposures: exposures)
      }
    }
    if trial.takesStack { try trial.callMixed() }
    trial.check()
  }

  @Test(arguments: names) func oddValuesGiveValuesOrErrors(name: String) throws {
    let trial = try Trial(name)
    let images = Self.isFull ? OddImages.all.map(\.image) : [OddImages.scene]
    for image in images {
      for parameter in trial.manifest.parameters {
        try trial.try(parameter, image, step: Self.isFull ? 1 : trial.step)
      }
    }
    trial.check()
  }

  /// Calls of one command.
  final class Trial {
    let manifest: CommandManifest
    private let entry: Entry
    private let session: Session
    private let scratch: ScratchFolder
    private var calls = 0
    private var values = 0
    private var slowest = (seconds: 0.0, what: "")
    private let before: Int

    init(_ name: String) throws {
      let registry = try Builtins.registry()
      entry = try registry.entry(named: name)
      manifest = entry.manifest
      session = Session(registry: registry)
      scratch = try ScratchFolder()
      before = Trial.memory
    }

    var takesStack: Bool { manifest.parameters.contains { $0.isRequired && $0.kind == .stack } }

    /// In the short form only every so manieth value is tried where a call takes long.
    var step: Int { ["crmasks", "compute", "mmdiagram"].contains(manifest.name) ? 5 : 2 }

    /// A call with the parameters that must be given.
    func call(_ title: String, _ image: Image, exposures: Int) throws {
      let make = OddArguments(image: image, exposures: exposures, folder: scratch.path)
      try run(title, required(make))
    }

    func callMixed() throws {
      let mixed = [OddImages.scene, OddImages.all[0].image].map { Value.image($0) }
      var arguments = required(OddArguments(image: OddImages.scene, folder: scratch.path))
      for k in arguments.indices { if case .stack = arguments[k].value { arguments[k].value = .list(mixed) } }
      try run("mixed shapes", arguments, mustFail: true)
    }

    /// A parameter with odd values.
    func `try`(_ parameter: ParameterManifest, _ image: Image, step: Int) throws {
      let make = OddArguments(image: image, folder: scratch.path)
      let others = required(make, without: parameter.name)
      for (k, odd) in make.odd(parameter).enumerated() where (k + calls) % step == 0 || odd.isOutside {
        try run(
          "\(parameter.name)=\(odd.value.literal ?? odd.value.kindName)",
          others + [Argument(name: parameter.name, value: odd.value)], mustFail: odd.isOutside)
      }
    }

    private func required(_ make: OddArguments, without left: String? = nil) -> [Argument] {
      manifest.parameters.compactMap { parameter in
        guard parameter.isRequired || Trial.isWanted(parameter), parameter.name != left else { return nil }
        if parameter.name == "seed" { return Argument(name: "seed", value: .integer(1)) }
        return make.usual(parameter).map { Argument(name: parameter.name, value: $0) }
      }
    }

    /// Numbers that make a call the same each time and let it come to its work.
    private static func isWanted(_ parameter: ParameterManifest) -> Bool { parameter.name == "seed" }

    private func run(_ what: String, _ arguments: [Argument], mustFail: Bool = false) throws {
      let title = "\(manifest.name) \(what.prefix(80))"
      Trial.log(title)
      let cancellation = Cancellation()
      let context = CommandContext(
        work: Work(threads: 2, cancellation: cancellation), host: session, report: { _ in }, note: { _ in })
      let timer = DispatchWorkItem { cancellation.raise() }
      DispatchQueue.global().asyncAfter(deadline: .now() + OddValueTests.longest, execute: timer)
      let start = ContinuousClock.now
      do {
        let result = try entry.call(arguments, context)
        #expect(!mustFail, "\(title) should be refused")
        // What a prompt would print.
        for value in result.values { #expect(!value.summary.isEmpty, "\(title)") }
        values += 1
      } catch let error as CRSError {
        #expect(error.kind != .interrupted, "\(title) takes too long")
        #expect(!error.message.isEmpty && !error.message.contains("Swift."), "\(title): \(error)")
        if mustFail { #expect(error.kind != .file, "\(title): \(error)") }
      }
      timer.cancel()
      let duration = ContinuousClock.now - start
      let seconds =
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
      if seconds > slowest.seconds { slowest = (seconds, what) }
      calls += 1
    }

    /// That there was something to see, and what it took.
    func check() {
      #expect(calls > 0)
      #expect(slowest.seconds < OddValueTests.longest, "\(manifest.name) \(slowest.what)")
      let grown = Trial.memory - before
      #expect(grown < 1 << 30, "\(manifest.name): the process grew by \(grown >> 20) MiB")
      print(
        "\(manifest.name): \(calls) calls, \(values) with a value, at most \((slowest.seconds * 1000).rounded() / 1000) s"
          + " (\(slowest.what.prefix(50)))")
    }

    /// The largest memory that the process ever had [bytes].
    private static var memory: Int {
      let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
      let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
      return (Int(line.filter(\.isNumber)) ?? 0) * 1024
    }

    private static let file = ProcessInfo.processInfo.environment["CRS_ODD_LOG"].flatMap { path in
      FileManager.default.createFile(atPath: path, contents: nil) ? FileHandle(forWritingAtPath: path) : nil
    }

    private static func log(_ text: String) { file?.write(Data((text + "\n").utf8)) }
  }
}
