"""Masks of crs applied by numina-crmasks, and masks of numina-crmasks applied by crs: the combinations must agree.

exchange.py VERSION CRS; runs in an environment that has that version of numina. See scripts/compare-masks.
"""
import gzip
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from astropy.io import fits

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
INPUTS = ROOT / "Tests/Goldens/crmasks/inputs"
EXAMPLES = {"example 1": "params_example1", "example 2": "params_example2", "example 3": "params_example3",
            "example 4": "params_example4"}
METHODS = ["mediancr", "meancrt", "meancr"]
# What files of 0.40 need and files of 0.36 must not have.
NEWER = ("  use_auxmedian: {lamedian}\n  la_padwidth: 0\n  mm_cr_coincidences: 2\n  mm_photon_distribution: poisson\n"
         "  mm_nbinom_shape: 1.0\n  mm_synthetic: median\n  mm_hist2d_min_neighbors: 0\n  mm_ydiag_max: 0\n"
         "  mm_dilation: 0\n  mm_threshold_rnoise: 0.0\n")


def parameters(name, version, lamedian):
    """A file for crs and one for numina of a version."""
    text = (HERE / "files" / f"{name}.yaml").read_text().replace("interactive: True", "interactive: False")
    text = text.replace("use_lamedian: False", f"use_lamedian: {lamedian}").replace("maxplots: -1", "maxplots: 0")
    if version.startswith("0.36"):
        return text, text
    newer = re.sub(r"(?m)^  (use_lamedian|mm_threshold):.*\n", "", text)
    return text, newer.replace("requirements:\n", "requirements:\n" + NEWER.format(lamedian=lamedian))


def run(words, folder):
    ended = subprocess.run(words, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=3600,
                           env=dict(os.environ, MPLBACKEND="Agg"))
    return ended.returncode, ended.stdout + ended.stderr


def must(words, folder):
    status, said = run(words, folder)
    if status:
        raise SystemExit(f"{' '.join(map(str, words))}: status {status}\n{said[-2000:]}")


def difference(mine, theirs):
    """Of two combinations: the largest difference of values (ADU), of variances (relative), and unequal MAP pixels."""
    with fits.open(mine) as a, fits.open(theirs) as b:
        values = np.nanmax(np.abs(a[0].data.astype("f8") - b[0].data.astype("f8")))
        first, second = a["VARIANCE"].data.astype("f8"), b["VARIANCE"].data.astype("f8")
        variances = np.nanmax(np.abs(first - second) / np.maximum(np.abs(second), 1))
        return values, variances, int(np.sum(a["MAP"].data != b["MAP"].data))


def main():
    version, crs = sys.argv[1], Path(sys.argv[2]).resolve()
    numina = Path(sys.executable).parent / "numina-crmasks"
    worst = 0
    print(f"| numina {version} | masks made by | applied by | largest difference [ADU] | of VARIANCE | of MAP |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        golden = top / "golden/crmasks/inputs"
        golden.mkdir(parents=True)
        for path in INPUTS.glob("*_[123].fits.gz"):
            (golden / path.name[:-3]).write_bytes(gzip.decompress(path.read_bytes()))
        cases = [(title, file, False) for title, file in EXAMPLES.items()]
        cases.append(("example 1, LAMEDIAN", "params_example1", True))
        for number, (title, file, lamedian) in enumerate(cases):
            work = top / f"work{number}"
            work.mkdir()
            (work / "crs.yaml").write_text(parameters(file, version, lamedian)[0])
            (work / "numina.yaml").write_text(parameters(file, version, lamedian)[1])
            for maker in ("crs", "numina"):
                made, other = work / f"{maker}-made", work / f"{maker}-applied"
                made.mkdir()
                other.mkdir()
                compat = ["--compat", "numina-0.36", "--figures", "no", "--output_dir"]
                if maker == "crs":
                    must([crs, "crmasks", "crs.yaml", *compat, made], work)
                    # numina writes where it stands; its own file names count from there.
                    status, said = run([numina, "../numina.yaml", "--crmasks", made / "crmasks.fits"],
                                       link(other, top))
                    # 0.40 looks for AUXCLEAN where 0.36 and crs write LAMEDIAN, and stops behind meancr without MEANCR.
                    if lamedian and status and "AUXCLEAN" in said:
                        print(f"| {title} | crs | numina {version} | refused: it needs AUXCLEAN | | |", flush=True)
                        continue
                    if status and "MEANCR" not in said and "meancr2" not in said:
                        raise SystemExit(f"numina: {said[-2000:]}")
                    mine, theirs = made, other
                else:
                    must([numina, "../numina.yaml"], link(made, top))
                    must([crs, "crmasks", "crs.yaml", "--crmasks", made / "crmasks.fits", *compat, other], work)
                    mine, theirs = other, made
                found = [difference(mine / f"combined_{m}.fits", theirs / f"combined_{m}.fits") for m in METHODS]
                values, variances, maps = (max(column) for column in zip(*found))
                applied = f"numina {version}" if maker == "crs" else "crs"
                by = "crs" if maker == "crs" else f"numina {version}"
                print(f"| {title} | {by} | {applied} | {values:.2g} | {variances:.2g} | {maps} |", flush=True)
                if values > 1e-3 or variances > 1e-3 or maps:
                    worst += 1
    print(f"\n{'all combinations agree' if not worst else f'{worst} combinations differ'}")
    return 1 if worst else 0


def link(folder, top):
    """A folder from which ../golden is the exposures' place, as the parameter files say it."""
    place = folder.parent / "golden"
    if not place.exists():
        place.symlink_to(top / "golden")
    return folder


if __name__ == "__main__":
    sys.exit(main())
