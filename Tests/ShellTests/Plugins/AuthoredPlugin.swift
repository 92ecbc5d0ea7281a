import Foundation
import TestSupport

/// A plugin in Python as an author writes it, on crs_plugin.py.
struct AuthoredPlugin {
  var name = "mine"
  /// Definitions of functions; `serve()` is added.
  var program: String
  /// Manifests without summary and family.
  var commands: [String]
  var more = ""

  /// A manifest of a command with an image for an argument, or what `parameters` says.
  static func command(
    _ name: String, results: [String] = ["image"], parameters: String? = nil, more: String = ""
  ) -> String {
    let results = results.enumerated().map {
      "{ \"name\": \"out\($0)\", \"kind\": \"\($1)\", \"help\": \"\" }"
    }
    let image = "{ \"name\": \"image\", \"kind\": \"image\", \"positional\": true, \"help\": \"\" }"
    return """
      { "name": "\(name)", "summary": "a test", "family": "Tests", \(more)
        "results": [ \(results.joined(separator: ", ")) ], "parameters": [ \(parameters ?? image) ] }
      """
  }

  var json: String {
    """
    { "protocol": 1, "name": "\(name)", "version": "1.0.0", "summary": "a test", "run": ["python3", "plugin.py"],
      "keep": true, \(more) "commands": [ \(commands.joined(separator: ",\n")) ] }
    """
  }

  /// Writes it into a folder of the path.
  func write(into path: String) throws {
    let folder = path + "/" + name
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    func write(_ text: String, _ file: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + file))
    }
    let module = Repository.root.appendingPathComponent("share/python/crs_plugin.py")
    try write(String(contentsOf: module, encoding: .utf8), "crs_plugin.py")
    try write("import numpy as np\nfrom crs_plugin import *\n\n" + program + "\n\nserve()\n", "plugin.py")
    try write(json, "plugin.json")
  }
}
