"""Times crs cr2images beside teareduce 0.6.9: scripts/bench cr2images [SIDE ...] [--repeat=5]

Both clean the same simulated pairs, in turn, in memory; reading and start-up are not counted. Without sides: 500, 1000,
1596. Then crs alone as a subcommand on files, 4096 and 8192 pixels a side (--large=no leaves that out), with its peak
memory in planes of float32. Prints the best of the repeats, ratios and how many pixels of masks and images differ.
"""
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np
from astropy.io import fits

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
crs = os.path.join(root, ".build/release/crs")


def option(name, default):
    return next((a.split("=", 1)[1] for a in sys.argv[1:] if a.startswith(f"--{name}=")), default)


def pair(side, folder, tracks_per_pixel=3e-4):
    rng = np.random.default_rng(side)
    level = (80 + 60 * np.sin(np.arange(side) / 9) ** 2).astype(np.float32)
    paths = []
    for name in "ab":
        data = np.empty((side, side), np.float32)
        for first in range(0, side, 256):
            rows = slice(first, min(first + 256, side))
            shape = data[rows].shape
            data[rows] = rng.poisson(np.broadcast_to(level, shape)) + rng.normal(0, 3.4, shape)
        for _ in range(int(tracks_per_pixel * side * side)):
            x, y, angle = rng.uniform(0, side), rng.uniform(0, side), rng.uniform(0, 2 * np.pi)
            length = rng.exponential(5)
            along = np.arange(0, length + 1)
            i = np.clip((y + along * np.sin(angle)).astype(int), 0, side - 1)
            j = np.clip((x + along * np.cos(angle)).astype(int), 0, side - 1)
            data[i, j] += rng.lognormal(6, 1)
        paths.append(os.path.join(folder, f"{name}{side}.fits"))
        fits.PrimaryHDU(data).writeto(paths[-1])
    return paths


def ours(paths, threads, repeat, folder):
    statements = [f"set threads={threads}", f"a = load '{paths[0]}'", f"b = load '{paths[1]}'"]
    statements += ["time c1, c2, m1, m2 = cr2images a b"] * repeat
    names = ("c1", "c2", "m1", "m2")
    statements += [f"save {name} '{folder}/{name}.fits' overwrite=yes" for name in names]
    result = subprocess.run([crs, "-c", "; ".join(statements)], check=True, capture_output=True, text=True)
    seconds = min(float(t) for t in re.findall(r"^time: ([0-9.]+) s", result.stdout, re.M))
    return seconds, [fits.getdata(f"{folder}/{name}.fits") for name in names]


def peer(paths):
    import teareduce as tea
    first, second = (fits.getdata(path).astype(np.float32) for path in paths)
    start = time.perf_counter()
    result = tea.cr2images(data1=first, data2=second, return_masks=True, debug_level=0)
    return time.perf_counter() - start, result


def large(side, folder):
    paths = pair(side, folder, 1e-4)
    outputs = [os.path.join(folder, f"out{k}.fits") for k in "12"]
    start = time.perf_counter()
    subprocess.run([crs, "cr2images", *paths, "--out", outputs[0], "--out", outputs[1], "--overwrite"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / (4 * side * side)
    for threads in (1, 2):
        inside, _ = ours(paths, threads, 2, folder)
        print(f"{side}x{side} {threads} threads  crs {inside:.2f} s in memory", flush=True)
    print(f"{side}x{side} files to files: {seconds:.2f} s, peak {memory:.1f} planes", flush=True)


def main():
    sides = [int(a) for a in sys.argv[1:] if a.isdigit()] or [500, 1000, 1596]
    with tempfile.TemporaryDirectory(prefix="crs-bench-") as folder:
        for side in sides:
            paths = pair(side, folder)
            theirs, expected = peer(paths)
            for threads in (1, 2):
                mine, found = ours(paths, threads, int(option("repeat", "5")), folder)
                different = sum(int((a != b).sum()) for a, b in zip(found, expected))
                print(f"{side}x{side} {threads} threads  crs {1e3 * mine:7.1f} ms  teareduce {1e3 * theirs:8.0f} ms  "
                      f"ratio {theirs / mine:5.0f}  {int(expected[2].sum())} and {int(expected[3].sum())} pixels, "
                      f"{different} differ", flush=True)
    if option("large", "yes") != "no":
        for side in (4096, 8192):
            with tempfile.TemporaryDirectory(prefix="crs-bench-") as folder:
                large(side, folder)


main()
