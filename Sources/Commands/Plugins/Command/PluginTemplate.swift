import Calling
import Files
import Foundation
import Glibc
import Kernels
import Pipeline

/// A new plugin that works at once.
struct PluginTemplate {
  enum Kind: String, WordParameter { case script, python, c }

  let name: String
  let kind: Kind

  /// The first folder of the path that is, or can be made, the user's.
  ///
  /// - Throws: `CRSError` (file) when there is none.
  static func folder() throws -> String {
    var obstacles: [String] = []
    for folder in PluginPath.folders {
      do {
        // Only folders that trust would pass are of use.
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        _ = try Trust.resolved(folder)
      } catch {
        obstacles.append(folder + ((error as? CRSError).map { " (\($0.message))" } ?? ""))
        continue
      }
      if access(folder, W_OK | X_OK) == 0 { return folder }
      obstacles.append(folder)
    }
    throw CRSError.file(
      "no folder of the plugin path can be written: " + obstacles.joined(separator: ", "),
      file: name(of: obstacles),
      hint: "CRS_PLUGIN_PATH=FOLDER names another")
  }

  private static func name(of obstacles: [String]) -> String { PluginPath.folders.first ?? "plugins" }

  /// Writes the files of the plugin into a new folder.
  ///
  /// - Returns: the folder.
  /// - Throws: `CRSError` (file) when there is one of that name already.
  func write(into place: String) throws -> String {
    let folder = place + "/" + name
    guard access(folder, F_OK) != 0, access(folder + ".crs", F_OK) != 0 else {
      throw CRSError.exists(folder, expected: "a name that is free", hint: nil)
    }
    guard mkdir(folder, 0o755) == 0 else {
      throw CRSError.file("the folder cannot be made: \(String(cString: strerror(errno)))", file: folder)
    }
    chmod(folder, 0o755)
    let old = umask(0o022)
    defer { umask(old) }
    for (file, text) in files {
      let written = try AtomicFile(folder + "/" + file, existing: .refuse)
      try written.append(text)
      try written.commit()
    }
    return folder
  }

  var files: [(String, String)] {
    switch kind {
    case .script: [("plugin.json", json), (name + ".crs", script), ("test.crs", test)]
    case .python:
      [
        ("plugin.json", json), ("plugin.py", python), ("crs_plugin.py", SharedFiles.python),
        ("test.crs", test),
      ]
    case .c:
      [
        ("plugin.json", json), (name + ".c", source), ("crs_plugin.h", SharedFiles.header),
        ("Makefile", makefile), ("test.crs", test),
      ]
    }
  }

  // MARK: - All kinds

  private var program: String {
    switch kind {
    case .script: "\"script\": \"\(name).crs\""
    case .python: "\"run\": [\"python3\", \"plugin.py\"],\n  \"keep\": true"
    case .c: "\"library\": \"\(name).so\""
    }
  }

  private var json: String {
    let head = """
      { "protocol": 1,
        "name": "\(name)",\(kind == .script ? "" : "\n  \"version\": \"0.1.0\",")
        "summary": "An image without its background, times a factor",
        "author": "",
        "license": "",
        \(program)
      """
    if kind == .script { return head + "\n}\n" }
    return head + """
      ,
        "commands": [
          { "name": "\(name)",
            "summary": "Subtract the median of an image and multiply it by a factor",
            "family": "My commands",
            "examples": ["s = simulate nx=60 ny=50 n=1 seed=1\\n\(name) (s[1]) factor=2"],
            "results": [ { "name": "out", "kind": "image", "like": "image", "help": "what is left" } ],
            "parameters": [
              { "name": "image", "kind": "image", "positional": true, "help": "what to work on" },
              { "name": "factor", "kind": "number", "default": 1, "minimum": 0, "help": "what to multiply it by" }
            ] }
        ] }

      """
  }

  private var test: String {
    """
    # Run by: plugin check \(name)
    s = simulate nx=60 ny=50 n=1 seed=1
    out = \(name) (s[1]) factor=2
    stats out

    """
  }

  // MARK: - Each

  private var script: String {
    """
    def \(name) image factor=1
      # Subtract the median of an image and multiply it by a factor
      # image (image): what to work on
      # factor (number, 0...1000): what to multiply it by
      # returns: out image what is left
      # example: s = simulate nx=60 ny=50 n=1 seed=1; \(name) (s[1]) factor=2
      level = stats image median
      out = (image - level) * factor
      return out
    end

    """
  }

  private var python: String {
    """
    # The command \(name) of crs; plugin.json declares its parameters and results, docs/plugins.md explains both.
    import numpy as np

    try:
        from cosmicrs.plugin import PluginError, command, progress, serve
    except ImportError:  # the same on nothing but NumPy, beside this file
        from crs_plugin import PluginError, command, progress, serve


    @command
    def \(name)(image, factor):
        level = np.nanmedian(image.pixels)
        if not np.isfinite(level):
            raise PluginError("the image has no finite pixel", parameter="image")
        progress(0.5, "subtracting")
        return (image.pixels - level) * factor


    serve()

    """
  }

  private var source: String {
    """
    /* The command \(name) of crs: plugin.json declares its parameters and results, crs_plugin.h explains the functions. */
    #include "crs_plugin.h"

    #include <stdlib.h>
    #include <string.h>

    static const crs_host *host;

    static int ascending(const void *a, const void *b) {
      const float x = *(const float *)a, y = *(const float *)b;
      return (x > y) - (x < y);
    }

    static int run(void *self, const crs_call *call) {
      (void)self;
      size_t width, height;
      const float *in = host->pixels(call, "image", 0, &width, &height);
      double factor = 1;
      host->number(call, "factor", &factor);
      const size_t count = width * height;
      float *out = host->result_image(call, "out", width, height);
      float *sorted = malloc(count * sizeof *sorted);
      if (!in || !out || !sorted) {
        free(sorted);
        return host->fail(call, "there is not enough memory", NULL, NULL, NULL);
      }
      size_t finite = 0;
      for (size_t i = 0; i < count; i++) {
        if (in[i] == in[i]) sorted[finite++] = in[i];
      }
      if (finite == 0) {
        free(sorted);
        return host->fail(call, "the image has no finite pixel", "image", NULL, NULL);
      }
      qsort(sorted, finite, sizeof *sorted, ascending);
      /* The mean of the two in the middle, which are one for an odd number. */
      const float level = (sorted[(finite - 1) / 2] + sorted[finite / 2]) / 2;
      free(sorted);
      const float by = (float)factor;
      for (size_t i = 0; i < count; i++) {
        if (i % 1000000 == 0 && host->should_stop(call)) return 1;
        out[i] = (in[i] - level) * by;
      }
      return 0;
    }

    int crs_plugin_v1(const crs_host *given, crs_plugin *plugin) {
      if (given->protocol < CRS_PLUGIN_PROTOCOL) return 1;
      host = given;
      plugin->protocol = CRS_PLUGIN_PROTOCOL;
      plugin->run = run;
      return 0;
    }

    """
  }

  private var makefile: String {
    """
    # make, then: crs -c 'plugin enable \(name)'
    CFLAGS ?= -O3 -Wall
    \(name).so: \(name).c crs_plugin.h
    \t$(CC) $(CFLAGS) -fPIC -shared -o $@ $<

    """
  }
}
