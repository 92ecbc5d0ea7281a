import Glibc
import Kernels
import TestSupport
import Testing

/// `--check` finds what must fail, whatever the values are, and nothing else.
@Suite struct StatementCheckTests {
  private static let setup = """
    s = load n_?.fits gain=1 rnoise=3.4
    x = s[1]
    m = median s
    k = m > 50
    t = label k image=m

    """

  /// A folder with five exposures n_1.fits and so on.
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try ScriptRun().run("simulate nx=60 ny=40 n=5 seed=1 prefix='\(folder.path)/n'")
  }

  private func errors(_ script: String) throws -> [String] { try placed(script).map(\.description) }

  private func placed(_ script: String) throws -> [CRSError] {
    let text = Self.setup.replacing("n_?.fits", with: folder.path + "/n_?.fits") + script
    let path = try folder.write(text, "t.crs")
    return try ScriptRun().interpreter.errors(inFile: path)
  }

  @Test(arguments: [
    ("save k mask.csv", ".csv"), ("save (m > 5) k.csv", ".csv"), ("save t groups.fits", ".fits"),
    ("median s | save m.csv", ".csv"), ("dilate 5", "a Mask"), ("label s", "Stack"), ("lacosmic s", "Stack"),
    ("lacosmic t", "Table"), ("if k\nprint 1\nend", "any(m)"), ("if 3\nprint 1\nend", "yes or no"),
    ("z = sqrt(k)", "sqrt does not apply"), ("t[nope]", "no column 'nope'"),
    ("u = t[1]; u[nope]", "no column 'nope'"),
    ("for r in t\nprint r[nope]\nend", "no column 'nope'"),
    ("z = m[1:900, 1:3]", "leaves the image"), ("z = x[61, 3]", "leaves the image"),
    ("z = s[1:9, 1:99]", "leaves the image"), ("z = x[5]", "no place in pixels"),
    ("z = x[k]", "pixels x where=m"),
    ("z = [1, 2] + [1, 2, 3]", "equal numbers"), ("z = k > 0", "Mask does not compare"),
    ("any(m)", "any does not apply"),
    ("z = m & k", "joins masks"), ("z = t + 1", "Table"), ("z = 'a' * 3", "names no file"),
    ("z = m[1:9, 1:9] + m", "equal shapes"), ("k | grep", "'grep'"), ("t | dilate", "does not take Table"),
    ("if no\nfrobnicate x\nend", "'frobnicate' is not a command"),
    ("if no\nz = nothere + 1\nend", "'nothere'"),
    ("f = yes; lacosmic x sigclip=f", "sigclip: yes does not fit"),
    ("f = no; dilate k f", "size: no does not fit"), ("lacosmic x niter=(1 > 2)", "niter"),
    ("n = 2.5; lacosmic x niter=n", "niter: 2.5 does not fit"), ("n = -5; dilate k n", "size"),
    ("z = x[nothere, 3]", "'nothere'"), ("stats s median | dilate", "dilate does not take"),
  ]) func whatMustFailIsFound(script: String, part: String) throws {
    let found = try errors(script)
    #expect(found.contains { $0.contains(part) }, "\(script): \(found)")
  }

  @Test(arguments: [
    "n = 0\nfor i in 1:3\nif i > 1\nn = n | k\nelse\nn = k\nend\nend",
    "if any(k)\nz = m\nelse\nz = 3\nend\nz = z + 1\nif z > 2\nend",
    "z = x[3, 3] & 4", "z = t[t[peak] > 300]; z = sort t peak; z[1, peak]",
    "t[mine] = t[peak] * 2; print t[mine]",
    "label k image=s | sort peak | countrows", "lacosmic x | dilate 2 | countflagged",
    "save k mask.fits; save m a.fits.gz",
    "l = [1, 2] + 3; l = l * l; z = l[1] + len(l)", "d = s - (stats s median); z = d > 3; z = any(z[1])",
    "q = x[1:60, 1:40]; q = x[:, 3]; q = x[60, :]; q = x[1:9, 40]; q = s[2:4]; q = s[2, 3]",
    "z = where(k, m, 0); z = clip(m, 0, stats(m, max)); z = minimum(m, x)",
    "!true\nb = load n.yaml; z = load u.csv",
    "z = 'a' + 'b'; if z == 'ab'\nend", "!true\nfor f in *.fits\ny = f - 3\nend",
    "if no\nz = m - other.fits\nend",
    "def f a b=3\nreturn a + b\nend\nz = f m; z = z > 3",
    "c = crmasks s; z = c[CRMASK2]; z = dilate(z); z = z & k",
    "drop m; undo; m > 3", "x[3, 3] = 5; k[3, 3] = yes; s[2] = m",
    "!true\nz = load n_1.fits ext=0; z = z + 1",
    "n = info m nx; z = m[1:n, 1:3]; z = m[n - 3:n, 3]",
    "i = 70; if i < 60\nz = m[i, 3]\nend".replacing("70", with: "50"),
  ]) func whatMayRunIsNotTold(script: String) throws {
    let found = try errors(script)
    #expect(found.isEmpty, "\(script): \(found)")
  }

  /// What a script that is run binds and defines is known behind it.
  @Test func scriptsThatAreRunAreFollowed() throws {
    _ = try folder.write("zz = 3\ndef own a; return a + 1; end\n", "lib.crs")
    #expect(try errors("source lib.crs\nx = zz + 1\nown 3").isEmpty)
    #expect(try errors("source lib.crs\nx = yy + 1").count == 1)
    // A script that is not there may have bound anything, but it is not there.
    let missing = try errors("source nosuch.crs\nx = yy + 1\nfrob 3")
    #expect(missing.count == 1 && missing[0].contains("no such file"), "\(missing)")
    #expect(try errors("!make nosuch.crs\nsource nosuch.crs\nx = yy + 1\nfrob 3").isEmpty)
  }

  private static let more =
    "l = [1, 2, 3]; c = crmasks s seed=1; d = mmdiagram s seed=1; b = fitboundary d\n"
    + "def cut x sigma=5; return x > sigma; end\ndef say v; print $v; end\n"

  /// Every line fails when it runs, and is reported with its line.
  @Test(
    arguments: """
      header t EXPTIME
      header 5 EXPTIME
      header l EXPTIME
      info t gain
      info 3 nx
      label 5
      label m
      label x
      label t
      compare k m
      compare k x
      compare k 3
      s[9]
      s[4:9]
      z = s[0]
      z = s[2, 99]
      a, q = [1, 2, 3]
      a, q, r = [1, 2]
      a, q = m
      a, q = s
      z = s - [1, 2]
      z = s[1:2] * l
      pixels m at=[99, 3]
      pixels m at=[3]
      pixels m region=[1:99, 1:5]
      pixels m where=m
      pixels t at=[1, 2]
      pixels m
      pixels m where=k size=3
      sort t nope
      sort t
      sort m peak
      sort l peak
      load nothere.fits
      load 'not here.fits'
      z = load nothere_*.fits
      z = nothere.fits + 1
      lacosmic nothere.fits
      t[nope]
      t[3, nope]
      t[peak, 3]
      t[3, nope] = 5
      z = t + k
      z = t * 2
      z = m + t
      z = k + 'a'
      z = !m
      nope[3] = 5
      m[99, 3] = 5
      l[9] = 3
      z = l[9]
      return 3
      break
      next
      cut
      cut m 3 4
      cut m nope=3
      z = sqrt(1, 2)
      z = sqrt()
      z = len(3)
      z = clip(m, 1)
      z = any(m)
      z = append(3, 4)
      lacosmic m sigclip=-3
      median m
      z = median(m)
      stats t mean
      stats m mean where=m
      stats l mean where=k
      combine m
      combine s masks=k
      dilate k 2 3
      dilate m
      plot m x=peak
      plot t t.png y=nope
      plot k a.png vmin=3
      plot m a.png vmin=0 vmax=9 scale=minmax
      plot m a.pdf dpi=300
      plot m overwrite=yes
      show t region=[1:2, 1:2]
      crmasks m
      for i in m; print i; end
      for i in 3; print i; end
      for f in nosuch*.fits; print f; end
      if 'a'; print 1; end
      if l; print 1; end
      drop nothere
      z = (1:2:0)
      z = (1.5:3)
      countflagged m
      z = m[1.5, 3]
      z = m['a', 3]
      z = c[NOPE]
      z = c[CRMASK9]
      z = c[1]
      newtable a a
      y = newtable p q; y = addrow y 1
      fluxfactor m
      offsets s[1]
      provenance nothere
      s.mean
      t.columns
      compare k k[1:9, 1:9]
      label k image=m[1:9, 1:9]
      stats m mean where=k[1:9, 1:9]
      z = minimum(m, m[1:9, 1:9])
      z = where(k[1:9, 1:9], m, 0)
      cd nosuchfolder
      info m nope
      info m nx ny
      z = 3; z[1]
      z = yes; z[1]
      abs('a')
      -'a'
      minimum(m, 'a')
      t[m, peak]
      t['a', peak]
      t[1, 1]
      z = say 3
      z = 1 + say(3)
      print (say 3)
      print say(3)
      z = plot m
      z = (save m a.fits)
      l[yes]
      l[[yes, no]]
      z = 3; print "${z:zz}"
      z = 3; y = "a ${z:q}.fits"
      print "$m"
      header m EXPTIME ext=7
      header m default=3
      print m - x
      z = median s - 5
      for i in l -1; print i; end
      newtable a + b
      print l+1
      z = (m > median s)
      save m a.fit2
      save t a.dat
      k[1, 1] = 5
      k[1, 1] = m
      k[1, 1] = [1]
      k[1:2, 1:2] = 'a'
      s[1] = 5
      s[1] = k
      s[1] = t
      s[1:2] = yes
      s[1, 1] = [1, 2]
      s[2][1, 1] = t
      m[1, 1] = t
      m[1, 1] = 'a'
      m[1, 1] = l
      m[1, 1] = c
      t[1, peak] = m
      t[mine] = k
      k[1, 1] += 1
      save [1, 2] a.csv
      save l a.csv
      save (1:3) a.csv
      save 'nothing' a.csv
      save yes a.csv
      print $undefd
      print "a $undefd"
      load "$nothere.fits"
      load $nothere.fits
      f = 'nosuch.fits'; z = load f
      n = 5; z = load nosuch_$n.fits
      n = 5; z = load "nosuch_$n.fits"
      z = $nothere + 1
      for f in $nothere; print 1; end
      plot m a.png vmin=5 vmax=2
      show m vmin=5 vmax=5
      plot s a.png vmin=5 vmax=(2 + 1)
      z = [1:3]
      z = [1, 2:4]
      print m.shape
      print m.flux
      s[1:2] = [1, 2]
      w = 'abc'; z = w[1]
      def f a; save a x.txt; end
      m | plot a.gif
      countrows 'z'
      pixels m at=5
      load u.csv gain=2
      save k a.fits bitpix=16
      save t a.csv bitpix=16
      replacetext 'abc' 'x' 'y'
      print [1:3]
      z = 1:3
      pi = 3
      for nan in 1:3; print 1; end
      z = "a\\tb"
      """.split(separator: "\n").map(String.init)
  ) func linesThatFailAreReported(line: String) throws {
    let found = try placed(Self.more + line)
    let number = (Self.setup + Self.more + line).split(separator: "\n").count
    #expect(found.map(\.line) == [number], "\(line): \(found)")
  }

  /// Every line runs, and nothing is reported.
  @Test(
    arguments: """
      header m EXPTIME default=3
      header k EXPTIME default=none
      header s NOSUCH default=3
      info t
      info 3
      info c exposures
      info s gain
      z = info m nx; z = m[1:z, 3]
      label (m > 50)
      label k image=s
      label (m * 0)
      f = where(k, 1, 0); z = label (f + m * 0)
      z = compare k (m > 60)
      z = compare k[1:9, 1:9] k[2:10, 2:10]
      z = s[5]; z = s[5][60, 40]
      z = s[2:5]; z = z[4]
      a, q, r = [1, 2, 3]
      a, q = s[1:2]
      a, q = lacosmic m gain=1 rnoise=3.4
      z = s - [1, 2, 3, 4, 5]
      z = s * (stats s median)
      z = s[1:3] - l
      pixels m at=[60, 40]
      pixels m at=[3, 3] size=3 marks=k
      pixels s region=[1:3, 1:3]
      pixels m where=k
      z = sort t peak
      z = sort l descending=yes
      z = sort t peak; z = z[1, peak]
      z = t[t[peak] > 300]
      t[mine] = t[peak] * 2; z = sort t mine
      z = t[3:4]; z = t[3]; z = t[3, peak]
      m[60, 40] = 5; z = m + 1
      x[1:60, 1:40] = 0; label x
      l[3] = 9; z = l[3]
      z = cut m; z = cut m 3; z = cut m sigma=8
      z = sqrt(abs(m)) + log10(9); z = len(l) + len(s) + len('abc')
      z = clip(m, 0, 5); z = any(k) == all(k)
      z = append(l, 4); z = z[4]
      z = append(s, m); z = z[6]
      z = combine s method=median
      z = combine s masks=c
      dilate k 2 | countflagged
      plot m title='a' region=[1:9, 1:9]
      plot t x=x1 y=peak
      plot m[:, 3] mask=k[:, 3]
      plot d boundary=b
      for i in l; print i; end
      for e in s; z = e - 3; end
      for r in t; print r[peak]; end
      for w in a b c; print w; end
      for i in 1:3; z = i; end; print z
      if any(k); z = s[1]; else; z = 3; end
      n = info s exposures; if n > 8; z = s[9]; end
      n = info m nx; if n > 100; z = m[100, 3]; end
      if countflagged(k) > 1e9; z = load nothere.fits; end
      for e in s[2:2]; z = e; end
      drop l; l = [1]; z = l[1]
      z = (1:5)[3]; z = (1:9:2)[5]
      z = c[CRMASK5] | c[MEDIANCR]; z = c[meancrt]
      w = 'CRMASK1'; z = c[(w)]
      y = newtable p q; y = addrow y 1 2; y = addrow y [3, 4]
      z = fluxfactor s
      provenance m
      z = minimum(m, x); z = where(k, m, s[2])
      z = stats m median where=k region=[1:9, 1:9]
      z = stats s[2:3] mean; z = z[2]
      time z = m + 1
      z = 'a' + 'b'; z = stem('a/b.fits') + folder('a/b')
      z = [m, x]; z = median z; z = median [m, x]
      z = median(s[1:2]) - mean([m, x])
      for i in l + 1; print i; end
      n = 3; for i in 1:n-1; z = i; end
      say 3
      z = 3; print "${z:03d} ${z:.2f}"
      z = 2.5; print "${z:.1f}"
      n = info s exposures; print "${n:02d}"
      l[[yes, no, yes]]
      l[l > 1]
      t[1, peak]
      z = abs(-3) + -len('abc')
      f = 'a'; z = 'b' + f
      z = info m nx; z = info s gain
      header m EXPTIME default=3
      k[1, 1] = yes; k[1:2, 1:2] = k[3:4, 3:4]; k[2, 2] = 3 > 2
      s[1] = m; s[1:2] = [m, x]; s[1, 1] = [1, 2, 3, 4, 5]; s[1, 1] = 5; s[2][3, 3] = 4
      m[1, 1] = 5; m[1:2, 1:2] = m[3:4, 3:4]; m[1, 1] = 2.5; m[1:2, 1:2] = k[3:4, 3:4]
      t[1, peak] = 5; t[1, peak] = 'a'; t[1, peak] = yes; t[mine] = l[1]; t[1] = t[2]
      l[1] = m; l[2] = t; l[1:2] = [k, 3]
      n = 3; print $n "$n" ${n:02d}
      show m vmin=2 vmax=5
      show s vmin=2
      z = (1:3); r = [1:9, 2:5]; z = stats(m, pixels, region=r); z = z + 1
      z = "a\\"b\\\\c\\n\\$d"
      z = load(['a.fits', 'b.fits'][1:0]) == none
      """.split(separator: "\n").map(String.init).dropLast()
  ) func linesThatRunAreNotReported(line: String) throws {
    let found = try errors(Self.more + line)
    #expect(found.isEmpty, "\(line): \(found)")
    let run = try ScriptRun()
    let setup = Self.setup.replacing("n_?.fits", with: folder.path + "/n_?.fits")
    let error = run.error(setup + Self.more + line)
    #expect(error == nil, "\(line): \(error?.description ?? "")")
  }

  /// Settings that are known only at run time keep no other combination from being judged, and are refused only where none
  /// of their values would do.
  @Test(arguments: [
    ("n = stats m median; crmasks s crmethod=lacosmic seed=1 sigclip=n knots_splfit=5", "knots_splfit"),
    ("n = stats m median; c, q = lacosmic m sigclip=n fsmode=median psfsize=5", "psfsize"),
    ("f = any(k); c, q = lacosmic m verbose=f fsmode=median psfsize=5", "psfsize"),
    ("def f x n; c, q = lacosmic x sigclip=n rnoise=3 readnoise=3; end", "readnoise"),
    ("n = info m nx; c, q = lacosmic m niter=n fsmode=median psfsize=5", "psfsize"),
    // None would do.
    ("n = stats m median; d = mmdiagram s nsimulations=exact seed=n", ""),
    ("n = info m nx; c, q = lacosmic m niter=n psffwhm=2", "psffwhm"),
    ("n = stats m median; c, q = lacosmic m psffwhm=n fsmode=convolve", ""),
    ("n = $mode; c, q = lacosmic m fsmode=$n psfsize=5", ""),
    ("f = any(k); z = crmasks s seed=1 figures=f output_dir=o maxplots=2", ""),
  ])
  func whatIsKnownIsJudged(line: String, told: String) throws {
    let found = try errors(line).filter { !$0.contains("$mode") }
    #expect(told.isEmpty ? found.isEmpty : found.count == 1 && found[0].contains(told), "\(line): \(found)")
  }

  /// What the files hold that are there is known.
  @Test func filesAreLookedInto() throws {
    _ = try folder.write("a,b\n1,2\n", "t.csv")
    let file = folder.path + "/n_1.fits"
    for (line, part) in [
      ("z = load \(file)[7]", "has no HDU 7"), ("z = load \(file) ext=7", "has no HDU 7"),
      ("show \(file)[7]", "has no HDU 7"), ("u = load \(folder.path)/t.csv; u[flx]", "no column 'flx'"),
      ("u = load \(folder.path)/t.csv; for r in u; print r[flx]; end", "no column 'flx'"),
    ] {
      let found = try errors(line)
      #expect(found.count == 1 && found[0].contains(part), "\(line): \(found)")
    }
    for line in [
      "z = load \(file)[0]", "z = load \(file) ext=0", "show \(file)[0]", "!true\nz = load \(file)[7]",
      "u = load \(folder.path)/t.csv; u[b]", "u = load \(folder.path)/t.csv; u[c] = u[a]; u[c]",
      "if no\nz = load \(file)[7]\nend",
    ] {
      #expect(try errors(line).isEmpty, "\(line)")
    }
  }

  /// A file that is saved says nothing of others.
  @Test func savedFilesAreKnownByTheirNames() throws {
    let out = folder.path + "/out"
    for (line, file) in [
      ("save m \(out).fits\nload nope.fits", "nope.fits"),
      ("save m \(out).fits\nload \(out)_2.fits", "_2.fits"),
      ("median s | save \(out).fits\nz = load nope.csv", "nope.csv"),
      ("simulate nx=40 ny=40 prefix='\(out)'\nload nope.fits", "nope"),
      ("f = '\(out)'; save m \"$f.fits\"\nz = load nope.csv", "nope.csv"),
      ("history a.crs\nload nope.fits", "nope.fits"),
      ("for i in 1:3; save m \"\(out)_$i.fits\"; end\nload other.csv", "other.csv"),
      ("def put x; save x out.fits; end\nput m\nload nope.fits", "nope.fits"),
      ("def look x; return stats(x, max); end\nz = look m\nload nope.fits", "nope.fits"),
      ("save m \(out).fits\nload nope_*.fits", "nope_*.fits"), ("plot m a.png\nload nope.fits", "nope.fits"),
    ] {
      let found = try errors(line)
      #expect(found.count == 1 && found[0].contains(file), "\(line): \(found)")
    }
    for line in [
      "save m \(out).fits\nload \(out).fits", "save m \(out).fits\nload \(folder.path)/o*.fits",
      "save m \(out).fits.gz\nload \(out).fits", "median s | save \(out).fits\nload \(out).fits[0]",
      "simulate nx=40 ny=40 prefix='\(out)'\nload \(out)_1.fits",
      "f = '\(out)'; save m \"$f.fits\"\nload \(out).fits",
      "for i in 1:3; save m \"\(out)_$i.fits\"; end\nload \(out)_2.fits; load \(out)_?.fits",
      "save m ('\(out)' + '_c.fits')\nload \(out)_c.fits", "w = 'b.fits'; save m w\nload b.fits",
      "def put x f; save x f; end\nput m \(out).fits\nload nope.fits", "!true\nload nope.fits",
      "save m ./b.fits\nload b.fits",
    ] {
      let found = try errors(line)
      #expect(found.isEmpty, "\(line): \(found)")
    }
  }

  /// Arguments that are given for the check are known; numbers may be given later.
  @Test func argumentsOfTheScriptAreKnown() throws {
    let path = try folder.write("print $name $1 \"$2\"\n", "a.crs")
    func found(_ arguments: [String: String]) throws -> [String] {
      let run = try ScriptRun()
      run.interpreter.arguments = arguments
      return try run.interpreter.errors(inFile: path).map(\.description)
    }
    let none = try found([:])
    #expect(
      none.count == 1 && none[0].contains("$name is not given") && none[0].contains("--set name=VALUE"),
      "\(none)")
    #expect(try found(["name": "a"]).isEmpty)
    #expect(try found(["name": "a", "1": "x", "2": "y"]).isEmpty)
    let one = try found(["name": "a", "1": "x"])
    #expect(one.count == 1 && one[0].contains("$2 is not given"), "\(one)")
  }

  /// A branch that never runs is read like all others, and its errors say so.
  @Test func branchesThatNeverRunAreNamed() throws {
    let found = try errors("if no\nfrobnicate x\nelse\nz = nothere\nend\nif yes\nz = 1\nelse\ngrumble x\nend")
    #expect(found.map { $0.contains("never lets this line run") } == [true, false, true], "\(found)")
  }

  /// Time of the processor, whatever else it does.
  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    var (start, end) = (timespec(), timespec())
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
    try body()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
    return Double(end.tv_sec - start.tv_sec) + 1e-9 * Double(end.tv_nsec - start.tv_nsec)
  }

  /// Time grows with the script, not with its square.
  @Test func longScriptsAreCheckedAtOnce() throws {
    let blocks = (0..<20_000).map { "v\($0) = \($0)\nif v\($0) > 3\ny = v\($0)\nend\n" }.joined()
    let loops = (0..<5000).map { "for i in 1:2\nw\($0) = i\nend\n" }.joined()
    let path = try folder.write(blocks + loops, "long.crs")
    let run = try ScriptRun()
    var found: [CRSError] = []
    let time = try seconds { found = try run.interpreter.errors(inFile: path) }
    #expect(found.isEmpty)
    #expect(time < 10, "\(time)")
  }
}
