"""Completeness and purity of MEDIANCR detections on simulated exposures: scripts/bench truth [--no-peer] [--small]

For the four examples, three densities of cosmic rays, and 3, 4 and 5 exposures, crs (its default boundary, the exact
diagram, the boundary whose extension may fall, and the detector pvalue) and numina-crmasks 0.36.0 get the same exposures and parameters, without dilation. A pixel counts
as spoilt when enough exposures to spoil the median hold more than 8 sigma of readout noise of cosmic rays; a
detection is pure when they hold more than 1 sigma. Prints a table in Markdown.
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
from astropy.io import fits

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
crs = os.path.join(root, ".build/release/crs")
NOISE = 3.4
# What differs between the examples: simulation, and requirements for crs and for numina.
CASES = {
    "1": ([], {}, {}),
    "3": (["--flux", "[0.8,1,1.2]"], {"flux_factor": "auto"}, {"flux_factor": "auto"}),
    "4": (["--offsets", "[[-0.5,0.5],[0,0],[0.5,-0.25]]"], {"mm_crosscorr_region": [41, 260, 31, 210]},
          {"mm_crosscorr_region": [41, 260, 31, 210]}),
}
PIECEWISE = {"mm_boundary_fit": "piecewise", "mm_fixed_points_in_boundary": [[0, 40], [100, 90], [300, 150]]}
BASE = """gain: 1.0
rnoise: 3.4
bias: 0.0
requirements:
  crmethod: mm_lacosmic
  use_lamedian: False
  interactive: False
  apply_flux_factor_to: simulated
  dilation: 0
  maxplots: 0
  la_gain_apply: True
  la_sigclip: 5.0
  la_sigfrac: 0.3
  la_objlim: 5.0
  la_satlevel: 65535.0
  la_niter: 4
  la_sepmed: True
  la_cleantype: meanmask
  la_fsmode: convolve
  la_psfmodel: gaussxy
  la_psffwhm_x: 2.5
  la_psffwhm_y: 2.5
  la_psfsize: 11
  la_psfbeta: 4.765
  mm_knots_splfit: 3
  mm_niter_boundary_extension: 4
  mm_weight_boundary_extension: 10.0
  mm_threshold: 0.0
  mm_minimum_max2d_rnoise: 5.0
  mm_seed: 1
"""


def text(n, extra):
    values = {"mm_boundary_fit": "spline", "mm_nsimulations": 10, **extra}
    lines = "".join(f"  {key}: {value}\n" for key, value in values.items())
    return "images: [" + ", ".join(f"e_{i + 1}.fits" for i in range(n)) + "]\n" + BASE + lines


def score(folder, masks, n):
    with fits.open(f"{folder}/e_truth.fits") as truth:
        rays = np.sort([truth[f"CR{i + 1}"].data for i in range(n)], axis=0)
    flags = fits.getdata(f"{folder}/{masks}", "MEDIANCR") > 0
    spoilt = rays[-((n + 1) // 2)]
    true, real = spoilt > 8 * NOISE, spoilt > NOISE
    return (flags & true).sum() / max(1, true.sum()), (flags & real).sum() / max(1, flags.sum()), int(true.sum())


def run(command, folder):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=dict(os.environ, MPLBACKEND="Agg"))
    return None if result.returncode == 0 else (result.stderr or result.stdout).strip().splitlines()[-1][:70]


def main():
    peer = os.path.join(os.path.dirname(sys.executable), "numina-crmasks")
    variants = ["boundary", "may fall", "exact", "pvalue"] + ([] if "--no-peer" in sys.argv else ["numina"])
    print("| example | n | density | spoilt | " + " | ".join(variants) + " |")
    print("| --- | --- | --- | --- | " + " | ".join("---" for _ in variants) + " |", flush=True)
    for name, (simulate, ours, theirs) in list(CASES.items()) + [("2", ([], PIECEWISE, PIECEWISE))]:
        for n in (3, 4, 5) if name == "1" else (3,):
            for density in ("4e-4", "2e-3", "6e-3"):
                with tempfile.TemporaryDirectory(prefix="crs-truth-") as folder:
                    subprocess.run(
                        [crs, "simulate", "--nx", "300", "--ny", "240", "--n", str(n), "--seed", "13", "--density", density,
                         "--coincidences", "60", "--prefix", "e", *simulate], cwd=folder, check=True, capture_output=True)
                    cells = []
                    for variant in variants:
                        extra = {"may fall": {"mm_robust_extension": False}, "exact": {"mm_nsimulations": "exact"}, "pvalue": {"mm_detector": "pvalue"}}.get(variant, {})
                        path = f"{folder}/{variant.replace(' ', '_')}.yaml"
                        with open(path, "w") as file:
                            file.write(text(n, {**(theirs if variant == "numina" else ours), **extra}))
                        if variant == "numina":
                            failure = run([peer, path], folder)
                            masks = "crmasks.fits"
                        else:
                            failure = run([crs, "crmasks", path, "--output_dir", variant, "--figures", "no"], folder)
                            masks = f"{variant}/crmasks.fits"
                        if failure:
                            cells.append(failure)
                            continue
                        completeness, purity, spoilt = score(folder, masks, n)
                        cells.append(f"{completeness:.3f} / {purity:.3f}")
                    print(f"| {name} | {n} | {density} | {spoilt} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
