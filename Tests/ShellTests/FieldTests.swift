import Files
import Foundation
import TestSupport
import Testing

/// Tables, texts and habits from the field.
@Suite struct FieldTests {
  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = try EndToEndTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func write(_ text: String, _ name: String, _ folder: URL) throws {
    let file = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
  }

  private func text(_ name: String, _ folder: URL) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  /// A byte-order mark, before parameter files, boundaries and tables.
  @Test func marksOfByteOrderAreSkipped() throws {
    try inFolder { folder in
      try write(
        "\u{FEFF}kind: spline\nknots: [0, 10, 20]\ncoefficients: [1, 2, 3, 4, 5]\npoints: []\n", "b.yaml",
        folder)
      try write("\u{FEFF}x,y\n1,2\n", "t.csv", folder)
      let ended = try EndToEndTests.crs(["-c", "b = load b.yaml; t = load t.csv; t[x]"], in: folder)
      #expect(ended.status == 0 && ended.output.hasSuffix("[1]\n"), "\(ended.errors)")
      try write("\u{FEFF}kind: spline\nknots: 3\n", "c.yaml", folder)
      #expect(try EndToEndTests.crs(["-c", "b = load c.yaml"], in: folder).errors.contains("c.yaml:2:"))
    }
  }

  /// Quotes around values of a parameter file, as templates write them, and whole numbers with a point.
  @Test func quotedValuesMeanWhatTheySay() throws {
    try inFolder { folder in
      let root = EndToEndTests.root.appendingPathComponent("examples/demo.yaml")
      let simulated = try EndToEndTests.crs(
        ["simulate", "--nx", "64", "--ny", "48", "--seed", "4", "--prefix", "e"], in: folder)
      #expect(simulated.status == 0)
      let plain = try String(contentsOf: root, encoding: .utf8).replacing("OUTPUT/exposure", with: "e")
      let lines = plain.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let quoted = lines.map { line -> String in
        let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2,
          ["mm_seed", "la_gain_apply", "dilation", "gain"].contains(parts[0].trimmingBlanks())
        else {
          return line
        }
        let value = parts[1].split(separator: "#")[0].trimmingBlanks()
        return parts[0].hasSuffix("dilation") ? "\(parts[0]): \(value).0" : "\(parts[0]): \"\(value)\""
      }
      #expect(quoted != lines)
      try write(plain, "a.yaml", folder)
      try write(quoted.joined(separator: "\n"), "b.yaml", folder)
      for name in ["a", "b"] {
        let ended = try EndToEndTests.crs(
          ["crmasks", "\(name).yaml", "--figures", "no", "--output_dir", name], in: folder)
        #expect(ended.status == 0, "\(ended.errors)")
      }
      let same = try EndToEndTests.crs(
        ["-c", "c = compare a/crmasks.fits[MEANCRT] b/crmasks.fits[MEANCRT]; c[1, first] == c[1, both]"],
        in: folder)
      #expect(same.output.hasSuffix("yes\n"), "\(same.output)\(same.errors)")
    }
  }

  /// What is written comes back: NaN, commas and quotes in names, leading zeros, whole numbers of 64 bits.
  @Test func tablesComeBack() throws {
    try inFolder { folder in
      let script = """
        t = newtable 'flux, sky' 'peak "raw"' id code
        t = addrow t (0 / 0) inf 4295806720123456789 '007'
        t = addrow t 0.5 -1.25 9007199254740993 '012'
        save t t.csv
        u = load t.csv
        save u u.csv
        u['flux, sky']; u[id]; u[code]
        """
      let ended = try EndToEndTests.crs(["-c", script], in: folder)
      #expect(ended.status == 0, "\(ended.errors)")
      #expect(
        try text("t.csv", folder)
          == "\"flux, sky\",\"peak \"\"raw\"\"\",id,code\nnan,inf,4295806720123456789,007\n0.5,-1.25,9007199254740993,012\n"
      )
      #expect(try text("u.csv", folder) == text("t.csv", folder))
      #expect(
        ended.output.hasSuffix("[nan, 0.5]\n[4295806720123456789, 9007199254740993]\n['007', '012']\n"),
        "\(ended.output)")
    }
  }

  /// A column of texts is written as it was read, also where some of them look like numbers.
  @Test func textColumnsComeBackByteForByte() throws {
    try inFolder { folder in
      let text =
        "id,n,mixed,good\nA1,1e5,n/a,yes\n1e5,2.50,1e3,no\n007,3,1.50,yes\nnan,4,,maybe\n+5,0x10,nan,no\n"
      try write(text, "a.csv", folder)
      let script =
        "t = load a.csv; save t b.csv; u = load b.csv; save u c.csv; t[id]; t[mixed]; t[n]; t[good]"
      let ended = try EndToEndTests.crs(["-c", script], in: folder)
      #expect(ended.status == 0, "\(ended.errors)")
      #expect(try self.text("b.csv", folder) == text && self.text("c.csv", folder) == text)
      #expect(ended.output.contains("['A1', '1e5', '007', 'nan', '+5']"), "\(ended.output)")
      // Numbers and texts in one column stay apart.
      let own =
        "t = newtable v w; t = addrow t 3 '1e5'; t = addrow t 'x' '7'; t = addrow t '5' 'yes'; save t d.csv"
      let mixed = try EndToEndTests.crs(
        ["-c", own + "; u = load d.csv; u[v]; u[w]; save u e.csv"], in: folder)
      #expect(mixed.output.hasSuffix("[3, 'x', '5']\n['1e5', '7', 'yes']\nwrote e.csv\n"), "\(mixed.output)")
      #expect(try self.text("e.csv", folder) == self.text("d.csv", folder))
      try write("x , y\n 1, 2.5\n 2, 3.5\n", "f.csv", folder)
      let blanks = try EndToEndTests.crs(["-c", "t = load f.csv; t[x]; t[y]"], in: folder)
      #expect(blanks.output.hasSuffix("[1, 2]\n[2.5, 3.5]\n"), "\(blanks.output)\(blanks.errors)")
      try write("x,y\n1,nan\n2,nan\n", "g.csv", folder)
      let all = try EndToEndTests.crs(["-c", "t = load g.csv; save t h.csv; t[y]"], in: folder)
      #expect(all.output.hasSuffix("[nan, nan]\n"), "\(all.output)")
    }
  }

  /// Cells without a number leave a column numeric; doubled names are reported and stay apart.
  @Test func foreignTablesAreTaken() throws {
    try inFolder { folder in
      try write("x,y\n1,0.5\n2,nan\n3,-NaN\n4,inf\n5,\n6,0.6\n", "a.csv", folder)
      let drawn = try EndToEndTests.crs(["-c", "u = load a.csv; plot u t.png x=x y=y; u[y]"], in: folder)
      #expect(
        drawn.status == 0 && drawn.output.hasSuffix("[0.5, nan, nan, inf, nan, 0.6]\n"), "\(drawn.errors)")
      try write("x,y,x\n1,2,30\n3,4,50\n", "d.csv", folder)
      let doubled = try EndToEndTests.crs(["-c", "u = load d.csv; u[x_2]"], in: folder)
      #expect(doubled.errors.contains("'x' stands there twice") && doubled.output.hasSuffix("[30, 50]\n"))
    }
  }

  @Test func columnsShowTheDigitsThatTellValuesApart() throws {
    try inFolder { folder in
      try write(
        "jd,x,flux\n2459000.71234,1234.5,1.00012\n2459000.71236,1235.25,1.00015\n2459000.71239,51234.56,1.00019\n",
        "jd.csv", folder)
      let ended = try EndToEndTests.crs(["-c", "u = load jd.csv; info u"], in: folder)
      #expect(
        ended.output.hasSuffix(
          """
                     jd         x     flux
          2459000.71234   1234.50  1.00012
          2459000.71236   1235.25  1.00015
          2459000.71239  51234.56  1.00019

          """), "\(ended.output)")
    }
  }

  /// Every exposure is drawn, long titles stay inside, letters that no font has are reported.
  @Test func figuresLeaveNothingOut() throws {
    try inFolder { folder in
      let sheet = try EndToEndTests.crs(
        ["-c", "s = simulate nx=40 ny=30 n=40 seed=1; plot s sheet.pdf"], in: folder)
      #expect(sheet.status == 0, "\(sheet.errors)")
      let title =
        "NGC 7331 slit 2, 2026-11-20T21:14:33, exposure 3 of 9 (1200 s), cosmic rays removed with the diagram, second "
        + "reduction with measured offsets"
      let long = try EndToEndTests.crs(
        ["-c", "s = simulate nx=80 ny=60 n=1 seed=1; plot s[1] a.pdf width=3.5 title='\(title)'"], in: folder)
      #expect(long.status == 0, "\(long.errors)")
      // A private character is in no font.
      let boxes = try EndToEndTests.crs(
        ["-c", "s = simulate nx=40 ny=30 n=1 seed=1; plot s[1] b.png title='NGC \u{F8FF}'"], in: folder)
      #expect(
        boxes.status == 0 && boxes.errors.contains("no font of this machine has \u{F8FF}"), "\(boxes.errors)")
      let columns = (1...14).map { "c\($0)" }.joined(separator: " ")
      let many = try EndToEndTests.crs(
        ["-c", "t = newtable \(columns); t = addrow t \(columns.filter { $0 != "c" }); plot t c.png"],
        in: folder)
      #expect(many.errors.contains("10 of 13 columns are drawn"), "\(many.errors)")
      let log = try EndToEndTests.crs(
        ["-c", "t = newtable x y; t = addrow t 1 0; t = addrow t 2 5; plot t d.png ylog=yes"], in: folder)
      #expect(log.errors.contains("1 values are not above 0"), "\(log.errors)")
    }
  }

  /// Errors that were passed over are counted, and the status says that something failed.
  @Test func failuresAreTold() throws {
    try inFolder { folder in
      let script = "set on_error=continue\nfor f in nope_1.fits nope_2.fits\n  x = load $f\nend\n"
      let ended = try EndToEndTests.crs(["-c", script], in: folder)
      #expect(ended.status == 3 && ended.errors.hasSuffix("2 errors were passed over\n"), "\(ended.errors)")
      #expect(try EndToEndTests.crs(["-c", script + "exit 0"], in: folder).status == 0)
    }
  }

  /// `source` looks beside the script; a missing one is called so.
  @Test func scriptsAreFound() throws {
    try inFolder { folder in
      try write("source settings.crs\ny\n", "sub/main.crs", folder)
      try write("y = 3\n", "sub/settings.crs", folder)
      #expect(try EndToEndTests.crs(["sub/main.crs"], in: folder).output.hasSuffix("3\n"))
      let missing = try EndToEndTests.crs(["nosuch.crs"], in: folder)
      #expect(missing.status == 3 && missing.errors.contains("nosuch.crs: no such file"))
    }
  }

  /// All errors of a script, and endings that cannot be written.
  @Test func checkReportsAllErrors() throws {
    try inFolder { folder in
      try write(
        """
        s = simulate nx=20 ny=20 seed=1
        x = = 3
        m = median q
        plot s a.txt
        t = label (s[1] > 3)
        save t b.fits
        for
          y = 1
        end
        n = t; m = dilate n
        z = nosuch 1 2

        """, "t.crs", folder)
      let ended = try EndToEndTests.crs(["t.crs", "--check"], in: folder)
      let lines = ended.errors.split(separator: "\n").filter { $0.hasPrefix("t.crs:") }
        .compactMap { $0.split(separator: ":").dropFirst().first.flatMap { Int($0) } }
      #expect(ended.status == 2 && lines == [2, 3, 4, 6, 7, 10, 11], "\(ended.errors)")
    }
  }

  /// Reading and running 100,000 lines.
  @Test func longScriptsAreQuick() throws {
    try inFolder { folder in
      try write("x = 0\n" + (0..<99_999).map { "x = x + \($0)\n" }.joined(), "long.crs", folder)
      let ended = try EndToEndTests.crs(
        ["-c", "!bash -c 'time -p \(EndToEndTests.binary.path) long.crs > out.txt'"], in: folder)
      let seconds = ended.errors.split(separator: "\n").compactMap { line -> Double? in
        let words = line.split(separator: " ")
        return words.first == "user" ? words.last.flatMap { Double($0) } : nil
      }
      #expect(try text("out.txt", folder).hasSuffix("x: 4999850001\n"))
      #expect(seconds.count == 1 && seconds[0] < 2, "\(ended.errors)")
    }
  }
}
