// swift-tools-version: 6.1
// crs: removes cosmic rays from FITS exposures.
//
// Dependencies, each with its reason and its Debian package (installed by scripts/install-packages):
// - cfitsio    (libcfitsio-dev)  reads and writes every kind of FITS file; used only in Sources/Core/Files/FITS
// - zlib       (zlib1g-dev)      gzips files on all cores, interruptibly; used only in Sources/Core/Files/FITS
// - libyaml    (libyaml-dev)     reads parameter files; used only in Sources/Core/Files/YAML
// - cairo      (libcairo2-dev)   draws figures as PNG and PDF; used only in Sources/Plot, with the fontconfig that it
//                                brings, which knows the fonts there are
// - libdeflate (libdeflate-dev)  compresses PNG files, MIT: as fast as a compressor of our own, half the size; used
//                                only in Sources/Plot/Output. gzip stays with zlib, whose pieces join to one stream
// - libedit    (libedit-dev)     edits lines at the prompt; used only in Sources/Shell
// - kissfft    (libkissfft-dev)  Fourier transforms, BSD-3; its C++ header, since the packaged library has single
//                                precision only; used only in Sources/Core/Kernels/Numerics
// - libzmq     (libzmq3-dev)     carries the messages of notebooks; only crs-kernel loads it (LGPL-3 with the exception
//                                for linking, as a shared library; all others are permissively licensed)
// - libsodium  (libsodium-dev)   signs those messages (HMAC-SHA256); both used only in Sources/Shell/Notebook
import PackageDescription

let strict: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "crs",
  products: [
    .executable(name: "crs", targets: ["Shell"]),
    .executable(name: "crs-kernel", targets: ["NotebookKernel"]),
  ],
  targets: [
    // MARK: - C libraries
    .systemLibrary(
      name: "CCFITSIO", path: "Sources/Core/Files/Modules/CCFITSIO", pkgConfig: "cfitsio",
      providers: [.apt(["libcfitsio-dev"])]),
    .systemLibrary(
      name: "CYAML", path: "Sources/Core/Files/Modules/CYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(
      name: "CZlib", path: "Sources/Core/Files/Modules/CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CKissFFT", path: "Sources/Core/Kernels/Modules/CKissFFT"),
    .systemLibrary(name: "CLanes", path: "Sources/Core/Kernels/Modules/CLanes"),
    .systemLibrary(name: "CProcessors", path: "Sources/Core/Kernels/Modules/CProcessors"),
    .systemLibrary(name: "CRoom", path: "Sources/Core/Kernels/Modules/CRoom"),
    .systemLibrary(name: "CDisk", path: "Sources/Core/Files/Modules/CDisk"),
    .systemLibrary(
      name: "CCairo", path: "Sources/Plot/Modules/CCairo", pkgConfig: "cairo",
      providers: [.apt(["libcairo2-dev"])]),
    .systemLibrary(
      name: "CDeflate", path: "Sources/Plot/Modules/CDeflate", pkgConfig: "libdeflate",
      providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(
      name: "CEditline", path: "Sources/Shell/Modules/CEditline", pkgConfig: "libedit",
      providers: [.apt(["libedit-dev"])]),
    .target(name: "CMemory", path: "Sources/Shell/Modules/CMemory"),
    .systemLibrary(
      name: "CZMQ", path: "Sources/Shell/Notebook/Modules/CZMQ", pkgConfig: "libzmq",
      providers: [.apt(["libzmq3-dev"])]),
    .systemLibrary(
      name: "CSodium", path: "Sources/Shell/Notebook/Modules/CSodium", pkgConfig: "libsodium",
      providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CPlugins", path: "Sources/Commands/PluginModules/CPlugins"),

    // MARK: - The program, in the order in which one part may use another
    .target(
      name: "Kernels", dependencies: ["CKissFFT", "CLanes", "CProcessors", "CRoom"],
      path: "Sources/Core/Kernels",
      exclude: ["Modules"],
      swiftSettings: strict),
    .target(
      name: "Files", dependencies: ["Kernels", "CCFITSIO", "CDisk", "CYAML", "CZlib"],
      path: "Sources/Core/Files",
      exclude: ["Modules"], swiftSettings: strict),
    .target(
      name: "Pipeline", dependencies: ["Kernels", "Files"], path: "Sources/Core/Pipeline",
      swiftSettings: strict),
    .target(
      name: "Plot", dependencies: ["Kernels", "Files", "CCairo", "CDeflate"], exclude: ["Modules"],
      swiftSettings: strict),
    .target(
      name: "Calling", dependencies: ["Kernels", "Files", "Pipeline", "Plot"], path: "Sources/Commands",
      exclude: [
        "Builtins.swift", "Families.swift", "Combine", "Crmasks", "Detect", "Figures", "Files", "Masks",
        "Meta",
        "Notebook", "PluginModules", "Plugins", "Tables",
      ], sources: ["Calling", "Telling", "Session"], swiftSettings: strict),
    .target(
      name: "Plugins", dependencies: ["Kernels", "Files", "Pipeline", "Calling", "CPlugins"],
      path: "Sources/Commands/Plugins", swiftSettings: strict),
    .target(
      name: "Commands", dependencies: ["Kernels", "Files", "Pipeline", "Plot", "Calling", "Plugins"],
      exclude: ["Calling", "Telling", "Session", "Plugins", "PluginModules"], swiftSettings: strict),
    .target(
      name: "Language", dependencies: ["Kernels", "Files", "Pipeline", "Plot", "Calling", "Plugins"],
      path: "Sources/Shell/Language", swiftSettings: strict),
    .executableTarget(
      name: "Shell",
      dependencies: ["Calling", "Plugins", "Commands", "Language", "CEditline", "CMemory"],
      exclude: ["Modules", "Language", "Notebook", "NotebookKernel"],
      swiftSettings: strict),
    .target(
      name: "Notebook",
      dependencies: [
        "Kernels", "Files", "Pipeline", "Plot", "Calling", "Plugins", "Commands", "Language", "CMemory",
        "CZMQ",
        "CSodium",
      ],
      path: "Sources/Shell/Notebook", exclude: ["Modules"], swiftSettings: strict),
    .executableTarget(
      name: "NotebookKernel", dependencies: ["Notebook", "CMemory"], path: "Sources/Shell/NotebookKernel",
      swiftSettings: strict),

    // MARK: - Tests
    .target(
      name: "TestSupport", dependencies: ["Kernels", "Files", "Pipeline", "Calling", "Commands", "Language"],
      path: "Tests/TestSupport"),
    .testTarget(name: "ArchitectureTests"),
    .testTarget(
      name: "CoreTests", dependencies: ["Kernels", "Files", "Pipeline", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(name: "PlotTests", dependencies: ["Plot", "Pipeline", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(name: "CommandsTests", dependencies: ["Calling", "Plugins", "Commands", "TestSupport"]),
    .testTarget(name: "LanguageTests", dependencies: ["Commands", "Language", "TestSupport"]),
    .testTarget(name: "NotebookTests", dependencies: ["Notebook", "TestSupport"]),
    .testTarget(name: "ShellTests", dependencies: ["Shell", "Plugins", "TestSupport"]),
    .testTarget(name: "PinTests", dependencies: ["CZlib", "Shell", "TestSupport"], exclude: ["Fixtures"]),
    // What fuzzing feeds; it has the sources of the terminal's keys by links, since programs are no libraries.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Kernels", "Files", "Pipeline", "Calling", "Plugins", "Commands", "Language", "TestSupport",
      ],
      path: "Tests/FuzzTargets"),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"], exclude: ["Corpus", "Dictionaries"]),
  ],
  swiftLanguageModes: [.v6]
)

// Builds with sanitizers take long: scripts/sanitize names the test targets that it runs.
if let wanted = Context.environment["CRS_TESTS"] {
  package.targets.removeAll { $0.type == .test && !wanted.split(separator: " ").contains(Substring($0.name)) }
}

// Needs the fuzzer's runtime: scripts/fuzz builds it.
if Context.environment["CRS_FUZZ"] == "1" {
  package.targets.append(
    .executableTarget(name: "FuzzDriver", dependencies: ["FuzzTargets"], path: "Tests/FuzzDriver"))
  package.products.append(.executable(name: "crs-fuzz", targets: ["FuzzDriver"]))
}
