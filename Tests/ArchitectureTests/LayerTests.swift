import Foundation
import Testing

/// The order of the folders in docs/architecture.md, kept by reading the sources.
@Suite struct LayerTests {
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

  /// The folders of each module; each may use those before it.
  private static let layers: [(module: String, folders: [String])] = [
    (
      "Core/Kernels",
      [
        "Work", "Planes", "Numerics", "Noise", "Overscan", "Stacks", "Combination", "LACosmic", "Pairs",
        "Registration",
        "Diagram",
        "Simulation", "Probability", "Masking",
      ]
    ),
    ("Core/Files", ["Text", "Writing", "Exposure", "FITS", "CSV", "YAML"]),
    (
      "Core/Pipeline",
      ["Values", "Notebook", "Settings", "Tables", "Pairs", "Noise", "Report", "Products", "Run"]
    ),
    ("Plot", ["Values", "Drawing", "Axes", "Layers", "Layout", "Output", "Figures"]),
    (
      "Commands",
      [
        "Calling", "Telling", "Session", "Plugins", "Figures", "Files", "Crmasks", "Combine", "Detect",
        "Masks",
        "Tables",
        "Notebook", "Meta", ".",
      ]
    ),
    ("Commands/Plugins", ["Values", "Finding", "Process", "Library", ".", "Command"]),
    (
      "Shell/Language",
      [
        "Functions", "Help", "Syntax", "Replay", "Frontend", "Evaluation", "Definitions", "Checking",
        "Completion", "Running",
      ]
    ),
    ("Shell", ["Language", "Notebook", "NotebookKernel", "Terminal", "Prompt", "Serve", "Calls", "."]),
    ("Shell/Notebook", ["Messages", "Sockets", "Cells", "Server"]),
  ]

  /// Known arrows that run up.
  private static let accepted: Set<String> = []

  @Test(arguments: layers.map(\.module)) func foldersUseOnlyThoseBelow(_ module: String) throws {
    let order = try #require(Self.layers.first { $0.module == module }).folders
    let graph = FolderGraph(of: module, among: try FolderGraph.sources(below: Self.sources))
    #expect(graph.folders.count > 2 && !graph.arrows.isEmpty)
    print("\(module):\n  " + graph.lines.joined(separator: "\n  "))
    for folder in graph.folders {
      #expect(order.contains(folder), "\(module)/\(folder) has no place in the order of folders")
    }
    for arrow in graph.arrows {
      guard let from = order.firstIndex(of: arrow.from), let to = order.firstIndex(of: arrow.to), to > from,
        !Self.accepted.contains("\(module): \(arrow.from) -> \(arrow.to)")
      else { continue }
      Issue.record(
        "\(arrow.from) must not use \(arrow.to): \(arrow.reasons.sorted().joined(separator: "; "))")
    }
  }

  /// The reader of sources sees what it has to see.
  @Test func declarationsAndUsesAreFound() {
    let text = SourceText(
      """
      import Glibc
      // struct Comment {}
      /// Doc of `Other`.
      package struct Shown: Equatable {
        private struct Inner {}
        var text = "a \\(Interpolated.value) } struct InText {}"
      }
      private enum Hidden {}
      extension Plane { func widened() -> Wide { helper(1).narrowed } }
      package func helper(_ x: Int) {}
      """)
    #expect(text.types == ["Shown"])
    #expect(text.functions == ["helper"])
    #expect(text.imports == ["Glibc"])
    #expect(text.members.ofExtensions == ["widened"])
    #expect(text.uses.types.isSuperset(of: ["Equatable", "Plane", "Wide"]))
    #expect(!text.uses.types.contains("Comment") && !text.uses.types.contains("InText"))
    #expect(text.uses.functions.contains("helper") && text.uses.members.contains("narrowed"))
  }

  /// The kernels know no files and no Foundation; each C library is used in one folder.
  @Test func importsStayWhereTheyBelong() throws {
    let allowed: [(prefix: String, modules: Set<String>)] = [
      (
        "Core/Kernels/",
        ["Glibc", "Dispatch", "Synchronization", "CKissFFT", "CLanes", "CProcessors", "CRoom"]
      )
    ]
    let owners: [String: String] = [
      "CKissFFT": "Core/Kernels/Numerics/", "CLanes": "Core/Kernels/Numerics/",
      "CProcessors": "Core/Kernels/Work/", "CRoom": "Core/Kernels/Work/", "CCFITSIO": "Core/Files/FITS/",
      "CZlib": "Core/Files/FITS/",
      "CYAML": "Core/Files/YAML/", "CDisk": "Core/Files/Writing/", "CCairo": "Plot/Drawing/",
      "CDeflate": "Plot/Output/",
      "CEditline": "Shell/", "CMemory": "Shell/",
      "CZMQ": "Shell/Notebook/Sockets/", "CSodium": "Shell/Notebook/Messages/",
    ]
    let sources = try FolderGraph.sources(below: Self.sources)
    for (path, text) in sources {
      for module in text.imports {
        if let owner = owners[module] { #expect(path.hasPrefix(owner), "\(path) imports \(module)") }
        for rule in allowed where path.hasPrefix(rule.prefix) {
          #expect(rule.modules.contains(module), "\(path) imports \(module)")
        }
      }
    }
    #expect(sources.count > 200)
  }
}
