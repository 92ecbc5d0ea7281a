"""What crs calculates beside what NumPy and SciPy calculate.

Each round makes random images, lets one script of crs write all results, and compares them pixel by pixel. Rules of crs
that differ from NumPy's are written down where they are applied: `rule:` marks them.
"""
import csv
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from astropy.io import fits
from scipy import ndimage

warnings.simplefilter("ignore")
np.seterr(all="ignore")
CRS = os.environ["CRS"]
SMALL = ["uint8", "int8", "int16", "uint16", "float32"]  # rule: these calculate in single precision
WIDE = ["int32", "uint32", "int64", "uint64", "float64"]  # rule: these calculate in double precision
OPERATORS = ["+", "-", "*", "/", "**", "//", "%"]
COMPARISONS = ["<", "<=", ">", ">=", "==", "!="]
FUNCTIONS = ["abs", "sqrt", "exp", "log", "log10", "floor", "ceil", "round", "sign"]


class Round:
    def __init__(self, folder, seed):
        self.folder = folder
        self.random = np.random.default_rng(seed)
        self.script = ["set on_error=continue"]
        self.checks = []
        self.written = 0
        self.shape = (int(self.random.integers(1, 30)), int(self.random.integers(1, 40)))

    # Images

    def image(self, kind):
        """Random values of a type with its limits among them, NaN and infinities where it has them."""
        size = self.shape
        if kind.startswith("float"):
            limit = np.finfo(kind).max
            values = self.random.normal(100, 300, size).astype(kind)
            flat = values.reshape(-1)
            odd = [np.nan, np.inf, -np.inf, 0, -0.0, limit, -limit, np.finfo(kind).tiny, limit * 0.9, 1e-40, 2.5, -2.5]
            if kind == "float64":
                odd += [2459000.123, 1 + 2.0**-52]
        else:
            info = np.iinfo(kind)
            values = self.random.integers(info.min, info.max, size, dtype=kind, endpoint=True)
            if self.random.random() < 0.5:
                values = (values % 50).astype(kind)
            flat = values.reshape(-1)
            odd = [info.min, info.max, info.max - 1, 0, 1]
        for value in odd:
            flat[self.random.integers(flat.size)] = value
        return values

    def write(self, name, values, mask=None):
        hdus = [fits.PrimaryHDU(values)]
        if mask is not None:
            hdus.append(fits.ImageHDU(mask.astype("uint8"), name="MASK"))
        self.written += 1
        path = f"{name}_{self.written}.fits"
        fits.HDUList(hdus).writeto(f"{self.folder}/{path}")
        self.script.append(f"{name} = load {path}")
        return path

    # Results

    def expect(self, statement, check):
        number = len(self.checks)
        self.checks.append((statement, check))
        self.script.append(f"r = {statement}")
        self.script.append(f"save r r{number}.fits")
        self.script.append("drop r")

    def plane(self, statement, wanted, ulps=0):
        def check(path):
            got = fits.getdata(path)
            return differences(got, wanted, ulps)

        self.expect(statement, check)

    def number(self, statement, wanted, relative=0.0):
        number = len(self.checks)

        def check(path):
            with open(path.replace(".fits", ".csv")) as file:
                got = float(list(csv.reader(file))[1][0])
            if np.isnan(wanted) and np.isnan(got):
                return None
            return None if abs(got - wanted) <= relative * abs(wanted) else f"{got!r}, not {wanted!r}"

        self.checks.append((statement, check))
        self.script += [
            f"r = {statement}", "t = newtable value", "t = addrow t r", f"save t r{number}.csv", "drop r"]

    def run(self):
        path = f"{self.folder}/numbers.crs"
        with open(path, "w") as file:
            file.write("\n".join(self.script) + "\n")
        done = subprocess.run([CRS, path], cwd=self.folder, capture_output=True, text=True)
        failed = []
        if done.returncode not in (0, 1, 2, 3):
            failed.append(("the script", f"ended with {done.returncode}: {done.stderr[-400:]}"))
        for number, (statement, check) in enumerate(self.checks):
            try:
                trouble = check(f"{self.folder}/r{number}.fits")
            except (FileNotFoundError, IndexError):  # a table without a row
                lines = done.stderr.split("\n")
                reason = next((lines[k - 1] for k, line in enumerate(lines) if line.strip() == f"r = {statement}"), "")
                trouble = f"has no result: {reason}"
            if trouble:
                failed.append((statement, trouble))
        return len(self.checks), failed


def differences(got, wanted, ulps):
    """A sentence where values differ by more than so many units in the last place; NaN equals NaN."""
    got, wanted = np.asarray(got), np.asarray(wanted)
    if got.shape != wanted.shape:
        return f"has the shape {got.shape}, not {wanted.shape}"
    if wanted.dtype == bool:
        wanted = wanted.astype("uint8")
    if wanted.dtype.kind == "f" and got.dtype.kind == "f" and got.dtype.itemsize != wanted.dtype.itemsize:
        return f"is {got.dtype}, not {wanted.dtype}"
    same = got == wanted
    if wanted.dtype.kind == "f":
        same |= np.isnan(got) & np.isnan(wanted)
        if ulps:
            same |= np.abs(got - wanted) <= ulps * np.spacing(np.abs(wanted))
    if same.all():
        return None
    place = tuple(int(k) for k in np.argwhere(~same)[0])
    return f"{(~same).sum()} of {same.size} differ; at {place} {got[place]!r}, not {wanted[place]!r}"


def operation(symbol, a, b):
    if symbol == "+":
        return a + b
    if symbol == "-":
        return a - b
    if symbol == "*":
        return a * b
    if symbol == "/":
        return a / b
    if symbol == "**":
        return np.power(a, b)
    if symbol == "//":
        return np.floor_divide(a, b)
    return np.remainder(a, b)


def compared(symbol, a, b):
    known = ~(np.isnan(a) | np.isnan(b))  # rule: a comparison flags nothing where a value is NaN, != too
    table = {
        "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal,
        "!=": np.not_equal}
    return table[symbol](a, b) & known


def function(name, a):
    if name == "sign":
        return np.where(a == 0, a, np.sign(a))
    return {"abs": np.abs, "round": np.round}.get(name, getattr(np, name))(a)


def arithmetic(run):
    for kind in SMALL + WIDE:
        a, b = run.image(kind), run.image(kind)
        run.write("a", a)
        run.write("b", b)
        real = "float32" if kind in SMALL else "float64"
        x, y = a.astype(real), b.astype(real)
        three = np.array(3, real)
        for symbol in OPERATORS:
            # rule: results of whole numbers are real numbers; nothing wraps around
            ulps = {"**": 2, "%": 1, "//": 0}.get(symbol, 0)
            run.plane(f"a {symbol} b", operation(symbol, x, y), ulps)
            run.plane(f"a {symbol} 3", operation(symbol, x, three), ulps)
            run.plane(f"3 {symbol} a", operation(symbol, three, x), ulps)
        run.plane("-a", -x)
        for symbol in COMPARISONS:
            run.plane(f"a {symbol} b", compared(symbol, x, y))
            run.plane(f"a {symbol} 3", compared(symbol, x, three))
        for name in FUNCTIONS:
            run.plane(f"{name}(a)", function(name, x), 2 if name in ("exp", "log", "log10") else 0)
        run.plane("minimum(a, b)", np.minimum(x, y))
        run.plane("maximum(a, b)", np.maximum(x, y))
        run.plane("clip(a, 2, 50)", np.clip(x, 2, 50))
        run.plane("where(a > b, a, b)", np.where(compared(">", x, y), x, y))
        run.plane("isfinite(a)", np.isfinite(x))
        if kind[0] != "f" and kind != "uint64":
            run.plane("a & b", np.bitwise_and(a, b).astype("int64"))
            run.plane("a | b", np.bitwise_or(a, b).astype("int64"))
        height, width = a.shape
        x1, y1 = int(run.random.integers(1, width + 1)), int(run.random.integers(1, height + 1))
        run.plane(f"a[{x1}:{width}, {y1}:{height}]", a[y1 - 1:, x1 - 1:])
        run.plane("a", a)


def statistics(run):
    for kind in SMALL + WIDE:
        a = run.image(kind)
        mask = run.random.random(a.shape) < 0.2
        run.write("a", a, mask)
        values = a.astype("float64")[~mask]
        values = values[np.isfinite(values)]  # rule: masked, NaN and infinite values are left out
        if values.size == 0:
            continue
        run.number("stats a pixels", values.size)
        run.number("stats a min", values.min())
        run.number("stats a max", values.max())
        large = np.abs(values).max() > 1e150
        if not large:
            scale = np.abs(values).max() or 1
            run.number("(stats a mean) + 0", values.mean(), 1e-12 if abs(values.mean()) > 1e-3 * scale else 1e-8)
            run.number("stats a std", values.std(), 1e-9)
            quarter = np.percentile(values, [25, 75])
            run.number("stats a robust_std", 0.7413 * (quarter[1] - quarter[0]), 1e-12)
        middle = np.sort(values)[[(values.size - 1) // 2, values.size // 2]]
        run.number("stats a median", middle[0] / 2 + middle[1] / 2, 1e-15)


def combinations(run):
    for kind in ["float32", "float64", "uint16", "int32"]:
        for count in [1, 2, 3, 4, 5, 6]:
            images = [run.image(kind) for _ in range(count)]
            masks = [run.random.random(run.shape) < 0.15 for _ in images]
            names = [f"e{k + 1}" for k in range(count)]
            paths = [run.write(*three) for three in zip(names, images, masks)]
            run.script.append(f"s = load [{', '.join(paths)}]" if count > 1 else "s = load [{0}, {0}]; s = s[1:1]".format(*paths))
            real = "float32" if kind in SMALL else "float64"
            cube = np.array(images).astype(real)
            cube[np.array(masks) | ~np.isfinite(cube)] = np.nan  # rule: such values count nowhere
            counts = np.isfinite(cube).sum(0)
            total = np.zeros(run.shape, real)
            for plane in cube:
                total = total + np.where(np.isnan(plane), 0, plane).astype(real)
            mean = (total / counts.astype(real)).astype(real)
            # rule: the mean of values whose sum is too large for the type is still theirs
            wide = np.nansum(cube.astype("longdouble"), 0) / counts
            mean = np.where(np.isfinite(mean) | (counts == 0), mean, wide.astype(real))
            run.plane("mean s", mean, 0 if real == "float32" else 1)
            ordered = np.sort(cube, 0)
            middle = np.full(run.shape, np.nan, real)
            for n in range(1, count + 1):
                low, high = ordered[(n - 1) // 2], ordered[n // 2]
                both = (low + high) * np.array(0.5, real)
                both = np.where(np.isfinite(both), both, low * np.array(0.5, real) + high * np.array(0.5, real))
                middle = np.where(counts == n, low if n % 2 else both, middle)
            run.plane("median s", middle.astype(real))
            run.plane("min s", np.nanmin(cube, 0))
            run.plane("max s", np.nanmax(cube, 0))


def morphology(run):
    mask = run.random.random(run.shape) < run.random.choice([0.02, 0.2, 0.5])
    other = run.random.random(run.shape) < 0.3
    run.write("x", mask.astype("uint8"))
    run.write("y", other.astype("uint8"))
    run.script += ["k = (x > 0)", "l = (y > 0)"]
    square = np.ones((3, 3), bool)
    for size in [0, 1, 2, 5, 40]:
        wanted = ndimage.binary_dilation(mask, square, iterations=size) if size else mask
        run.plane(f"dilate k {size}", wanted)
    run.plane("k & l", mask & other)
    run.plane("k | l", mask | other)
    run.plane("!k", ~mask)
    run.number("countflagged k", mask.sum())
    for connectivity, shape in [(4, ndimage.generate_binary_structure(2, 1)), (8, square)]:
        labels, count = ndimage.label(mask, shape)
        found = ndimage.find_objects(labels)
        wanted = sorted(
            ((labels[box] == k + 1).sum(), box[1].start + 1, box[1].stop, box[0].start + 1, box[0].stop)
            for k, box in enumerate(found))
        number = len(run.checks)

        def check(path, wanted=wanted, number=number):
            with open(path.replace(".fits", ".csv")) as file:
                rows = list(csv.reader(file))[1:]
            got = sorted(tuple(int(cell) for cell in row[1:6]) for row in rows)
            return None if got == wanted else f"{len(got)} groups, not {len(wanted)}, or others"

        run.checks.append((f"label k connectivity={connectivity}", check))
        run.script += [f"r = label k connectivity={connectivity}", f"save r r{number}.csv", "drop r"]


def shifts(run):
    for kind in ["float32", "uint16", "float64", "int32"]:
        a = run.image(kind)
        if kind[0] == "f":
            a = np.where(np.isfinite(a) & (np.abs(a) < 1e30), a, 1).astype(kind)
        run.write("a", a)
        height, width = a.shape
        for dx, dy in [(0, 0), (1, 0), (0, -2), (3, 5), (-width, 0), (1000000, -1000000)]:
            wanted = np.zeros_like(a)
            for y in range(height):
                for x in range(width):
                    if 0 <= y - dy < height and 0 <= x - dx < width:
                        wanted[y, x] = a[y - dy, x - dx]
            run.plane(f"shift a {dx} {dy}", wanted)  # rule: pixels from outside are 0 and masked
        for dx, dy in [(0.5, 0), (-0.25, 1.75), (2.125, -3.5)]:
            wanted = ndimage.shift(a.astype("float64"), (dy, dx), order=1, mode="grid-constant", cval=0)
            run.expect(
                f"shift a {dx} {dy}",
                lambda path, wanted=wanted, a=a: None
                if np.allclose(fits.getdata(path), wanted, rtol=1e-6, atol=1e-6 * float(np.abs(a).max() or 1))
                else "differs from a bilinear shift")


def digits(run):
    """Digits that single precision does not have."""
    julian = np.full(run.shape, 2459000.123)
    run.write("a", julian)
    run.number("(a - 2459000)[1, 1]", 2459000.123 - 2459000)
    run.number("stats (a - 2459000) mean", 2459000.123 - 2459000, 1e-9)
    run.plane("a - 2459000", julian - 2459000)
    run.plane("a[1:1, 1:1]", julian[:1, :1])
    run.number("stats a median", 2459000.123)
    run.script += ["l = [2459000.123, 2459000.124, nan, inf]"]
    run.number("stats l mean", (2459000.123 + 2459000.124) / 2)
    run.number("stats l pixels", 2)
    run.number("2459000.123 - 2459000", 2459000.123 - 2459000)
    run.number("1.0 // 0.1", 1.0 // 0.1)
    run.number("1.0 % 0.1", 1.0 % 0.1)
    run.number("-7 // 2", -7 // 2)
    run.number("-7 % 2", -7 % 2)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    made, failed = 0, []
    for number in range(seed, seed + rounds):
        for part in [arithmetic, statistics, combinations, morphology, shifts, digits]:
            with tempfile.TemporaryDirectory() as folder:
                run = Round(folder, number)
                part(run)
                count, wrong = run.run()
                made += count
                failed += [(number, part.__name__, *what) for what in wrong]
    for what in failed[:40]:
        print("seed {} {}: {} {}".format(*what))
    print(f"{made} results compared in {rounds} rounds, {len(failed)} differ")
    sys.exit(1 if failed else 0)


main()
