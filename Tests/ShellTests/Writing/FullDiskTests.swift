import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// Saves on a disk that is full from the first byte or becomes so: a small disk in memory, mounted for one process.
@Suite struct FullDiskTests {
  /// Whether this process may mount disks for its children.
  private static let canMount =
    (try? status(of: ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], in: "/")) == 0

  private static func status(of words: [String], in folder: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Runs the program on a disk of one megabyte, of which `free` kilobytes are left, with files that hold "old".
  ///
  /// - Returns: its status and errors; then the names on the disk and the contents of `old`.
  private func run(
    _ arguments: [String], free: Int, old: [String], preparing: String = ":", in scratch: ScratchFolder
  ) throws -> (ended: Program.Ended, names: [String], contents: [String]) {
    mkdir(scratch.file("disk"), 0o700)
    let script = """
      here=$PWD; mount -t tmpfs -o size=1m,nr_inodes=300 none disk && cd disk || exit 99
      for name in \(old.joined(separator: " ")); do printf old > $name; done
      head -c \(free * 1024) /dev/zero > hole
      \(preparing)
      cat /dev/zero > filler 2> /dev/null; rm hole
      "$@"; status=$?
      ls -A > ../names; for name in \(old.joined(separator: " ")); do cat $name; echo; done > ../contents
      exit $status
      """
    let ended = try Program.run(
      arguments, in: scratch.url, by: ["unshare", "-rm", "sh", "-c", script, "sh"])
    func lines(_ name: String) throws -> [String] {
      try String(contentsOfFile: scratch.file(name), encoding: .utf8).split(separator: "\n").map(String.init)
    }
    return (ended, try lines("names").filter { $0 != "filler" }, try lines("contents"))
  }

  @Test(.enabled(if: canMount), arguments: WrittenFormat.all) func everyFormatSaysSo(format: WrittenFormat)
    throws
  {
    for free in [0, 40] where free == 0 || !["f.yaml", "f.crs", "f.pdf"].contains(format.name) {
      let scratch = try ScratchFolder()
      let result = try run(
        ["-c", format.statement(overwrite: true)], free: free, old: [format.name], in: scratch)
      #expect(result.ended.status == 3, "\(result.ended)")
      #expect(
        result.ended.errors.contains("\(format.name): cannot be written: the disk is full"), "\(result.ended)"
      )
      #expect(result.names == [format.name] && result.contents == ["old"])
    }
  }

  @Test(.enabled(if: canMount)) func transcriptsBeginWithSomethingOrNot() throws {
    let scratch = try ScratchFolder()
    let result = try run(["-c", "set record=t.crs"], free: 0, old: [], in: scratch)
    #expect(
      result.ended.status == 3 && result.ended.errors.contains("t.crs: cannot be written: the disk is full"))
    #expect(result.names == [])
    // A transcript that is there is not cut.
    let later = try run(
      ["-c", "set record=t.crs"], free: 0, old: ["t.crs"],
      preparing: "head -c 4096 /dev/zero | tr '\\0' x > t.crs", in: ScratchFolder())
    #expect(later.ended.status == 3 && later.contents == [String(repeating: "x", count: 4096)])
  }

  @Test(.enabled(if: canMount)) func productsOfARunAppearTogether() throws {
    let scratch = try ScratchFolder()
    let made = try Program.run(
      ["simulate", "--nx", "80", "--ny", "60", "--seed", "1", "--prefix", "e"], in: scratch.url)
    #expect(made.status == 0)
    _ = try scratch.write(Repository.demo(), "p.yaml")
    let old = ["crmasks.fits", "combined_mediancr.fits", "problematic_pixels.csv", "terminal_output.txt"]
    for (free, figures) in [(0, "no"), (200, "no"), (400, "yes")] {
      let result = try run(
        ["crmasks", scratch.file("p.yaml"), "--output_dir", ".", "--figures", figures], free: free, old: old,
        in: scratch)
      #expect(result.ended.status == 3, "\(result.ended)")
      #expect(result.ended.errors.contains("cannot be written: the disk is full"), "\(result.ended.errors)")
      #expect(result.ended.errors.contains("the products of a run appear together: none was written"))
      #expect(result.names == old.sorted() && result.contents == old.map { _ in "old" })
    }
    let nowhere = try run(
      ["crmasks", scratch.file("p.yaml"), "--output_dir", "deep/er"], free: 0, old: [],
      preparing: "rm hole; i=0; while true > f$i; do i=$((i + 1)); done", in: scratch)
    #expect(
      nowhere.ended.status == 3 && nowhere.ended.errors.contains("the disk is full"), "\(nowhere.ended)")
  }

  @Test(.enabled(if: canMount)) func pairsAndExposuresAppearTogether() throws {
    let scratch = try ScratchFolder()
    let made = try Program.run(
      ["simulate", "--nx", "200", "--ny", "150", "--n", "2", "--seed", "1", "--prefix", "e"], in: scratch.url)
    #expect(made.status == 0)
    let pair = ["a.fits", "b.fits", "m.fits"]
    let inputs = [scratch.file("e_1.fits"), scratch.file("e_2.fits")]
    let result = try run(
      ["cr2images"] + inputs + ["--overwrite", "yes"] + pair.flatMap { ["--out", $0] }, free: 200, old: pair,
      in: scratch)
    #expect(result.ended.status == 3 && result.ended.errors.contains("the disk is full"), "\(result.ended)")
    #expect(result.names == pair && result.contents == ["old", "old", "old"])
    let simulated = try run(
      ["simulate", "--nx", "200", "--ny", "150", "--n", "3", "--prefix", "x"], free: 200, old: [], in: scratch
    )
    #expect(simulated.ended.status == 3 && simulated.names == [], "\(simulated.ended)")
  }

  /// The largest size of a file, where nobody may mount disks: its signal does not end the program.
  @Test(arguments: WrittenFormat.all) func theLargestSizeIsAnError(format: WrittenFormat) throws {
    let scratch = try ScratchFolder()
    _ = try scratch.write("old", format.name)
    let ended = try Program.run(
      ["-c", format.statement(overwrite: true)], in: scratch.url,
      by: ["sh", "-c", "{ (ulimit -f 0; \"$@\" 2>&1); echo status $?; } | cat", "sh"])
    #expect(ended.output.contains("status 3"), "\(ended)")
    #expect(
      ended.output.contains("\(format.name): cannot be written: it grows beyond the largest size"), "\(ended)"
    )
    #expect(scratch.names == [format.name])
    #expect(try String(contentsOfFile: scratch.file(format.name), encoding: .utf8) == "old")
  }

  /// cfitsio does not tell of the last bytes that did not fit: no size, also none between whole pages, cuts a file.
  @Test(arguments: ["a.fits", "a.fits.fz", "e.fits", "e.fits.fz"]) func noSizeCutsAFile(name: String) throws {
    let scratch = try ScratchFolder()
    func pixels(_ factor: Int) -> StoredPixels {
      .float32(Plane(width: 30, height: 20, pixels: (0..<600).map { Float($0 * factor % 101) }))
    }
    var file = TestFile()
    file.image(pixels(37))
    if name.hasPrefix("e") {
      file.image(.uint8(Plane(width: 30, height: 20, pixels: (0..<600).map { $0 % 50 == 0 ? 1 : 0 })), "MASK")
      file.image(pixels(23), "UNCERT", ["UTYPE = 'StdDevUncertainty'"])
    }
    try file.write("in.fits", in: scratch)
    let statement = "x = load in.fits; save x \(name) overwrite=yes"
    #expect(try Program.run(["-c", statement], in: scratch.url).status == 0)
    let size = try Data(contentsOf: scratch.url.appendingPathComponent(name)).count
    let step = max(64, size / 90)
    let names = scratch.names
    _ = try scratch.write("old", name)
    let script = """
      for size in $(seq 0 \(step) \(size - 1)) \(size - 1); do
        said=$(prlimit --fsize=$size "$@" 2>&1); status=$?
        case $said in *'\(name): cannot be written: it grows beyond the largest size'*) told=yes;; *) told=no;; esac
        echo $size $status $told $(cat \(name)) $(ls -A | wc -l)
      done
      """
    let ended = try Program.run(["-c", statement], in: scratch.url, by: ["sh", "-c", script, "sh"])
    let lines = ended.output.split(separator: "\n")
    #expect(lines.count == (size - 1) / step + 2)
    for line in lines { #expect(line.hasSuffix(" 3 yes old \(names.count)"), "\(line)") }
    #expect(scratch.names == names)
  }

  /// What cannot be installed leaves nothing of its folders.
  @Test func kernelsThatCannotBeWrittenLeaveNoFolder() throws {
    let scratch = try ScratchFolder()
    let ended = try Program.run(
      ["-c", "kernel install prefix=."], in: scratch.url,
      by: ["sh", "-c", "{ (ulimit -f 0; \"$@\" 2>&1); echo status $?; } | cat", "sh"])
    #expect(ended.output.contains("status 3"), "\(ended)")
    #expect(scratch.names == [])
  }
}
