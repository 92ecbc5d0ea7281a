"""The detector pvalue on a second simulator: scripts/bench fields [--no-peer] [--runs=3] [--only=NAME]

For each field, with a plain detector and with one that has warm and hot pixels, unlike sensitivities, correlated and
non-Gaussian readout noise, and whole ADU: completeness and false pixels of the detections (before dilation) of
mmpvalue and of numina-crmasks 0.36.0 (mmcosmic, flux factors given), and false core pixels for 1 and 10 asked for
without any particle. Prints Markdown. Definitions as in `detector.py`; noise and gain are those of the simulation.
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
from astropy.io import fits

from _fields import echelle, fixed_pattern, imaging, longslit, particles, readout
from truth import BASE, crs

NX, NY, NOISE, GAIN = 400, 320, 4.0, 1.4  # electrons, electrons/ADU
REAL = dict(warm=2e-3, correlated=0.15, tails=2e-3, whole=True)
#        field, its options, exposures, events a pixel and exposure, detector, [micrometre]
CASES = {
    "imaging": (imaging, {}, 3, 7e-4, {}, 20),
    "imaging, real detector": (imaging, {}, 3, 7e-4, REAL, 20),
    "imaging, thick silicon": (imaging, {}, 3, 7e-4, REAL, 250),
    "imaging, n = 5": (imaging, {}, 5, 3e-3, REAL, 20),
    "imaging, FWHM 1.4 pixels": (imaging, dict(fwhm=1.4), 3, 7e-4, REAL, 20),
    "imaging, FWHM 0.8 pixels": (imaging, dict(fwhm=0.8), 3, 7e-4, REAL, 20),
    "imaging, seeing changes 4 %": (imaging, dict(seeing=0.04), 3, 7e-4, REAL, 20),
    "imaging, flux 0.85, 1, 1.1": (imaging, dict(flux=(0.85, 1, 1.1)), 3, 7e-4, REAL, 20),
    "echelle": (echelle, {}, 3, 7e-4, {}, 20),
    "echelle, real detector": (echelle, {}, 3, 7e-4, REAL, 20),
    "echelle, thick silicon": (echelle, {}, 3, 7e-4, REAL, 250),
    "echelle, n = 4": (echelle, {}, 4, 2e-3, REAL, 20),
    "echelle, moved 0.1 pixel": (echelle, dict(drift=0.1), 3, 7e-4, REAL, 20),
    "long slit": (longslit, {}, 3, 7e-4, {}, 20),
    "long slit, real detector": (longslit, {}, 3, 7e-4, REAL, 20),
    "long slit, thick silicon": (longslit, {}, 3, 7e-4, REAL, 250),
    "long slit, dense": (longslit, {}, 3, 4e-3, REAL, 20),
    "imaging, only correlated noise": (imaging, {}, 3, 7e-4, dict(correlated=0.15), 20),
    "imaging, only non-Gaussian tails": (imaging, {}, 3, 7e-4, dict(tails=2e-3), 20),
    "imaging, only warm and hot pixels": (imaging, {}, 3, 7e-4, dict(warm=2e-3), 20),
    "imaging, only whole ADU": (imaging, {}, 3, 7e-4, dict(whole=True), 20),
}


def option(name, default):
    return next((a.split("=", 1)[1] for a in sys.argv[1:] if a.startswith(f"--{name}=")), default)


def exposures(case, seed, with_particles=True):
    """Exposures [ADU] and electrons of particles in each."""
    field, options, n, density, detector, thickness = case
    options = dict(options)
    seeing, drift, flux = options.pop("seeing", 0), options.pop("drift", 0), options.pop("flux", (1,) * n)
    rng = np.random.default_rng(seed)
    patterns = int(rng.integers(1 << 30))
    rays = [np.zeros((NY, NX)) for _ in range(n)]
    if with_particles:
        for k in range(n):
            rays[k] += particles(NX, NY, rng, rng.poisson(density * NX * NY), thickness)
        # Particles that hit the same place twice are rare: forty more pairs.
        for _ in range(40):
            place = (rng.uniform(0, NX), rng.uniform(0, NY))
            for k in rng.choice(n, (n + 1) // 2, replace=False):
                rays[k] += particles(NX, NY, rng, 1, thickness, at=[place])
    out = []
    for k in range(n):
        same = np.random.default_rng(seed + 1000)
        step = drift * (k - (n - 1) / 2)
        image = field(NX, NY, same, width=1 + seeing * (k - (n - 1) / 2), shift=(step, step), **options)
        image = fixed_pattern(image.shape, np.random.default_rng(patterns), image, detector.get("warm", 0))
        adu = (rng.poisson(image * flux[k]) + rays[k]
               + readout(image.shape, rng, NOISE, detector.get("correlated", 0), detector.get("tails", 0))) / GAIN
        out.append((np.rint(adu) if detector.get("whole") else adu).astype(np.float32))
    return out, np.array(rays), flux


def detections(images, flux, folder, words="far=1"):
    for k, image in enumerate(images):
        fits.writeto(f"{folder}/e_{k + 1}.fits", image, overwrite=True)
    names = " ".join(f"e_{k + 1}.fits" for k in range(len(images)))
    rnoise = float(np.hypot(NOISE / GAIN, 0.29 if np.all(images[0] == np.rint(images[0])) else 0))
    statements = [f"s = load {names} gain={GAIN} rnoise={rnoise:.5f} bias=0"]
    factors = "" if len(set(flux)) == 1 else " flux_factor=[" + ",".join(map(str, flux)) + "]"
    for k, word in enumerate(words if isinstance(words, list) else [words]):
        statements += [f"p, m = mmpvalue s {word}{factors}", f"save m m{k}.fits overwrite=yes"]
    subprocess.run([crs, "-c", "\n".join(statements)], cwd=folder, check=True, capture_output=True)
    return [fits.getdata(f"{folder}/m{k}.fits") > 0 for k in range(len(statements) // 2)]


def peer(images, flux, folder):
    program = os.path.join(os.path.dirname(sys.executable), "numina-crmasks")
    text = BASE.replace("mm_lacosmic", "mmcosmic").replace("to: simulated", "to: original")
    text = text.replace("gain: 1.0", f"gain: {GAIN}").replace("rnoise: 3.4", f"rnoise: {NOISE / GAIN:.5f}")
    lines = {"mm_boundary_fit": "spline", "mm_nsimulations": 10}
    if len(set(flux)) > 1:
        lines["flux_factor"] = list(flux)
    with open(f"{folder}/p.yaml", "w") as file:
        file.write("images: [" + ", ".join(f"e_{k + 1}.fits" for k in range(len(images))) + "]\n" + text
                   + "".join(f"  {k}: {v}\n" for k, v in lines.items()))
    done = subprocess.run([program, "p.yaml"], cwd=folder, capture_output=True, env=dict(os.environ, MPLBACKEND="Agg"))
    return fits.getdata(f"{folder}/crmasks.fits", "MEDIANCR") > 0 if done.returncode == 0 else None


def score(flags, rays):
    spoilt = np.sort(rays, axis=0)[-((len(rays) + 1) // 2)]
    true = spoilt > 8 * NOISE
    return (flags & true).sum() / max(1, true.sum()), int((flags & ~(spoilt > NOISE)).sum()), int(true.sum())


def cell(values):
    if not values:
        return "failed"
    values = np.array(values, float)
    return f"{values[:, 0].mean():.3f} ({values[:, 0].std():.3f}), {values[:, 1].mean():.1f}"


def main():
    runs, with_peer = int(option("runs", "3")), "--no-peer" not in sys.argv
    print("| field | spoilt | pvalue: completeness, false | " + ("numina 0.36.0 | " if with_peer else "")
          + "no particles: default, asked 1, asked 10 |")
    print("| --- | --- | --- | " + ("--- | " if with_peer else "") + "--- |", flush=True)
    for name, case in CASES.items():
        if option("only", "") not in name:
            continue
        found, peers, none = [], [], []
        for seed in range(1, runs + 1):
            with tempfile.TemporaryDirectory(prefix="crs-fields-") as folder:
                images, rays, flux = exposures(case, seed)
                found.append(score(detections(images, flux, folder)[0], rays))
                if with_peer and (flags := peer(images, flux, folder)) is not None:
                    peers.append(score(flags, rays)[:2])
                images, _, flux = exposures(case, seed + 500, with_particles=False)
                none.append([m.sum() for m in detections(
                    images, flux, folder,
                    ["far=1", "far=1 pmax=0.5 hysteresis=0 minimum_max2d_rnoise=0", "far=10 pmax=0.5 hysteresis=0 minimum_max2d_rnoise=0"])])
        print(f"| {name} | {np.mean([f[2] for f in found]):.0f} | {cell(found)} | "
              + (f"{cell(peers)} | " if with_peer else "") + ", ".join(f"{v:.1f}" for v in np.mean(none, 0)) + " |", flush=True)


if __name__ == "__main__":
    main()
