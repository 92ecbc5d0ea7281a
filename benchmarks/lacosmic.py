"""Times crs lacosmic beside astroscrappy 1.3.0: scripts/bench lacosmic [NX NY] [--threads=1,2] [--repeat=5] [--peer-repeat=2]

Both clean the same simulated fibre and star fields, in turn, in memory: reading and start-up are not counted. Without
NX NY the frames are 2016x1596 and 4096x4112. Prints times (the best of the repeats), their ratio and how many pixels
of the masks differ.
"""
import os
import re
import subprocess
import sys
import tempfile

import numpy as np
from astropy.io import fits

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
crs = os.path.join(root, ".build/release/crs")
READ_NOISE = 3.4
MODES = {
    "sepmed, convolve": dict(sepmed=True, fsmode="convolve"),
    "sepmed, median": dict(sepmed=True, fsmode="median"),
    "full medians": dict(sepmed=False, fsmode="median"),
    "full, convolve": dict(sepmed=False, fsmode="convolve"),
}
PEER = """
import json, sys, time
import numpy as np
from astropy.io import fits
from astroscrappy import detect_cosmics
data = fits.getdata(sys.argv[1]).astype(np.float32)
best = 1e9
for _ in range(int(sys.argv[4])):
    start = time.perf_counter()
    mask, clean = detect_cosmics(data, readnoise=float(sys.argv[3]), **json.loads(sys.argv[2]))
    best = min(best, time.perf_counter() - start)
np.save(sys.argv[5], mask)
print(best)
"""


def option(name, default):
    for argument in sys.argv[1:]:
        if argument.startswith(f"--{name}="):
            return argument.split("=", 1)[1]
    return default


def add_tracks(electrons, rng, density):
    """Cosmic rays: straight tracks with a lognormal charge, slightly blurred."""
    ny, nx = electrons.shape
    hits = np.zeros_like(electrons)
    for _ in range(int(density * nx * ny)):
        x, y, angle = rng.uniform(0, nx), rng.uniform(0, ny), rng.uniform(0, 2 * np.pi)
        length, charge = 1 + rng.exponential(4), rng.lognormal(5.6, 1)
        steps = int(8 * length) + 1
        along = np.linspace(0, length, steps)
        i, j = (y + along * np.sin(angle)).astype(int), (x + along * np.cos(angle)).astype(int)
        inside = (i >= 0) & (i < ny) & (j >= 0) & (j < nx)
        np.add.at(hits, (i[inside], j[inside]), charge * length / steps)
    padded = np.pad(hits, 1)
    blurred = 0.76 * hits
    for dy, dx, weight in ((0, 1, 0.05), (1, 0, 0.05), (0, -1, 0.05), (-1, 0, 0.05), (1, 1, 0.01), (1, -1, 0.01),
                           (-1, 1, 0.01), (-1, -1, 0.01)):
        blurred += weight * padded[1 + dy:1 + dy + ny, 1 + dx:1 + dx + nx]
    electrons += blurred


def fibres(nx, ny, rng):
    """Traces of fibres with a continuum and emission lines."""
    x = np.arange(nx)
    spectrum = 9 + 4 * np.sin(5 * x / nx)
    for position in rng.uniform(0, nx, max(6, nx // 70)):
        spectrum = spectrum + 260 * rng.power(0.45) * np.exp(-0.5 * ((x - position) / 1.3) ** 2)
    y = np.arange(ny)[:, None]
    image = np.zeros((ny, nx))
    for centre in np.arange(6, ny - 6, 5.2):
        if centre // 52 % 6 == 5:
            continue
        first, last = int(centre) - 6, int(centre) + 14
        profile = np.exp(-0.5 * ((y[first:last] - centre - 6 * (x / nx - 0.5) ** 2) / 1.15) ** 2)
        image[first:last] += rng.uniform(0.7, 1) * profile * spectrum
    return image


def stars(nx, ny, rng):
    """A sky with stars of all magnitudes."""
    image = np.full((ny, nx), 120.0)
    y, x = np.mgrid[-8:9, -8:9]
    for _ in range(nx * ny // 1500):
        i, j = rng.integers(8, ny - 8), rng.integers(8, nx - 8)
        dx, dy = rng.uniform(-0.5, 0.5, 2)
        image[i - 8:i + 9, j - 8:j + 9] += min(3e5, rng.lognormal(6, 1.6)) * np.exp(
            -0.5 * ((x - dx) ** 2 + (y - dy) ** 2) / 1.1 ** 2)
    return image


def expose(scene, nx, ny, folder):
    rng = np.random.default_rng(1)
    electrons = rng.poisson(scene(nx, ny, rng)).astype(float)
    add_tracks(electrons, rng, 0.9e-3)
    path = os.path.join(folder, f"{scene.__name__}_{nx}x{ny}.fits")
    data = np.minimum(electrons + rng.normal(0, READ_NOISE, electrons.shape), 65000).astype(np.float32)
    fits.PrimaryHDU(data).writeto(path)
    return path


def ours(path, mode, threads, repeat, folder):
    mask = os.path.join(folder, "mask.fits")
    words = " ".join(f"{k}={v if isinstance(v, str) else 'yes' if v else 'no'}" for k, v in mode.items())
    clean = f"clean, mask = lacosmic a gain=1 readnoise={READ_NOISE} sigclip=4.5 satlevel=65536 {words}"
    statements = [f"set threads={threads}", f"a = load '{path}'"] + [f"time {clean}"] * repeat
    statements.append(f"save mask '{mask}' overwrite=yes")
    result = subprocess.run([crs, "-c", "; ".join(statements)], check=True, capture_output=True, text=True)
    seconds = min(float(t) for t in re.findall(r"^time: ([0-9.]+) s", result.stdout, re.M))
    return seconds, fits.getdata(mask) != 0


def peer(path, mode, threads, repeat, folder):
    import json
    saved = os.path.join(folder, "peer.npy")
    result = subprocess.run(
        [sys.executable, "-c", PEER, path, json.dumps(mode), str(READ_NOISE), str(repeat), saved], check=True,
        capture_output=True, text=True, env=dict(os.environ, OMP_NUM_THREADS=str(threads)))
    return float(result.stdout), np.load(saved)


def main():
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    sizes = [tuple(numbers[:2])] if len(numbers) >= 2 else [(2016, 1596), (4096, 4112)]
    threads = [int(t) for t in option("threads", "1,2").split(",")]
    repeat, peer_repeat = int(option("repeat", "5")), int(option("peer-repeat", "2"))
    with tempfile.TemporaryDirectory(prefix="crs-bench-") as folder:
        for nx, ny in sizes:
            for scene in (fibres, stars):
                path = expose(scene, nx, ny, folder)
                for name, mode in MODES.items():
                    for count in threads:
                        theirs, expected = peer(path, mode, count, peer_repeat, folder)
                        mine, mask = ours(path, mode, count, repeat, folder)
                        different = int((mask != expected).sum())
                        print(f"{nx}x{ny} {scene.__name__:7s} {name:17s} {count} thread{'s' if count > 1 else ' '}  "
                              f"crs {1e3 * mine:6.0f} ms  astroscrappy {1e3 * theirs:6.0f} ms  "
                              f"ratio {theirs / mine:4.0f}  {int(expected.sum())} pixels, {different} differ",
                              flush=True)


main()
