"""Star fields whose exposures differ in seeing, and infrared arrays with hot pixels: scripts/bench sources [--seeds=4]

Star fields: 400x400 pixels, 200 stars with Moffat profiles (3.5 pixel wide, wings of beta 3; brightest 2e5 electrons) on a
sky, seeing that scatters from exposure to exposure, places by a twentieth of a pixel, transparency by 1 %.

Infrared arrays: 512x512 pixels, readout noise 12 electrons, a long slit with sky lines or stars; 1 % of the pixels and 20
groups of 3x3 pixels are hot (30 to 40,000 electrons) and their dark current scatters from exposure to exposure beside its
photons by the part that is given.

For each: completeness (pixels with more than 5 sigma of charge) and false pixels of each exposure (less than 1 sigma), all
seeds together divided by their number. Nothing but gain, readout noise and bias=0 is given. Prints Markdown.
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
from astropy.io import fits

from truth import crs

SEEDS = int(next((a.split("=", 1)[1] for a in sys.argv[1:] if a.startswith("--seeds=")), "4"))


def charge(rng, side, density):
    """Tracks of a few pixels [electron]."""
    out = np.zeros((side, side))
    for _ in range(int(side * side * density)):
        y, x = rng.uniform(0, side, 2)
        length, angle, total = rng.integers(1, 8), rng.uniform(0, 2 * np.pi), 10 ** rng.uniform(2, 4.2)
        for s in range(length):
            i, j = int(y + s * np.sin(angle)), int(x + s * np.cos(angle))
            if 0 <= i < side and 0 <= j < side:
                out[i, j] += total / length
    return out


def stars(positions, side, width, shift=(0, 0), beta=3.0):
    alpha, out, parts = width / (2 * np.sqrt(2 ** (1 / beta) - 1)), np.zeros((side, side)), 3
    for x, y, light in positions:
        reach = int(min(60, 8 + 6 * width * (light / 1e4) ** 0.25))
        x0, x1 = max(0, int(x) - reach), min(side, int(x) + reach + 1)
        y0, y1 = max(0, int(y) - reach), min(side, int(y) + reach + 1)
        v, u = np.mgrid[y0 * parts:y1 * parts, x0 * parts:x1 * parts]
        u, v = (u + 0.5) / parts - 0.5, (v + 0.5) / parts - 0.5
        profile = (1 + ((u - x - shift[0]) ** 2 + (v - y - shift[1]) ** 2) / alpha**2) ** -beta
        profile *= (beta - 1) / (np.pi * alpha**2) * light
        out[y0:y1, x0:x1] += profile.reshape(y1 - y0, parts, x1 - x0, parts).mean((1, 3))
    return out


def found(images, gain, noise):
    n = len(images)
    with tempfile.TemporaryDirectory(prefix="crs-sources-") as folder:
        for k, image in enumerate(images):
            fits.writeto(f"{folder}/e{k + 1}.fits", image.astype(np.float32))
        names = " ".join(f"e{k + 1}.fits" for k in range(n))
        call = "crmasks [s[1], s[2]]" if n == 2 else "crmasks s dilation=0"
        script = f"s = load {names} gain={gain} rnoise={noise / gain:.5f} bias=0; m = {call}; save m m.fits"
        subprocess.run([crs, "-c", script], cwd=folder, check=True, capture_output=True)
        with fits.open(f"{folder}/m.fits") as file:
            return [file[f"CRMASK{k + 1}"].data > 0 for k in range(n)]


def field(rng, n, scatter, gain=1.4, noise=4.5, side=400, width=3.5):
    positions = [(*rng.uniform(0, side, 2), 10 ** rng.uniform(2.8, 5.3)) for _ in range(200)]
    images, rays, sigmas = [], [], []
    for _ in range(n):
        moved = 0.05 * rng.standard_normal(2) if scatter else (0, 0)
        bright = 1 + (0.01 * rng.standard_normal() if scatter else 0)
        light = 80 + bright * stars(positions, side, width * (1 + scatter * rng.standard_normal()), moved)
        ray = charge(rng, side, 3e-4)
        images.append((rng.poisson(light) + rng.poisson(ray) + noise * rng.standard_normal(light.shape)) / gain)
        rays.append(ray)
        sigmas.append(np.sqrt(light + noise**2))
    return found(images, gain, noise), rays, sigmas


def infrared(rng, n, scatter, kind, gain=2.0, noise=12.0, side=512):
    y, x = np.mgrid[:side, :side]
    if kind == "slit":
        light = 60 + 1500 * np.exp(-0.5 * ((x - side / 2) / 2.2) ** 2)
        for line in rng.uniform(20, side - 20, 40):
            light = light + rng.uniform(50, 3000) * np.exp(-0.5 * ((y - line - 0.01 * x) / 1.3) ** 2)
    else:
        light = 400 + stars([(*rng.uniform(0, side, 2), 10 ** rng.uniform(2.5, 5)) for _ in range(200)], side, 3.5)
    hot = rng.random((side, side)) < 0.01
    dark = np.where(hot, 10 ** rng.uniform(1.5, 4.6, (side, side)), 0)
    for _ in range(20):
        i, j = rng.integers(5, side - 5, 2)
        dark[i - 1:i + 2, j - 1:j + 2] = 10 ** rng.uniform(2, 4, (3, 3))
    images, rays, sigmas = [], [], []
    for _ in range(n):
        ray = charge(rng, side, 3e-4)
        level = light + dark * np.exp(scatter * rng.standard_normal((side, side)))
        total = rng.poisson(level) + rng.poisson(ray) + noise * rng.standard_normal((side, side))
        images.append(np.minimum(total, 1e5) / gain)
        rays.append(ray)
        sigmas.append(np.sqrt(light + dark + noise**2))
    return found(images, gain, noise), rays, sigmas


def row(scene):
    """Completeness, and false pixels of the exposures."""
    hit, all_, wrong = 0, 0, []
    for seed in range(1, SEEDS + 1):
        masks, rays, sigmas = scene(np.random.default_rng(seed))
        for mask, ray, sigma in zip(masks, rays, sigmas):
            hit += (mask & (ray > 5 * sigma)).sum()
            all_ += (ray > 5 * sigma).sum()
        wrong.append([(mask & (ray < sigma)).sum() for mask, ray, sigma in zip(masks, rays, sigmas)])
    return f"{hit / max(1, all_):.3f}; " + ", ".join(f"{v:.1f}" for v in np.mean(wrong, axis=0))


def main():
    if not os.path.exists(crs):
        sys.exit(__doc__)
    print("| seeing scatters by | 2 exposures | 3 exposures | 5 exposures |\n| --- | --- | --- | --- |")
    for scatter in (0, 0.02, 0.04, 0.08, 0.15):
        cells = [row(lambda rng: field(rng, n, scatter)) for n in (2, 3, 5)]
        print(f"| {100 * scatter:.0f} % | " + " | ".join(cells) + " |", flush=True)
    print("\n| hot pixels scatter by | exposures | slit | stars |\n| --- | --- | --- | --- |")
    for scatter in (0, 0.03, 0.1):
        for n in (2, 3, 4):
            cells = [row(lambda rng: infrared(rng, n, scatter, kind)) for kind in ("slit", "stars")]
            print(f"| {100 * scatter:.0f} % | {n} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
