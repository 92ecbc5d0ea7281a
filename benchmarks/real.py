"""Real exposures with real cosmic rays put into them: scripts/bench real FOLDER [--no-peer] [--runs=3] [--only=NAME]
[--tables=peers,careless,nulls] [--conn=PYTHON] [--words=WORDS]

FOLDER holds the exposures of `CASES` (two of a red, three of a blue long slit, five of a small spectrograph). Cosmic
rays are cut out of the exposures themselves (`_rays.py`) and put in elsewhere: at random, on traces, and at the same
place of several exposures. Hits that the exposures had before count neither way. A pair of a simulated long slit whose
sky lines changed by 5 % and whose object by 7 % stands beside them.

For each case: completeness (pixels with more than 5 sigma of charge) and false pixels an exposure (less than 1 sigma),
for careful use (overscan cut off, bias, gain and noise given) and for careless ones; beside cr2images, astroscrappy 1.3
and, for three exposures and more, numina-crmasks 0.36.0. PYTHON is an interpreter that has Cosmic-CoNN (cosmic-conn
0.6.1 and torch from PyPI), which then runs on each exposure as well; WORDS are added to the calls of crmasks. Prints
Markdown.
"""
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
from astropy.io import fits
from scipy.ndimage import binary_dilation, gaussian_filter

from _rays import deviations, inject, known_hits, stamps
from truth import BASE, crs


def option(name, default):
    return next((a.split("=", 1)[1] for a in sys.argv[1:] if a.startswith(f"--{name}=")), default)


FOLDER = next((a for a in sys.argv[1:] if not a.startswith("--")), ".")
#        files, rows and columns (from 0), amplifiers (last column, columns of their overscan), gain, noise [electron],
#        words of careful use. Gain and noise are what the variance of the differences says at each level, and the scatter
#        of the overscan: the headers have none (red, blue) or a nominal gain (small).
CASES = {
    "red pair": (["kast_red_pair/r534.fits.gz", "kast_red_pair/r535.fits.gz"],
                 (slice(50, 235), slice(20, 1190)), [(1190, slice(1205, 1230))], 1.45, 9.4, ""),
    "blue, 3": ([f"kast_blue_3x1200s/b{k}.fits.gz" for k in (27, 28, 29)],
                (slice(10, 340), slice(20, 2030)), [(1024, slice(2052, 2078)), (2048, slice(2084, 2110))], 1.2, 3.7,
                "flux_factor=auto"),
    "small, 5": ([f"sprat_5x120s/v_e_20180810_12_{k}_0_0.fits.gz" for k in range(1, 6)],
                 (slice(0, 254), slice(0, 1024)), [], 2.45, 5.9, ""),
    "small, 3": ([f"sprat_5x120s/v_e_20180810_12_{k}_0_0.fits.gz" for k in range(1, 4)],
                 (slice(0, 254), slice(0, 1024)), [], 2.45, 5.9, ""),
}


def real(case):
    files, (rows, columns), amplifiers, gain, noise, words = case
    out = []
    for name in files:
        raw = fits.getdata(os.path.join(FOLDER, name)).astype(float)
        # The small spectrograph has no overscan: its level outside the slit stands for it.
        level = raw - np.median(np.r_[raw[:10], raw[-10:]]) if not amplifiers else raw
        first = 0
        for last, overscan in amplifiers:
            level[:, first:last] -= np.median(raw[rows, overscan])
            first = last
        out.append(level[rows, columns])
    return out, gain, noise / gain, words


def slit(rng, side=1596, sky=1.05, flux=1.07, gain=1.5, noise=3.0):
    """A pair of a long slit: sky lines along y, an object along x, in ADU; what both expect without cosmic rays."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    lines = np.zeros(side, np.float32)
    for _ in range(side // 20):
        lines += 10 ** rng.uniform(1, 3.3) * np.exp(-0.5 * ((np.arange(side) - rng.uniform(0, side)) / 1.3) ** 2)
    spectrum = gaussian_filter(rng.normal(1, 2, side), 4).astype(np.float32) * 60 + 400
    trace = np.exp(-0.5 * ((y - side * 0.45 - 0.01 * x) / 2.5) ** 2)
    wide = 30 * np.exp(-0.5 * ((y - side * 0.7) / 25) ** 2)
    out = []
    for k in range(2):
        level = 20 + lines * (sky if k else 1) + (spectrum * trace + wide) * (flux if k else 1)
        out.append(level)
    images = [rng.poisson(np.maximum(level, 0) * gain) / gain + rng.normal(0, noise / gain, level.shape) for level in out]
    return images, out, gain, noise / gain


def run(statements, folder):
    start = time.time()
    done = subprocess.run([crs, "-c", "\n".join(statements)], cwd=folder, capture_output=True, text=True)
    if "--show" in sys.argv:
        print(done.stdout, done.stderr, f"{time.time() - start:.2f} s")
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout + done.stderr


def write(images, folder, header=None):
    for k, image in enumerate(images):
        fits.writeto(f"{folder}/e{k + 1}.fits", image.astype(np.float32), fits.Header(header or {}), overwrite=True)


def masks(folder, n, name="m.fits"):
    with fits.open(f"{folder}/{name}") as file:
        return [file[f"CRMASK{k + 1}"].data > 0 for k in range(n)]


def careful(images, gain, noise, words, folder):
    write(images, folder)
    n = len(images)
    names = ", ".join(f"s[{k + 1}]" for k in range(n))
    statements = [f"s = load {' '.join(f'e{k + 1}.fits' for k in range(n))} gain={gain} rnoise={noise:.5f} bias=0"]
    call = f"crmasks [s[1], s[2]]" if n == 2 else "crmasks s dilation=0"
    run(statements + [f"m = {call} {words}", "save m m.fits overwrite=yes"], folder)
    return masks(folder, n)


def differences(images, gain, noise, folder):
    write(images, folder)
    run(["a = load e1.fits", "b = load e2.fits", "c, d, m, n = cr2images a b", "save m m1.fits overwrite=yes",
         "save n m2.fits overwrite=yes"], folder)
    return [fits.getdata(f"{folder}/m{k}.fits") > 0 for k in (1, 2)]


def scrappy(images, gain, noise, folder):
    import astroscrappy
    return [astroscrappy.detect_cosmics(i.astype(np.float32), gain=gain, readnoise=noise * gain)[0] for i in images]


def numina(images, gain, noise, folder):
    program = os.path.join(os.path.dirname(sys.executable), "numina-crmasks")
    write(images, folder)
    text = BASE.replace("gain: 1.0", f"gain: {gain}").replace("rnoise: 3.4", f"rnoise: {noise:.5f}").replace("dilation: 1", "dilation: 0")
    lines = {"mm_boundary_fit": "spline", "mm_nsimulations": 10}
    with open(f"{folder}/p.yaml", "w") as file:
        file.write("images: [" + ", ".join(f"e{k + 1}.fits" for k in range(len(images))) + "]\n" + text
                   + "".join(f"  {k}: {v}\n" for k, v in lines.items()))
    done = subprocess.run([program, "p.yaml"], cwd=folder, capture_output=True, env=dict(os.environ, MPLBACKEND="Agg"))
    return masks(folder, len(images), "crmasks.fits") if done.returncode == 0 else None


CONN = """
import sys
import numpy as np
from astropy.io import fits
from cosmic_conn import init_model
model = init_model(sys.argv[1])
for k in range(int(sys.argv[2])):
    np.save(f"conn{k + 1}.npy", model.detect_cr(fits.getdata(f"e{k + 1}.fits").astype(np.float32)))
"""


def network(images, gain, noise, folder):
    """Cosmic-CoNN, the better of its models for images and for spectra: masks from a probability of a half on."""
    write(images, folder)
    out = {}
    for model in ("ground_imaging", "NRES"):
        done = subprocess.run([option("conn", ""), "-c", CONN, model, str(len(images))], cwd=folder, capture_output=True,
                              text=True)
        if done.returncode == 0:
            out[model] = [np.load(f"{folder}/conn{k + 1}.npy") > 0.5 for k in range(len(images))]
        else:
            print(done.stderr[-300:], file=sys.stderr)
    return out


def score(found, rays, levels, known, gain, noise, trace=None):
    """(true pixels found, true pixels, false pixels) of each exposure, the same on traces."""
    out = []
    for flags, ray, level, old in zip(found, rays, levels, known):
        sigma = deviations(level, gain, noise)
        true, clean = (ray > 5 * sigma) & ~old, (ray < sigma) & ~old
        line = [(flags & true).sum(), true.sum(), (flags & clean).sum()]
        if trace is not None:
            line += [(flags & true & trace).sum(), (true & trace).sum(), (flags & clean & trace).sum()]
        out.append(line)
    return np.array(out)


def cell(scores):
    if scores is None:
        return "failed"
    total = np.sum(scores, axis=0)
    each = ", ".join(str(v) for v in scores[:, 2])
    text = f"{total[0] / max(1, total[1]):.3f}; {each}"
    if scores.shape[1] > 3:
        text += f" (on traces {total[3] / max(1, total[4]):.3f}; {total[5]})"
    return text


def exposures(name, seed):
    """Images with rays, rays, levels, known hits, gain, noise, words, trace."""
    rng = np.random.default_rng(seed)
    if name == "simulated pair":
        library = stamps(*real(CASES["red pair"])[:3])
        images, levels, gain, noise = slit(rng)
        known = [np.zeros(images[0].shape, bool)] * 2
        words = ""
    else:
        images, gain, noise, words = real(CASES[name])
        library = stamps(images, gain, noise)
        known = known_hits(images, gain, noise)
        levels = [np.min([o + 0 for o in images], axis=0) for _ in images]
    level = np.median(levels, axis=0)
    smooth = gaussian_filter(level, 1)
    along = np.median(smooth, axis=1)
    trace = np.zeros(level.shape, bool)
    trace[along > np.median(along) + 0.25 * (along.max() - np.median(along))] = True
    area = level.size / 1e6
    rays = inject(level.shape, len(images), library, rng, int(1500 * area), int(60 * area) + 5, trace, 25)
    return [i + r for i, r in zip(images, rays)], rays, levels, known, gain, noise, words, trace


def careless(images, gain, noise, rng):
    """What people forget: name, exposures, gain, noise [ADU], words of load and of crmasks."""
    def one(change):
        return [change(i) if k == 1 else i for k, i in enumerate(images)]
    edge = [np.hstack([np.full((i.shape[0], 24), -797.0) + rng.normal(0, noise, (i.shape[0], 24)), i]) for i in images]
    bias = "bias=0"
    return [
        ("careful", images, gain, noise, bias, ""),
        ("no bias given, 797 ADU", [i + 797 for i in images], gain, noise, "", ""),
        ("797 ADU, bias=auto", [i + 797 for i in images], gain, noise, "bias=auto", ""),
        ("prescan left in", [e + 797 for e in edge], gain, noise, "bias=797", ""),
        ("0.7 of the flux", one(lambda i: 0.7 * i), gain, noise, bias, "NO"),
        ("0.7 of the flux, flux_factor=auto", one(lambda i: 0.7 * i), gain, noise, bias, "flux_factor=auto"),
        ("8 ADU more sky", one(lambda i: i + 8), gain, noise, bias, "NO"),
        ("8 ADU more sky, flux_factor=auto", one(lambda i: i + 8), gain, noise, bias, "flux_factor=auto"),
        ("moved by a pixel", one(lambda i: np.roll(i, 1, axis=0)), gain, noise, bias, ""),
        ("blurred by 1 pixel", one(lambda i: gaussian_filter(i, 1)), gain, noise, bias, ""),
        ("gain too large by 2", images, 2 * gain, noise, bias, ""),
        ("gain too small by 2", images, gain / 2, noise, bias, ""),
        ("noise too large by 1.5", images, gain, 1.5 * noise, bias, ""),
        ("noise too small by 1.5", images, gain, noise / 1.5, bias, ""),
    ]


CAUSES = {"bias": "a bias of", "prescan": "look like overscan", "factor": "times the flux", "level": "times the level",
          "sky": "more sky", "offset": "displaced by", "seeing": "blurred by", "sharper": "is sharper",
          "scatter": "differ ", "dark": "dark pixels scatter", "noise": "rnoise", "hot": "bright and alone",
          "shared": "look hit in all", "unexplained": "spoilt medians"}


def careless_table(runs):
    print("| exposures | use | completeness; false pixels of each | notes about |\n| --- | --- | --- | --- |", flush=True)
    for name in CASES:
        if option("only", "") not in name:
            continue
        results, notes = {}, {}
        for seed in range(1, runs + 1):
            images, rays, levels, known, gain, noise, words, _ = exposures(name, seed)
            n = len(images)
            if "flux_factor" in words:
                # Levels made equal first, so that each row has one fault.
                ratio = [np.median(i[i > np.percentile(i, 99)]) for i in levels]
                images = [i / (r / ratio[0]) for i, r in zip(images, ratio)]
            for use, faulty, g, r, load, extra in careless(images, gain, noise, np.random.default_rng(seed)):
                own_words = "" if extra == "NO" else (words + " " + extra if extra not in words else words)
                with tempfile.TemporaryDirectory(prefix="crs-real-") as folder:
                    write(faulty, folder)
                    files = " ".join(f"e{k + 1}.fits" for k in range(n))
                    call = "crmasks [s[1], s[2]]" if n == 2 else "crmasks s dilation=0"
                    try:
                        text = run([f"s = load {files} gain={g} rnoise={r:.5f} {load}", f"m = {call} {own_words}",
                                    "save m m.fits overwrite=yes"], folder)
                        found = [m[:, -levels[0].shape[1]:] for m in masks(folder, n)]
                    except RuntimeError as error:
                        notes.setdefault(use, set()).add("error: " + str(error).strip().splitlines()[0][-90:])
                        continue
                moved = [np.roll(x, 1, axis=0) if use.startswith("moved") else x for x in (rays[1], levels[1], known[1])]
                truth = [(a if k != 1 else b) for k, (a, b) in enumerate(zip(rays, [moved[0]] * n))]
                base = [(a if k != 1 else b) for k, (a, b) in enumerate(zip(levels, [moved[1]] * n))]
                old = [(a if k != 1 else b) for k, (a, b) in enumerate(zip(known, [moved[2]] * n))]
                results.setdefault(use, []).append(score(found, truth, base, old, gain, noise))
                lines = [line for line in text.splitlines() if line.startswith("note") or "note:" in line]
                notes.setdefault(use, set()).update(
                    key for key, words_ in CAUSES.items() if any(words_ in line for line in lines))
        for use in dict.fromkeys(list(results) + list(notes)):
            text = cell(np.mean(results[use], axis=0).round().astype(int)) if use in results else "stops"
            print(f"| {name} | {use} | {text} | {', '.join(sorted(notes.get(use, [])))} |", flush=True)


def null_table():
    """Overscan as bias frames: found where nothing is, for 1 and 10 asked; noise from the frames themselves."""
    print("| overscan | exposures | asked 1: medians; exposures | asked 10: medians; exposures |\n| --- | --- | --- | --- |",
          flush=True)
    for name, case in CASES.items():
        files, (rows, _), amplifiers, gain, _, _ = case
        if not amplifiers:
            continue
        columns = amplifiers[0][1]
        raw = [fits.getdata(os.path.join(FOLDER, f)).astype(float)[rows, columns] for f in files]
        level = [r - np.median(r, axis=1, keepdims=True) for r in raw]
        # What exposures have in common, such as a trail behind bright columns, is no noise.
        rest = np.concatenate([(b - a).ravel() for a, b in zip(level, level[1:])]) / np.sqrt(2)
        for _ in range(5):
            rest = rest[np.abs(rest) < 4 * np.std(rest)]
        noise = np.std(rest)
        cells = []
        for asked in (1, 10):
            with tempfile.TemporaryDirectory(prefix="crs-real-") as folder:
                write(level, folder)
                n = len(level)
                call = "crmasks [s[1], s[2]]" if n == 2 else "crmasks s dilation=0"
                run([f"s = load {' '.join(f'e{k + 1}.fits' for k in range(n))} gain={gain} rnoise={noise:.5f} bias=0",
                     f"m = {call} far={asked} pmax=0.5 hysteresis=0" + (" minimum_max2d_rnoise=-100" if n > 2 else ""),
                     "save m m.fits overwrite=yes"], folder)
                with fits.open(f"{folder}/m.fits") as file:
                    spoilt = int((file["MEDIANCR"].data > 0).sum())
                each = ", ".join(str(int(m.sum())) for m in masks(folder, n))
            cells.append(f"{spoilt}; {each}")
        print(f"| {name}, {level[0].shape[1]}x{level[0].shape[0]} | {len(level)} | {cells[0]} | {cells[1]} |", flush=True)


def main():
    if not os.path.isdir(os.path.join(FOLDER, "sprat_5x120s")):
        sys.exit(__doc__)
    tables = option("tables", "peers,careless,nulls").split(",")
    if "peers" in tables:
        peer_table()
    if "careless" in tables:
        print()
        careless_table(int(option("runs", "3")))
    if "nulls" in tables:
        print()
        null_table()


def peer_table():
    runs, with_peer = int(option("runs", "3")), "--no-peer" not in sys.argv
    has_network = bool(option("conn", ""))
    print("| exposures | hit pixels | crmasks | cr2images or numina 0.36.0 | astroscrappy 1.3 |"
          + (" Cosmic-CoNN |" if has_network else ""))
    print("| --- | --- | --- | --- | --- |" + (" --- |" if has_network else ""), flush=True)
    for name in ["simulated pair", *CASES]:
        if option("only", "") not in name:
            continue
        results = {"ours": [], "peer": [], "la": [], "ground_imaging": [], "NRES": []}
        for seed in range(1, runs + 1):
            images, rays, levels, known, gain, noise, words, trace = exposures(name, seed)
            with tempfile.TemporaryDirectory(prefix="crs-real-") as folder:
                def add(key, found):
                    if found is not None:
                        results[key].append(score(found, rays, levels, known, gain, noise, trace))
                add("ours", careful(images, gain, noise, f"{words} {option('words', '')}", folder))
                if with_peer:
                    add("peer", (differences if len(images) == 2 else numina)(images, gain, noise, folder))
                    add("la", scrappy(images, gain, noise, folder))
                if has_network:
                    for model, found in network(images, gain, noise, folder).items():
                        add(model, found)
        cells = {k: cell(np.mean(v, axis=0).round().astype(int)) if v else "" for k, v in results.items()}
        true = np.sum(np.mean(results["ours"], axis=0)[:, 1])
        models = [m for m in ("ground_imaging", "NRES") if results[m]]
        best = max(models, key=lambda m: np.sum(results[m], axis=(0, 1))[0], default=None)
        print(f"| {name} | {true:.0f} | {cells['ours']} | {cells['peer']} | {cells['la']} |"
              + (f" {cells[best] if best else 'failed'} |" if has_network else ""), flush=True)


if __name__ == "__main__":
    main()
