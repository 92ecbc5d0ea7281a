// swift-tools-version: 6.1
// crs: removes cosmic rays from FITS exposures.
//
// Dependencies, each with its reason and its Debian package (installed by scripts/install-packages):
// - cfitsio   (libcfitsio-dev)  reads and writes every kind of FITS file; used only in Sources/Core/FITS
// - zlib      (zlib1g-dev)      gzips files on all cores, interruptibly; used only in Sources/Core/FITS
// - libyaml   (libyaml-dev)     reads parameter files; used only in Sources/Core/Settings
// - cairo     (libcairo2-dev)   draws figures as PNG and PDF; used only in Sources/Plot, with the fontconfig that it
//                               brings, which knows the fonts there are
// - libedit   (libedit-dev)     edits lines at the prompt; used only in Sources/Shell
// - kissfft   (libkissfft-dev)  Fourier transforms, BSD-3; its C++ header, since the packaged library has single
//                               precision only; used only in Sources/Core/Numerics
import PackageDescription

let strict: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "crs",
  products: [
    .executable(name: "crs", targets: ["Shell"])
  ],
  targets: [
    // MARK: - C libraries
    .systemLibrary(
      name: "CCFITSIO", path: "Sources/Core/Modules/CCFITSIO", pkgConfig: "cfitsio",
      providers: [.apt(["libcfitsio-dev"])]),
    .systemLibrary(
      name: "CYAML", path: "Sources/Core/Modules/CYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(
      name: "CZlib", path: "Sources/Core/Modules/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CKissFFT", path: "Sources/Core/Modules/CKissFFT"),
    .systemLibrary(name: "CLanes", path: "Sources/Core/Modules/CLanes"),
    .systemLibrary(name: "CRename", path: "Sources/Core/Modules/CRename"),
    .systemLibrary(
      name: "CCairo", path: "Sources/Plot/Modules/CCairo", pkgConfig: "cairo",
      providers: [.apt(["libcairo2-dev"])]),
    .systemLibrary(
      name: "CEditline", path: "Sources/Shell/Modules/CEditline", pkgConfig: "libedit",
      providers: [.apt(["libedit-dev"])]),
    .systemLibrary(name: "CMemory", path: "Sources/Shell/Modules/CMemory"),

    // MARK: - The program, in the order in which one part may use another
    .target(
      name: "Core", dependencies: ["CCFITSIO", "CKissFFT", "CLanes", "CRename", "CYAML", "CZlib"],
      exclude: ["Modules"],
      swiftSettings: strict),
    .target(
      name: "Plot", dependencies: ["Core", "CCairo"], exclude: ["Modules"],
      swiftSettings: strict),
    .target(
      name: "Commands", dependencies: ["Core", "Plot"],
      swiftSettings: strict),
    .executableTarget(
      name: "Shell", dependencies: ["Commands", "CEditline", "CMemory"], exclude: ["Modules"],
      swiftSettings: strict),

    // MARK: - Tests
    .target(name: "TestSupport", dependencies: ["Core"], path: "Tests/TestSupport"),
    .testTarget(name: "CoreTests", dependencies: ["Core", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(name: "PlotTests", dependencies: ["Plot", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(name: "CommandsTests", dependencies: ["Commands", "TestSupport"]),
    .testTarget(name: "ShellTests", dependencies: ["Shell", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
