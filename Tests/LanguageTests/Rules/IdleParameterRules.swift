import Files
import Kernels
import Pipeline
import TestSupport
import Testing

/// A parameter without an effect is an error, whatever takes its effect away.
@Suite struct IdleParameterRules {
  private func run() throws -> ScriptRun {
    let run = try ScriptRun()
    try run.run(
      """
      s = simulate nx=60 ny=50 seed=1; m = median s; k = m > 50
      d = mmdiagram s seed=1; x = mmdiagram s nsimulations=exact; b = fitboundary d
      """)
    return run
  }

  @Test(arguments: [
    ("crmasks s seed=1 nsimulations=20", "detector=pvalue"),
    ("crmasks s seed=1 nsimulations=exact", "detector=pvalue"),
    ("crmasks s seed=1 niter_boundary_extension=5", "detector=pvalue"),
    ("crmasks s seed=1 weight_boundary_extension=5", "detector=pvalue"),
    ("crmasks s seed=1 detector=pvalue robust_extension=no", "detector=pvalue"),
    ("crmasks s seed=1 knots_splfit=5", "detector=pvalue"),
    ("crmasks s seed=1 boundary_fit=spline", "detector=pvalue"),
    ("crmasks s seed=1 fixed_points_in_boundary=[[0, 30]]", "detector=pvalue"),
    ("crmasks s seed=1 threshold=none", "detector=pvalue"),
    ("crmasks s seed=1 detector=pvalue boundary=b", "detector=pvalue"),
    ("crmasks s seed=1 crmethod=lacosmic boundary=b", "crmethod=lacosmic"),
    ("crmasks s seed=1 boundary=b nsimulations=20", "boundary that is given"),
    ("crmasks s seed=1 boundary=b knots_splfit=5", "boundary that is given"),
    ("crmasks s seed=1 detector=boundary nsimulations=exact knots_splfit=5", "nsimulations=exact"),
    (
      "crmasks s seed=1 detector=boundary nsimulations=exact niter_boundary_extension=5", "nsimulations=exact"
    ),
    (
      "crmasks s seed=1 detector=boundary boundary_fit=piecewise fixed_points_in_boundary=[[0, 5], [9, 6]] "
        + "niter_boundary_extension=5", "boundary_fit=piecewise"
    ),
    ("crmasks s seed=1 compat=numina-0.36 robust_extension=no", "compat"),
    ("crmasks s seed=1 compat=numina-0.36 far=5", "compat"),
    ("crmasks s seed=1 compat=numina-0.36 badpixels=k", "compat"),
    ("crmasks s seed=1 detector=boundary veto=no", "detector=boundary"),
    ("crmasks s seed=1 detector=boundary far=5", "detector=boundary"),
    ("crmasks s seed=1 detector=boundary pmax=0.01", "detector=boundary"),
    ("crmasks s seed=1 detector=boundary hysteresis=1", "detector=boundary"),
    ("crmasks s seed=1 detector=boundary prior=flat", "detector=boundary"),
    ("crmasks s seed=1 detector=boundary prior_box=9", "detector=boundary"),
    ("crmasks s seed=1 detector=boundary mismatch=0.1", "detector=boundary"),
    ("crmasks s seed=1 boundary=b far=5", "detector=boundary"),
    ("crmasks s seed=1 detector=boundary niter_boundary_extension=0 robust_extension=no", "extension=0"),
    (
      "crmasks s seed=1 detector=boundary niter_boundary_extension=0 weight_boundary_extension=5",
      "extension=0"
    ),
    ("fitboundary d niter_boundary_extension=0 weight_boundary_extension=5", "extension=0"),
    ("crmasks s seed=1 niter=0 sigclip=4", "niter=0"), ("crmasks s seed=1 niter=0 psfsize=9", "niter=0"),
    ("crmasks s seed=1 niter=0 veto=no", "niter=0"), ("crmasks s seed=1 niter=0 padwidth=3", "niter=0"),
    ("lacosmic m gain=1 rnoise=3 niter=0 sepmed=no", "niter=0"),
    ("lacosmic m gain=1 rnoise=3 niter=0 fsmode=convolve", "niter=0"),
    ("lacosmic m gain=1 rnoise=3 niter=0 inmask=k", "niter=0"),
    ("lacosmic m gain=1 niter=0 invar=m", "niter=0"),
    ("lacosmic m gain=1 rnoise=3 inmask_medians=exact", "no pixel is masked"),
    ("crmasks s seed=1 crmethod=lacosmic veto=no", "crmethod=lacosmic"),
    ("crmasks s seed=1 apply_flux_factor_to=original", "without flux_factor"),
    ("crmasks s seed=1 flux_factor_regions=[[1:30, 1:30]]", "without flux_factor=auto"),
    ("crmasks s seed=1 flux_factor=[1, 1, 1] flux_factor_regions=[[1:30, 1:30]]", "without flux_factor=auto"),
    ("crmasks s seed=1 sky=clear", "without flux_factor=auto"),
    ("crmasks s seed=1 prior=flat prior_box=9", "prior=flat"),
    ("crmasks s seed=1 crosscorr_region=[5:55, 5:45] offsets=crosscorr crosscorr_max=2", "offsets=crosscorr"),
    ("crmasks s seed=1 use_lamedian=yes", "nothing is combined"),
    ("crmasks s seed=1 verbose=yes", "short report"),
    ("crmasks s seed=1 output_dir='no' figures=no semiwindow=4", "figures=no"),
    ("crmasks [s[1], s[2]] seed=1 minimum_max2d_rnoise=3", "two exposures"),
    ("crmasks [s[1], s[2]] seed=1 nsimulations=3", "two exposures"),
    ("crmasks [s[1], s[2]] psfmodel=gauss", "without fsmode=convolve"),
    ("crmasks [s[1], s[2]] fsmode=median psfsize=5", "fsmode=median"),
    ("mmpvalue s prior=flat prior_box=9", "prior=flat"), ("mmpvalue s crosscorr_max=2", "crosscorr_region"),
    ("mmpvalue s flux_factor_regions=[[1:30, 1:30]]", "without flux_factor=auto"),
    ("mmpvalue s scale=x", "more than two exposures"), ("mmpvalue s threshold=none", "detector=pvalue"),
    ("mmpvalue [s[1], s[2]] minimum_max2d_rnoise=3", "two exposures"),
    ("mmdiagram s seed=1 apply_flux_factor_to=original", "without flux_factor"),
    ("mmdiagram s seed=1 crosscorr_max=2", "crosscorr_region"),
    ("fitboundary x knots_splfit=4", "exact diagram"),
    ("fitboundary x robust_extension=no", "exact diagram"),
    ("offsets s compat=numina-0.36 largest=2", "compat"),
    ("simulate nx=30 ny=30 n=1 seed=1 coincidences=5", "one exposure"),
    ("simulate nx=30 ny=30 seed=1 exptime=0 peak=500", "exptime=0"),
    ("simulate nx=30 ny=30 seed=1 exptime=0 flux=[1, 2, 3]", "exptime=0"),
    ("save m 'no.fits' clip=yes", "bitpix of integers"), ("save m 'no.fits' bitpix=-32 clip=yes", "bitpix"),
    ("cr2images s[1] s[2] overwrite=yes", "nothing is written"),
  ])
  func itIsRefused(text: String, reason: String) throws {
    let error = try #require(try run().error(text), "\(text)")
    #expect(error.kind == .usage && error.message.contains("has no effect"), "\(error)")
    #expect(error.message.contains(reason), "\(error)")
  }

  @Test(arguments: [
    "crmasks s seed=1 detector=boundary nsimulations=3 niter_boundary_extension=2 knots_splfit=4",
    "crmasks s seed=1 detector=boundary nsimulations=exact fixed_points_in_boundary=[[10, 60]] knots_splfit=4",
    "crmasks s seed=1 detector=boundary threshold=none", "crmasks s seed=1 boundary=b threshold=none",
    "crmasks s seed=1 compat=numina-0.36 nsimulations=2",
    "crmasks s seed=1 flux_factor=[0.9, 1, 1.1] apply_flux_factor_to=original",
    "crmasks s seed=1 flux_factor=auto flux_factor_regions=[[1:60, 1:50]] sky=clear",
    "crmasks [s[1], s[2]] far=5 prior=flat", "crmasks [s[1], s[2]] fsmode=convolve psfmodel=gauss",
    "crmasks s seed=1 niter=0", "lacosmic m gain=1 rnoise=3 niter=0",
    "lacosmic m gain=1 rnoise=3 inmask=k inmask_medians=exact",
    "fitboundary d niter_boundary_extension=0", "crmasks s seed=1 veto=no",
    "crmasks s seed=1 prior=local prior_box=9",
    "crmasks s seed=1 verbose=no", "mmpvalue s prior=local prior_box=9", "mmpvalue [s[1], s[2]] scale=x",
    "fitboundary d knots_splfit=4", "fitboundary x fixed_points_in_boundary=[[10, 60]] knots_splfit=4",
    "mmdiagram s seed=1 fixed_points_in_boundary=[[0, 40]]", "simulate nx=30 ny=30 n=2 seed=1 coincidences=5",
    "simulate nx=30 ny=30 n=1 seed=1 coincidences=0", "simulate nx=30 ny=30 seed=1 exptime=0 bias=9",
  ])
  func whatHasAnEffectGoesOn(text: String) throws {
    let error = try run().error(text)
    #expect(error == nil, "\(text): \(error.map { "\($0)" } ?? "")")
  }

  /// Records of sessions have a seed in any case: it is told, and none is drawn where nothing depends on it.
  @Test(arguments: [
    ("crmasks s crmethod=lacosmic", "crmethod=lacosmic"), ("crmasks [s[1], s[2]]", "two exposures"),
    ("crmasks s boundary=b", "boundary that is given"),
  ])
  func seedsOfNothing(text: String, reason: String) throws {
    let run = try run()
    let before = run.lines.all.count
    try run.run("a = \(text)\nb2 = \(text)")
    #expect(!run.lines.all.dropFirst(before).contains { $0.contains("seed") })
    #expect(run.session.script.suffix(2).allSatisfy { !$0.contains("seed=") }, "\(run.session.script)")
    guard case .maskSet(let first)? = run.session["a"]?.value,
      case .maskSet(let second)? = run.session["b2"]?.value
    else { throw CRSError.data("no masks") }
    #expect(first.uuid == second.uuid)
    try run.run("c = \(text) seed=7")
    #expect(run.lines.all.contains { $0.hasPrefix("note: seed has no effect") && $0.contains(reason) })
  }

  /// Definitions give a seed to every call inside, which nobody has written.
  @Test func seedsOfDefinitionsAreNotWritten() throws {
    let run = try run()
    try run.run("def f s\n  return mmdiagram(s, nsimulations=exact)\nend\ne = f s")
    try run.run("def g s\n  return crmasks(s, crmethod=lacosmic, log_level=WARNING)\nend\nk2 = g s")
    #expect(!run.lines.all.contains { $0.contains("seed has no effect") })
  }

  /// Whatever the exposures are.
  @Test func aSkyIsNotOfTheOldProgram() throws {
    for sky in ["auto", "[0, 0, 0]"] {
      let error = try run().error("crmasks s seed=1 compat=numina-0.36 sky=\(sky)")
      #expect(error?.message.contains("does not go with compat") == true, "\(String(describing: error))")
    }
  }

  /// Points that the user gives count for an exact diagram too.
  @Test func pointsMoveTheExactBoundary() throws {
    let run = try run()
    let call = "crmasks s seed=1 crmethod=mmcosmic detector=boundary nsimulations=exact log_level=ERROR"
    try run.run("a = \(call); b = \(call) fixed_points_in_boundary=[[0, 1e4], [1e3, 1e4]]")
    try run.run("n = countflagged(a[MEDIANCR]); o = countflagged(b[MEDIANCR])")
    #expect((run.number("n") ?? 0) > (run.number("o") ?? .infinity))
  }
}
