import Foundation
import TestSupport

/// A plugin in plain Python that does what no plugin should, a command for each way.
enum HostilePlugin {
  static let commands = [
    "well", "hang", "flood", "kind", "shape", "half", "exits", "killed", "cut", "fifo", "link", "above",
    "deletes", "huge", "deaf", "late", "same", "pickled", "unknown", "few", "sleepy", "lines", "shrinks",
    "binary", "keeps", "stuffs",
  ]

  /// Writes the plugin into a folder of the path.
  static func write(into path: String) throws {
    let folder = path + "/hostile"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(program.utf8).write(to: URL(fileURLWithPath: folder + "/plugin.py"))
    try Data(description().utf8).write(to: URL(fileURLWithPath: folder + "/plugin.json"))
  }

  static func description(
    name: String = "hostile", commands: [String] = commands, more: String = "", alias: String = "[]"
  ) -> String {
    let manifests = commands.map { command in
      """
      { "name": "\(command)", "summary": "a test", "family": "Tests",
        "results": [ { "name": "out", "kind": "\(command == "kind" ? "mask" : "image")", "help": "", "like": "image" } ],
        "parameters": [ { "name": "image", "kind": "image", "positional": true, "help": "pixels" },
                        { "name": "list", "kind": "list", "default": null, "help": "numbers", "aliases": \(alias) } ] }
      """.replacing(command == "kind" ? ", \"like\": \"image\"" : "\u{0}", with: "")
    }
    return """
      { "protocol": 1, "name": "\(name)", "version": "1.0.0", "summary": "a test", "run": ["python3", "plugin.py"],
        "keep": true, \(more) "commands": [ \(manifests.joined(separator: ",\n")) ] }
      """
  }

  static let program = #"""
    import json, os, signal, struct, sys, threading, time
    out = os.fdopen(os.dup(1), "wb", 0)
    folder = None
    count = 0
    held = None

    def say(message):
        out.write(json.dumps(message).encode() + b"\n")

    def npy(name, width=6, height=5, value=1.0, claimed=None, data=None):
        head = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }" % (claimed or (height, width))
        head += " " * (117 - len(head)) + "\n"
        data = struct.pack("<%df" % (width * height), *([value] * (width * height))) if data is None else data
        with open(os.path.join(folder, name), "wb") as file:
            file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + head.encode() + data)
        return name

    def image(name):
        return {"image": {"pixels": name}}

    for line in sys.stdin.buffer:
        message = json.loads(line)
        if "hello" in message:
            folder = message["hello"]["folder"]
            say({"hello": {"protocol": PROTOCOL, "name": "NAME", "version": "1.0.0"}})
            continue
        if "bye" in message:
            break
        if "command" not in message:
            continue
        call, mode = message["call"], message["command"]
        given = message["arguments"]["image"]["image"]["pixels"]
        count += 1
        name = "r%d.npy" % count
        def answer(value):
            say({"call": call, "results": [value]})
        if mode == "well":
            answer(image(npy(name)))
        elif mode == "hang":
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(600)
        elif mode == "flood":
            noise = b"x" * 99 + b"\n"
            for k in range(200):
                sys.stderr.buffer.write(noise * 500)
                out.write((json.dumps({"call": call, "progress": 0.5, "stage": "s"}).encode() + b"\n") * 500)
            answer(image(npy(name)))
        elif mode == "kind":
            answer(image(npy(name)))
        elif mode == "shape":
            answer({"image": {"pixels": npy(name), "mask": npy("m.npy", 3, 3)}})
        elif mode == "half":
            out.write(b'{"call":%d,"resu' % call)
            sys.exit(0)
        elif mode == "exits":
            print("the detector is on fire", file=sys.stderr, flush=True)
            os._exit(3)
        elif mode == "killed":
            os.kill(os.getpid(), 9)
        elif mode == "cut":
            answer(image(npy(name, claimed=(500, 600))))
        elif mode == "fifo":
            os.mkfifo(os.path.join(folder, name))
            answer(image(name))
        elif mode == "link":
            os.symlink("/etc/passwd", os.path.join(folder, name))
            answer(image(name))
        elif mode == "above":
            answer(image("../" + os.path.basename(folder) + "/" + given))
        elif mode == "deletes":
            os.unlink(os.path.join(folder, given))
            answer(image(npy(name)))
        elif mode == "huge":
            answer(image(npy(name, claimed=(2 ** 40, 2 ** 40))))
        elif mode == "deaf":
            while True:
                out.write((json.dumps({"call": call, "note": "n" * 1000}).encode() + b"\n") * 100)
        elif mode == "late":
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            time.sleep(2.5)
            answer(image(npy(name)))
        elif mode == "same":
            with open(os.path.join(folder, given), "r+b") as file:
                file.truncate(10)
            answer(image(given))
        elif mode == "pickled":
            head = "{'descr': '|O', 'fortran_order': False, 'shape': (5, 6), }"
            with open(os.path.join(folder, name), "wb") as file:
                file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + b"x" * 500)
            answer(image(name))
        elif mode == "unknown":
            say({"call": call + 5, "results": []})
        elif mode == "few":
            say({"call": call, "results": []})
        elif mode == "sleepy":
            say({"call": call, "note": "begun %d %d" % (os.getpid(), os.getppid())})
            time.sleep(600)
        elif mode == "lines":
            out.write(b"x" * (20 << 20))
        elif mode == "shrinks":
            path = os.path.join(folder, npy(name, 600, 500))
            file = open(path, "r+b")
            answer(image(name))
            file.truncate(200)
        elif mode == "keeps":
            # What was given before is changed behind crs's back.
            if held is not None:
                held.seek(128)
                held.write(struct.pack("<30f", *([9.0] * 30)))
                held.flush()
            held = open(os.path.join(folder, npy(name)), "r+b")
            answer(image(name))
        elif mode == "stuffs":
            # From the next message on nothing is read, and output fills its pipe.
            answer(image(npy(name)))
            noise = (json.dumps({"call": call, "note": "n" * 1000}) + "\n").encode() * 100
            while True:
                out.write(noise)
        elif mode == "binary":
            out.write(bytes(range(256)) + b"\n")
    """#
    .replacing("PROTOCOL", with: "1").replacing("NAME", with: "hostile")
}
