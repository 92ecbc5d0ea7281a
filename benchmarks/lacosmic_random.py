"""Compares crs lacosmic with astroscrappy 1.3.0 on random images and parameters: scripts/bench lacosmic_random [N] [SEED]

cleantype=median is left out: astroscrappy fills it from uninitialised memory (docs/differences.md).
Prints the cases whose masks differ or whose cleaned pixels differ by more than 1e-5 relative, and the totals.
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
from astropy.io import fits
from astroscrappy import detect_cosmics

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
crs = os.path.join(root, ".build/release/crs")
BATCH = 50


def exposure(rng):
    ny, nx = (int(v) for v in rng.integers(12, 160, 2))
    y, x = np.mgrid[0:ny, 0:nx]
    level = rng.choice([0, 5, 60, 1000])
    electrons = np.full((ny, nx), float(level))
    for _ in range(rng.integers(0, 12)):
        width = rng.uniform(0.7, 4)
        electrons += rng.lognormal(6, 1.5) * np.exp(
            -0.5 * ((x - rng.uniform(0, nx)) ** 2 + (y - rng.uniform(0, ny)) ** 2) / width ** 2)
    if rng.random() < 0.3:
        electrons += 300 * np.exp(-0.5 * (((y % 7) - 3) / 1.2) ** 2)
    data = rng.poisson(electrons).astype(float)
    hits = rng.integers(0, nx * ny // 20 + 1)
    data[rng.integers(0, ny, hits), rng.integers(0, nx, hits)] += rng.lognormal(6, 1.5, hits)
    return data + rng.normal(0, 3, data.shape)


def case(rng):
    gain = rng.choice([1.0, 1.0, 0.7, 2.5])
    options = dict(sigclip=rng.choice([4.5, 3.0, 6.0]), sigfrac=rng.choice([0.3, 0.5, 0.1]),
                   objlim=rng.choice([5.0, 2.0, 10.0]), niter=int(rng.integers(1, 6)), sepmed=bool(rng.integers(2)),
                   cleantype=str(rng.choice(["medmask", "meanmask", "idw"])),
                   fsmode=str(rng.choice(["median", "convolve"])), readnoise=rng.choice([3.0, 1.0, 6.5]),
                   satlevel=float(rng.choice([65536.0, 3000.0])))
    if options["fsmode"] == "convolve":
        options["psfmodel"] = str(rng.choice(["gauss", "moffat", "gaussx", "gaussy"]))
        options["psffwhm"] = rng.choice([2.5, 1.7, 4.0])
        options["psfsize"] = int(rng.choice([5, 7, 11]))
    return gain, options


def statement(index, gain, options):
    # Our saturation level is in ADU, as observers know it.
    ours = dict(options, satlevel=options["satlevel"] / gain)
    if "psffwhm" in ours:
        ours["psffwhm_x"] = ours["psffwhm_y"] = ours.pop("psffwhm")
    words = " ".join(f"{k}={'yes' if v is True else 'no' if v is False else v}" for k, v in ours.items())
    lines = [f"a = load a{index}.fits", f"c, m = lacosmic a gain={gain} {words}"]
    with_mask = options["niter"] % 2 == 0
    if with_mask:
        lines[0] += f"; k = load k{index}.fits"
        lines[1] += " inmask=(k > 0)"
    return lines + [f"save c c{index}.fits bitpix=-32", f"save m m{index}.fits"], with_mask


def main():
    numbers = [int(a) for a in sys.argv[1:]]
    total, seed = (numbers + [1000, 1][len(numbers):])[:2]
    rng = np.random.default_rng(seed)
    pixels = flagged = differing_pixels = differing_cases = 0
    worst = 0.0
    for first in range(0, total, BATCH):
        with tempfile.TemporaryDirectory(prefix="crs-random-") as folder:
            script, expected = ["set threads=2"], []
            for index in range(first, min(first + BATCH, total)):
                data = exposure(rng).astype(np.float32)
                gain, options = case(rng)
                lines, with_mask = statement(index, gain, options)
                inmask = rng.random(data.shape) < 0.01 if with_mask else None
                fits.PrimaryHDU(data).writeto(f"{folder}/a{index}.fits")
                if with_mask:
                    fits.PrimaryHDU(inmask.astype(np.uint8)).writeto(f"{folder}/k{index}.fits")
                script += lines
                expected.append((index, lines[1], detect_cosmics(data, inmask=inmask, gain=gain, **options)))
            subprocess.run([crs, "-c", "\n".join(script)], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            for index, words, (mask, clean) in expected:
                ours = fits.getdata(f"{folder}/m{index}.fits") != 0
                cleaned = fits.getdata(f"{folder}/c{index}.fits")
                scale = np.maximum(np.abs(clean), 1e-3 * np.abs(clean).max())
                error = float(np.max(np.abs(cleaned - clean) / scale))
                different = int((ours != mask).sum())
                pixels, flagged = pixels + mask.size, flagged + int(mask.sum())
                differing_pixels += different
                if different or error > 1e-5:
                    differing_cases += 1
                    print(f"case {index} {mask.shape}: {different} pixels differ, error {error:.2g}: {words}")
                else:
                    worst = max(worst, error)
    print(f"{total} cases, {pixels} pixels, {flagged} flagged: {differing_pixels} differ in {differing_cases} cases; "
          f"worst relative difference elsewhere {worst:.2g}")


main()
