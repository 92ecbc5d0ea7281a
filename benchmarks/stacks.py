"""Stacks as people have them: masks, gaps, unlike detectors, low values: scripts/bench stacks [WHAT ...] [--runs=4]

WHAT is any of calibration, completeness, fields, variance, speed; without any, all. Exposures come from `simulate` and are
changed here: values masked at random, strips that one or two of the exposures cover, gains and readout noises of their
own, drop-outs, dead columns, a closed shutter, negative hits, and fields of undersampled stars. Prints Markdown.
"""
import math
import os
import resource
import subprocess
import sys
import tempfile

import numpy as np
from astropy.io import fits

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
crs = os.environ.get("CRS", os.path.join(root, ".build/release/crs"))
NOISE = 3.4
NX, NY = 300, 240
RUNS = int(next((a.split("=", 1)[1] for a in sys.argv[1:] if a.startswith("--runs=")), "4"))


def run(statements, folder, program=crs):
    done = subprocess.run([program, "-c", "\n".join(statements)], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout + done.stderr


def simulated(folder, n, seed, words):
    """Exposures [ADU], charges of cosmic rays [electron] and the scene [electron] of gain 1."""
    run([f"s, t = simulate nx={NX} ny={NY} n={n} seed={seed} {words} prefix=e"], folder)
    with fits.open(f"{folder}/e_truth.fits") as truth:
        rays = np.array([h.data for h in truth if h.name.startswith("CR")])
        scene = truth["SCENE"].data.astype(float)
    planes = np.array([fits.getdata(f"{folder}/e_{k + 1}.fits") for k in range(n)]).astype(float)
    return planes, rays, scene


def write_foreign(folder, planes, scale=250.0):
    """Files x1.fits, x2.fits ... in MJy/sr with nothing but the errors that their own values make."""
    for k, plane in enumerate(planes):
        sci = fits.ImageHDU((plane / scale).astype("f4"), name="SCI")
        sci.header["BUNIT"] = "MJy/sr"
        err = fits.ImageHDU((np.sqrt(np.maximum(plane, 0) + NOISE ** 2) / scale).astype("f4"), name="ERR")
        fits.HDUList([fits.PrimaryHDU(), sci, err]).writeto(f"{folder}/x{k + 1}.fits", overwrite=True)
    return "s = load " + " ".join(f"x{k + 1}.fits" for k in range(len(planes)))


def write(folder, planes, masks=None, gains=None, noises=None):
    """Files x1.fits, x2.fits ... with MASK extensions where there are masks; noises in electrons."""
    for k, plane in enumerate(planes):
        primary = fits.PrimaryHDU(plane.astype("f4"))
        primary.header["BUNIT"] = "adu"
        primary.header["GAIN"] = gains[k] if gains is not None else 1.0
        primary.header["RDNOISE"] = (noises[k] if noises is not None else NOISE, "[electron]")
        hdus = [primary]
        if masks is not None and masks[k].any():
            hdus.append(fits.ImageHDU(masks[k].astype("u1"), name="MASK"))
        fits.HDUList(hdus).writeto(f"{folder}/x{k + 1}.fits", overwrite=True)
    return "s = load " + " ".join(f"x{k + 1}.fits" for k in range(len(planes)))


def random_masks(n, seed, share=0.1):
    return np.random.default_rng(seed).random((n, NY, NX)) < share


def strips(n, step=12):
    """Columns at both sides that only some of the exposures cover."""
    masks = np.zeros((n, NY, NX), bool)
    for k in range(n):
        masks[k, :, :k * step] = True
        masks[k, :, NX - (n - 1 - k) * step:] = True
    return masks


def exposures(scene, gains, noises, rng, rays=None):
    charge = rays if rays is not None else np.zeros((len(gains),) + scene.shape)
    return [(rng.poisson(scene) + charge[k] + rng.normal(0, r, scene.shape)) / g
            for k, (g, r) in enumerate(zip(gains, noises))]


# --- false alarms found against asked


def stack(kind, folder, n, seed):
    planes, _, scene = simulated(folder, n, seed, "density=0 coincidences=0")
    if kind == "plain":
        return write(folder, planes)
    if kind == "errors":
        return write_foreign(folder, planes)
    if kind == "masked":
        masks = random_masks(n, seed)
        planes[masks] = -999
        return write(folder, planes, masks)
    if kind == "strips":
        masks = strips(n)
        planes[masks] = 0
        return write(folder, planes, masks)
    rng = np.random.default_rng(seed)
    if kind == "gains":
        gains, noises = np.resize([1.0, 2.0, 0.7], n), np.resize([3.4, 3.4, 3.4], n)
    else:
        gains, noises = np.resize([1.0, 2.0, 0.7], n), np.resize([3.4, 10.0, 5.0], n)
    planes = np.array(exposures(scene, gains, noises, rng))
    masks = random_masks(n, seed) if kind == "all" else None
    if masks is not None:
        planes[masks] = 0
    return write(folder, planes, masks, gains, noises)


KINDS = {"plain": "as simulated", "masked": "10 % of the values masked", "strips": "strips covered once, twice, ...",
         "gains": "gains 1, 2, 0.7", "noises": "gains 1, 2, 0.7; noises 3.4, 10, 5 e-",
         "all": "the same, 10 % masked", "errors": "MJy/sr, only errors known"}


def calibration():
    asked = (0.1, 1, 10, 100)
    print("| exposures | " + " | ".join(f"asked {a:g}" for a in asked)
          + " | single exposures, 10 asked | boundary: expected, found |")
    print("| --- |" + " --- |" * (len(asked) + 2), flush=True)
    for kind, title in KINDS.items():
        for n in (3, 4, 5):
            found, single, boundary, expected = np.zeros(len(asked)), [], [], []
            for seed in range(1, RUNS + 1):
                with tempfile.TemporaryDirectory(prefix="crs-stacks-") as folder:
                    lines = [stack(kind, folder, n, seed)]
                    for k, far in enumerate(asked):
                        lines += [f"p, m = mmpvalue s far={far} pmax=0.5 hysteresis=0 minimum_max2d_rnoise=0",
                                  f"save m m{k}.fits"]
                    lines += ["a = crmasks s seed=1 bias=0 detector=pvalue crmethod=mmcosmic dilation=0 far=10 pmax=0.5 "
                              "hysteresis=0 minimum_max2d_rnoise=0", "save a a.fits",
                              "b = crmasks s seed=1 bias=0 detector=boundary nsimulations=exact crmethod=mmcosmic dilation=0 "
                              "minimum_max2d_rnoise=0",
                              "save b b.fits"]
                    run(lines, folder)
                    found += [fits.getdata(f"{folder}/m{k}.fits").sum() for k in range(len(asked))]
                    single.append(np.mean([fits.getdata(f"{folder}/a.fits", f"CRMASK{k + 1}").sum() for k in range(n)]))
                    boundary.append(fits.getdata(f"{folder}/b.fits", "MEDIANCR").sum())
            print(f"| {n}, {title} | " + " | ".join(f"{c / RUNS:.2f}" for c in found)
                  + f" | {np.mean(single):.1f} | {np.mean(boundary):.1f} |", flush=True)


# --- completeness where values are too low


def spoilt(rays, masks=None, noise=NOISE):
    """Pixels with so many hits among their values that the median is spoilt."""
    hits = rays > 8 * noise
    there = np.ones_like(hits) if masks is None else ~masks
    count = there.sum(axis=0)
    return (2 * (hits & there).sum(axis=0) >= count) & (count > 1)


def lowered(kind, planes, rng):
    """The exposures with values that are too low, and where they are."""
    n = len(planes)
    low = np.zeros(planes.shape, bool)
    if kind == "drop-outs":
        for k in range(n):
            low[k].flat[rng.choice(NX * NY, 150, replace=False)] = True
        planes[low] = -300
    elif kind == "dead columns":
        for k in range(n):
            low[k][:, rng.choice(NX, 3, replace=False)] = True
        planes[low] = -300
    elif kind == "negative hits":
        for k in range(n):
            for _ in range(60):
                y, x = rng.integers(2, NY - 4), rng.integers(2, NX - 4)
                low[k][y:y + 2, x:x + 2] = True
            planes[k][low[k]] -= np.exp(6 + 0.7 * rng.normal(size=low[k].sum()))
    elif kind == "closed shutter":
        low[1] = True
        planes[1] = rng.normal(0, NOISE, planes[1].shape)
    return planes, low


def completeness():
    print("\n| stack | true | before, without low values | now, without | now, with | false pixels | low values found, wrong |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    old = os.environ.get("CRS_BEFORE")
    for scene, words, n in (("med3", "density=9e-4 coincidences=60", 3), ("high3", "density=1e-2 coincidences=0", 3),
                            ("med4", "density=9e-4 coincidences=60", 4), ("med5", "density=3e-3 coincidences=60", 5)):
        for kind in ("drop-outs", "dead columns", "negative hits"):
            rows = []
            for seed in range(1, RUNS + 1):
                with tempfile.TemporaryDirectory(prefix="crs-stacks-") as folder:
                    planes, rays, _ = simulated(folder, n, seed, words)
                    # A background on which values can be too low.
                    planes += np.random.default_rng(seed).poisson(100, planes.shape)
                    call = "m = crmasks s seed=1 bias=0 crmethod=mmcosmic dilation=0"
                    load = write(folder, planes)
                    run([load, call, "save m new.fits overwrite=yes"], folder)
                    if old:
                        run([load, call, "save m old.fits overwrite=yes"], folder, old)
                    planes, low = lowered(kind, planes, np.random.default_rng(seed + 100))
                    load = write(folder, planes)
                    run([load, call, "save m low.fits overwrite=yes"], folder)
                    true, real = spoilt(rays) & ~low.any(axis=0), spoilt(rays, noise=NOISE / 8)
                    flags = {f: fits.getdata(f"{folder}/{f}.fits", "MEDIANCR") > 0 for f in
                             (("old",) if old else ()) + ("new", "low")}
                    with fits.open(f"{folder}/low.fits") as file:
                        left = np.array([file[f"LEFTOUT{k + 1}"].data > 0 for k in range(n)]) \
                            if "LEFTOUT1" in file else np.zeros(planes.shape, bool)
                    hit_too = low & (rays > NOISE)
                    rows.append([true.sum()] + [(flags[f] & true).sum() if f in flags else np.nan
                                                for f in ("old", "new", "low")]
                                + [(flags["low"] & ~real & ~low.any(axis=0)).sum(), (left & low).sum(),
                                   (low & ~hit_too).sum(), (left & ~low).sum()])
            r = np.sum(rows, axis=0)
            print(f"| {scene}, {kind} | {r[0]:.0f} | {r[1] / r[0]:.4f} | {r[2] / r[0]:.4f} | {r[3] / r[0]:.4f} | "
                  f"{r[4] / RUNS:.1f} | {r[5] / max(1, r[6]):.4f}, {r[7] / RUNS:.1f} |", flush=True)


# --- undersampled stars with dithers


def stars(rng, n, offsets, fwhm, count=60, sky=60, noise=4):
    ny, nx = 160, 200
    sigma = fwhm / 2.3548
    field = [(rng.uniform(8, ny - 8), rng.uniform(8, nx - 8), 10 ** rng.uniform(2.8, 4.3)) for _ in range(count)]
    edges_x, edges_y = np.arange(nx + 1) - 0.5, np.arange(ny + 1) - 0.5
    erf = np.vectorize(math.erf)
    planes, rays = [], np.zeros((n, ny, nx))
    for dx, dy in offsets:
        image = np.full((ny, nx), float(sky))
        for y, x, flux in field:
            ex = np.diff(erf((edges_x - x - dx) / sigma / 2 ** 0.5)) / 2
            ey = np.diff(erf((edges_y - y - dy) / sigma / 2 ** 0.5)) / 2
            image += flux * np.outer(ey, ex)
        planes.append(image)
    for k in range(n):
        for _ in range(60):
            y, x = rng.integers(4, ny - 4), rng.integers(4, nx - 4)
            rays[k, y, x] += 2500
            rays[k, y, x - 1] += 900
    for _ in range(40):
        y, x = rng.integers(4, ny - 4), rng.integers(4, nx - 4)
        for k in rng.choice(n, (n + 1) // 2 + (n % 2 == 0), replace=False):
            rays[k, y, x] += math.exp(6 + 0.7 * rng.normal())
    return [rng.poisson(p) + rays[k] + rng.normal(0, noise, p.shape) for k, p in enumerate(planes)], rays, field


def fields():
    print("\n| field of stars | true | before | now | false pixels before, now | flux kept before, now |")
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    programs = {"new": crs}
    if os.environ.get("CRS_BEFORE"):
        programs["old"] = os.environ["CRS_BEFORE"]
    dithers = [(0, 0), (0.33, -0.5), (-0.5, 0.33), (0.2, 0.4), (-0.3, -0.2)]
    for fwhm in (1.2, 1.6, 2.5):
        for n, given, detector in ((3, True, "pvalue"), (3, True, "boundary"), (3, False, "pvalue"), (4, True, "pvalue"),
                                   (5, True, "pvalue")):
            offsets = dithers[:n]
            rows = {p: [] for p in programs}
            for seed in range(1, RUNS + 1):
                with tempfile.TemporaryDirectory(prefix="crs-stacks-") as folder:
                    planes, rays, field = stars(np.random.default_rng(seed), n, offsets, fwhm)
                    load = write(folder, planes, noises=[4.0] * n)
                    words = "xy_offsets=[" + ",".join(f"[{x},{y}]" for x, y in offsets) + "]" if given else ""
                    true, real = spoilt(rays, noise=4), spoilt(rays, noise=0.5)
                    for name, program in programs.items():
                        run([load, f"m = crmasks s seed=1 bias=0 dilation=0 detector={detector} {words}",
                             "c = combine s masks=m method=mediancr", "save m m.fits overwrite=yes", "save c c.fits overwrite=yes"],
                            folder, program)
                        flags = fits.getdata(f"{folder}/m.fits", "MEDIANCR") > 0
                        image = fits.getdata(f"{folder}/c.fits")
                        kept = []
                        for y, x, flux in field:
                            if flux > 3000:
                                y, x = int(round(y)), int(round(x))
                                kept.append((image[y - 3:y + 4, x - 3:x + 4] - 60).sum() / flux)
                        rows[name].append([true.sum(), (flags & true).sum(), (flags & ~real).sum(), np.median(kept)])
            def cell(name, value):
                return value(np.array(rows[name])) if name in rows else "-"
            rate = lambda r: f"{r[:, 1].sum() / r[:, 0].sum():.4f}"
            false = lambda r: f"{r[:, 2].mean():.1f}"
            kept = lambda r: f"{r[:, 3].mean():.3f}"
            print(f"| FWHM {fwhm}, n = {n}{', offsets given' if given else ''}{', boundary' if detector == 'boundary' else ''} | {int(np.array(rows['new'])[:, 0].sum())} | "
                  f"{cell('old', rate)} | {cell('new', rate)} | {cell('old', false)}, {cell('new', false)} | "
                  f"{cell('old', kept)}, {cell('new', kept)} |", flush=True)


# --- the scatter of combinations about the truth


def variance():
    print("\n| exposures | " + " | ".join(("mediancr", "meancrt", "meancr", "median", "mean", "min")) + " |")
    print("| --- |" + " --- |" * 6, flush=True)
    for title, n, kind in [(f"{n}", n, "plain") for n in (3, 4, 5, 6, 7)] + [
            ("3, 10 % masked", 3, "masked"), ("5, 10 % masked", 5, "masked"),
            ("3, gains 1, 2, 0.7; noises 3.4, 10, 5", 3, "noises"), ("5, the same, 10 % masked", 5, "all"),
            ("3, flux 0.5, 1, 1.5", 3, "flux")]:
        sums = {}
        for seed in range(1, RUNS + 1):
            with tempfile.TemporaryDirectory(prefix="crs-stacks-") as folder:
                rng = np.random.default_rng(seed)
                _, rays, scene = simulated(folder, n, seed, "density=9e-4 coincidences=20")
                scene = scene + 150.0
                gains = np.resize([1.0, 2.0, 0.7], n) if kind in ("noises", "all") else np.ones(n)
                noises = np.resize([3.4, 10.0, 5.0], n) if kind in ("noises", "all") else np.full(n, NOISE)
                flux = np.resize([0.5, 1.0, 1.5], n) if kind == "flux" else np.ones(n)
                planes = np.array([(rng.poisson(scene * flux[k]) + rays[k] + rng.normal(0, noises[k], scene.shape)) / gains[k]
                                   for k in range(n)])
                masks = random_masks(n, seed) if kind in ("masked", "all") else None
                load = write(folder, planes, masks, gains, noises)
                factors = "flux_factor=[" + ",".join(f"{f}" for f in flux) + "]"
                lines = [load, f"m = crmasks s seed=1 bias=0 {factors}"]
                for method in ("mediancr", "meancrt", "meancr", "median", "mean", "min"):
                    # Masks tell the others nothing but flux factors.
                    masks = "masks=m" if method.endswith("crt") or method.endswith("cr") or kind == "flux" else ""
                    lines += [f"c = combine s {masks} method={method}", f"save c {method}.fits"]
                run(lines, folder)
                pixels = rng.choice(scene.size, 1000, replace=False)
                clean = rays.max(axis=0) == 0
                for method in ("mediancr", "meancrt", "meancr", "median", "mean", "min"):
                    image = fits.getdata(f"{folder}/{method}.fits").astype(float)
                    square = fits.getdata(f"{folder}/{method}.fits", "VARIANCE").astype(float)
                    truth = scene / gains[0]
                    ok = np.isfinite(image) & (clean if method in ("median", "mean", "min") else True)
                    chosen = pixels[ok.flat[pixels]]
                    pull = (image - truth).flat[chosen] / np.sqrt(square.flat[chosen])
                    sums.setdefault(method, []).append(np.mean(pull ** 2))
        print(f"| {title} | " + " | ".join(f"{np.mean(sums[m]) ** 0.5:.3f}" for m in
                                          ("mediancr", "meancrt", "meancr", "median", "mean", "min")) + " |", flush=True)


# --- time


def speed():
    global NX, NY
    NX, NY = 2016, 1596
    print("\n| stack of 2016x1596, seconds of one core | crmasks | mmpvalue | combine |")
    print("| --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory(prefix="crs-stacks-") as folder:
        planes, _, _ = simulated(folder, 3, 1, "")
        for title, masks in (("no masks", None), ("10 % masked", random_masks(3, 1)), ("strips", strips(3, 80))):
            load = write(folder, planes, masks)
            for name, program in [("now", crs)] + ([("before", os.environ["CRS_BEFORE"])] if "CRS_BEFORE" in os.environ
                                                   and masks is None else []):
                times = []
                for call in ("m = crmasks s seed=1 bias=0", "p, m = mmpvalue s",
                             "m = load m.fits; c = combine s masks=m"):
                    bare = min(clock([load], folder, program) for _ in range(3))
                    if call.startswith("p"):
                        run([load, "m = crmasks s seed=1 bias=0", "save m m.fits overwrite=yes"], folder, program)
                        extra = bare
                    elif "load m.fits" in call:
                        extra = min(clock([load, "m = load m.fits"], folder, program) for _ in range(3))
                    else:
                        extra = bare
                    times.append(min(clock([load, call], folder, program) for _ in range(3)) - extra)
                print(f"| {title}, {name} | " + " | ".join(f"{t:.2f} s" for t in times) + " |", flush=True)


def clock(lines, folder, program):
    """Seconds of all cores, which other work on the machine hardly touches."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(lines, folder, program)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    wanted = [a for a in sys.argv[1:] if not a.startswith("--")] or ["calibration", "completeness", "fields", "variance", "speed"]
    for name in wanted:
        globals()[name]()
