import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// The folder in which Jupyter finds how the kernel is started.
struct KernelSpec {
  enum Place {
    case user
    case prefix(String)
    /// The virtual or conda environment that is active.
    case environment
  }

  let folder: String

  /// - Throws: `CRSError` (data) where no environment is active, or a variable names no place.
  init(at place: Place) throws {
    switch place {
    case .user: folder = Self.kernel(in: try Self.userData())
    case .prefix(let path):
      folder = Self.kernel(in: URL(fileURLWithPath: path).standardizedFileURL.path + "/share/jupyter")
    case .environment:
      guard let environment = Self.environment else {
        throw CRSError.data(
          "no environment is active", parameter: "sys_prefix",
          expected: "VIRTUAL_ENV or CONDA_PREFIX to be set")
      }
      folder = Self.kernel(in: environment + "/share/jupyter")
    }
  }

  private init(data: String) { folder = Self.kernel(in: data) }

  /// Everywhere that Jupyter looks.
  static var all: [KernelSpec] {
    var places = [try? userData()].compactMap { $0 }
    if let environment { places.append(environment + "/share/jupyter") }
    places += ["/usr/local/share/jupyter", "/usr/share/jupyter"]
    return places.map { KernelSpec(data: $0) }
  }

  // MARK: - What stands in it

  /// The kernel that it starts; nil where there is no specification of crs.
  var program: String? {
    guard let data = FileManager.default.contents(atPath: folder + "/kernel.json"),
      let json = try? JSONValue(bytes: Array(data)), json["language"]?.string == "crs"
    else { return nil }
    return json["argv"]?.items?.first?.string ?? ""
  }

  /// Writes the specification, in the place of an older one.
  ///
  /// - Returns: its folder.
  /// - Throws: `CRSError` (file) when the kernel is not built or the folder cannot be written.
  func install() throws -> String {
    let program = Self.installedProgram
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw CRSError.file(
        "the kernel is not there", file: program, expected: "crs-kernel beside crs",
        hint: "scripts/build makes it")
    }
    let json: JSONValue = [
      "argv": [.text(program), "-f", "{connection_file}"], "display_name": "crs", "language": "crs",
      "interrupt_mode": "message", "metadata": ["debugger": false],
    ]
    let files = AtomicFiles()
    try files.makeFolder(folder)
    let contents = try KernelLogo.contents() + [Array(json.lines.utf8)]
    for (name, bytes) in zip(KernelLogo.names + ["kernel.json"], contents) {
      try files.file(folder + "/" + name, existing: .replace).append(bytes)
    }
    try files.commit()
    return folder
  }

  /// Takes the specification away.
  ///
  /// - Throws: `CRSError` (file) when there is none of crs.
  func uninstall() throws -> String {
    guard program != nil else {
      throw CRSError.file(
        "no kernel specification of crs", file: folder, hint: "kernel list tells where there are any")
    }
    for name in KernelLogo.names + ["kernel.json"]
    where unlink(folder + "/" + name) != 0 && errno != ENOENT {
      throw CRSError.file("cannot be removed", file: folder + "/" + name)
    }
    // Somebody else's files in it stay.
    rmdir(folder)
    return folder
  }

  // MARK: - Places

  private static func kernel(in data: String) -> String { data + "/kernels/crs" }

  /// The user's data folder of Jupyter.
  ///
  /// - Throws: `CRSError` (data) for a JUPYTER_DATA_DIR that is another folder in every place. Such an XDG_DATA_HOME is
  ///   passed over, as its standard says.
  static func userData(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> String {
    if let folder = environment["JUPYTER_DATA_DIR"], !folder.isEmpty {
      guard folder.hasPrefix("/") else {
        throw CRSError.data("JUPYTER_DATA_DIR is '\(folder)'", expected: "a path that begins with /")
      }
      return folder
    }
    if let folder = environment["XDG_DATA_HOME"], folder.hasPrefix("/") { return folder + "/jupyter" }
    return Session.home + "/.local/share/jupyter"
  }

  private static var environment: String? {
    let environment = ProcessInfo.processInfo.environment
    return ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap { environment[$0] }.first { !$0.isEmpty }
  }

  /// The kernel lies beside the program that runs.
  private static var installedProgram: String {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("crs-kernel").path
  }
}
