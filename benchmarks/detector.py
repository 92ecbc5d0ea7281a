"""The detector pvalue on simulated truth: scripts/bench detector [--no-peer] [--runs=4]

First, where ../shared/golden is there, its exposures: detections of crmasks with detector=pvalue, factors and offsets
fitted, beside those of the original as stored there. Then the scenes of docs/detector.md: completeness and false pixels of the detections (before dilation), mean of the
runs, for mmpvalue and for numina-crmasks 0.36.0 (mmcosmic, flux factors and offsets given). Last the calibration:
false core pixels found for 0.1, 1, 10 and 100 asked for on exposures without cosmic rays. Prints Markdown.
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
from astropy.io import fits

from truth import BASE, NOISE, crs

SCENES = {
    "eq3": "nx=300 ny=240 density=3e-3 coincidences=30",
    "eq4": "nx=260 ny=200 n=4 density=3e-3 coincidences=30",
    "eq5": "nx=260 ny=200 n=5 density=6e-3 coincidences=30",
    "flux3": "nx=300 ny=240 density=2e-3 coincidences=25 flux=[0.8,1,1.2]",
    "off3": "nx=300 ny=240 density=4e-4 coincidences=25 offsets=[[-0.5,0.5],[0,0],[0.5,-0.25]]",
    "low3": "nx=600 ny=480 density=2e-4 coincidences=60",
    "med3": "nx=600 ny=480 density=9e-4 coincidences=40",
    "high3": "nx=600 ny=480 density=1e-2 coincidences=0",
    "med4": "nx=600 ny=480 n=4 density=9e-4 coincidences=60",
    "med5": "nx=600 ny=480 n=5 density=3e-3 coincidences=60",
    "line3": "nx=600 ny=480 density=9e-4 coincidences=60 peak=4000",
    "hot3": "nx=600 ny=480 density=9e-4 coincidences=60",
    "mflux3": "nx=600 ny=480 density=9e-4 coincidences=60 flux=[0.8,1,1.2]",
    "moff3": "nx=600 ny=480 density=9e-4 coincidences=60 offsets=[[-0.5,0.5],[0,0],[0.5,-0.25]]",
}


def option(name, default):
    return next((a.split("=", 1)[1] for a in sys.argv[1:] if a.startswith(f"--{name}=")), default)


def run(statements, folder):
    subprocess.run([crs, "-c", "\n".join(statements)], cwd=folder, check=True, capture_output=True)


def known(words):
    """Flux factors and offsets of a scene, as both programs take them."""
    found = {}
    for word in words.split():
        key, value = word.split("=", 1)
        if key == "flux":
            found["flux_factor"] = value
        if key == "offsets":
            found["xy_offsets"] = value
    return found


def score(flags, rays, noise=NOISE):
    rays = np.sort(rays, axis=0)
    spoilt = rays[-((len(rays) + 1) // 2)]
    true, real = spoilt > 8 * noise, spoilt > noise
    return (flags & true).sum() / max(1, true.sum()), int((flags & ~real).sum()), int(true.sum())


def add_hot_pixel(folder, n):
    """20000 electrons in one pixel of all exposures."""
    rng = np.random.default_rng(1)
    for k in range(n):
        with fits.open(f"{folder}/e_{k + 1}.fits", mode="update") as file:
            ny, nx = file[0].data.shape
            file[0].data[ny // 3, nx // 3] += rng.poisson(20000)


def scenes():
    peer = os.path.join(os.path.dirname(sys.executable), "numina-crmasks")
    with_peer = "--no-peer" not in sys.argv
    print("| scene | simulate | spoilt | pvalue: completeness, false | " + ("numina 0.36.0 |" if with_peer else ""))
    print("| --- | --- | --- | --- | " + ("--- |" if with_peer else ""), flush=True)
    for name, words in SCENES.items():
        results, peers, spoilt = [], [], 0
        for seed in range(1, int(option("runs", "4")) + 1):
            with tempfile.TemporaryDirectory(prefix="crs-detector-") as folder:
                given = known(words)
                extra = " ".join(f"{k}={v}" for k, v in given.items())
                run([f"s, t = simulate {words} seed={seed} prefix=e"], folder)
                with fits.open(f"{folder}/e_truth.fits") as truth:
                    rays = np.array([h.data for h in truth if h.name.startswith("CR")])
                if name == "hot3":
                    add_hot_pixel(folder, len(rays))
                files = " ".join(f"e_{k + 1}.fits" for k in range(len(rays)))
                run([f"s = load {files} gain=1 rnoise={NOISE} bias=0", f"p, m = mmpvalue s far=1 {extra}", "save m m.fits"],
                    folder)
                *result, spoilt = score(fits.getdata(f"{folder}/m.fits") > 0, rays)
                results.append(result)
                if with_peer:
                    text = BASE.replace("mm_lacosmic", "mmcosmic").replace("to: simulated", "to: original")
                    lines = {"mm_boundary_fit": "spline", "mm_nsimulations": 10}
                    lines.update({("mm_" if k == "xy_offsets" else "") + k: v for k, v in given.items()})
                    with open(f"{folder}/p.yaml", "w") as file:
                        file.write("images: [" + ", ".join(f"e_{i + 1}.fits" for i in range(len(rays))) + "]\n" + text
                                   + "".join(f"  {k}: {v}\n" for k, v in lines.items()))
                    done = subprocess.run([peer, "p.yaml"], cwd=folder, capture_output=True,
                                          env=dict(os.environ, MPLBACKEND="Agg"))
                    if done.returncode == 0:
                        peers.append(score(fits.getdata(f"{folder}/crmasks.fits", "MEDIANCR") > 0, rays)[:2])

        def cell(values):
            if not values:
                return "failed"
            return f"{np.mean([v[0] for v in values]):.3f} ({np.std([v[0] for v in values]):.3f}), " \
                   f"{np.mean([v[1] for v in values]):.1f}"
        print(f"| {name} | {words} | {spoilt} | {cell(results)} | " + (cell(peers) + " |" if with_peer else ""), flush=True)


GOLDEN = {  # case: exposures, their number, readout noise [electron], words
    "example1_mm_lacosmic": ("eq3", 3, 3.4, "gain=1 rnoise=3.4 bias=0", ""),
    "boundary_collapse": ("eq3c", 3, 3.4, "gain=1 rnoise=3.4 bias=0", ""),
    "four_exposures": ("eq4", 4, 3.4, "gain=1 rnoise=3.4 bias=0", ""),
    "five_exposures": ("eq5", 5, 3.4, "gain=1 rnoise=3.4 bias=0", ""),
    "example3_auto_original": ("flux3", 3, 3.4, "gain=1 rnoise=3.4 bias=0", "flux_factor=fit"),
    "example4_crosscorr": ("off3", 3, 3.4, "gain=1 rnoise=3.4 bias=0", "offsets=fit crosscorr_region=[1:300, 1:240]"),
    "gain_bias_subtracted": ("gb3s", 3, 2.6 * 1.9, "gain=1.9 rnoise=2.6 bias=0", ""),
}


def golden():
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../shared/golden/crmasks")
    if not os.path.isdir(root):
        return
    print("| stored case | spoilt | pvalue: completeness, false | the original |")
    print("| --- | --- | --- | --- |", flush=True)
    for name, (prefix, n, noise, words, extra) in GOLDEN.items():
        files = " ".join(f"'{root}/inputs/{prefix}_{k + 1}.fits'" for k in range(n))
        with tempfile.TemporaryDirectory(prefix="crs-detector-") as folder:
            run([f"s = load {files} {words}",
                 f"m = crmasks s detector=pvalue crmethod=mmcosmic dilation=0 far=1 {extra}", "save m m.fits"],
                folder)
            flags = fits.getdata(f"{folder}/m.fits", "MEDIANCR") > 0
        with fits.open(f"{root}/inputs/{prefix.rstrip('s')}_truth.fits.gz") as truth:
            rays = np.array([h.data for h in truth if h.name.startswith("CR")])
        with fits.open(f"{root}/{name}/flags.fits.gz") as stored:
            theirs = stored["MEDIAN_MM"].data > 0
        mine, other = score(flags, rays, noise), score(theirs, rays, noise)
        print(f"| {name} | {mine[2]} | {mine[0]:.3f}, {mine[1]} | {other[0]:.3f}, {other[1]} |", flush=True)
    print()


def calibration():
    asked = (0.1, 1, 10, 100)
    print("\n| exposures | " + " | ".join(f"asked {a:g}" for a in asked) + " |")
    print("| --- | " + " | ".join("---" for _ in asked) + " |", flush=True)
    runs = 3 * int(option("runs", "4"))
    for n in (3, 4, 5):
        counts = np.zeros(len(asked))
        for seed in range(1, runs + 1):
            with tempfile.TemporaryDirectory(prefix="crs-detector-") as folder:
                statements = [f"s = simulate nx=300 ny=240 n={n} seed={seed} density=0 coincidences=0"]
                for k, far in enumerate(asked):
                    statements += [f"p, m = mmpvalue s far={far} pmax=0.5 hysteresis=0", f"save m m{k}.fits"]
                run(statements, folder)
                counts += [fits.getdata(f"{folder}/m{k}.fits").sum() for k in range(len(asked))]
        print(f"| {n} | " + " | ".join(f"{c / runs:.2f}" for c in counts) + " |", flush=True)


if __name__ == "__main__":
    golden()
    scenes()
    calibration()
