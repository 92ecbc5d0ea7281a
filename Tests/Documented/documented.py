"""Runs what the documents print, twice, in new folders, and prints a table. See README.md."""
import argparse
import array
import concurrent.futures
import gzip
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lines import LINES, Line, MASKS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FILES = HERE / "files"
INPUTS = ROOT / "Tests/Goldens/crmasks/inputs"
# Keys without which numina-crmasks stops; here they have the defaults of docs/reference.md.
OPTIONAL = ["apply_flux_factor_to", "la_cleantype", "la_fsmode", "la_psfmodel", "la_psffwhm_x", "la_psffwhm_y",
            "la_psfsize", "mm_boundary_fit"]
CARD = 80
BLOCK = 2880


def extension(name, pixels, kind, shape, more=()):
    """An image extension as astropy writes the planes of CCDData."""
    bitpix = {"B": 8, "f": -32}[kind]
    cards = ["XTENSION= 'IMAGE   '", f"BITPIX  = {bitpix:20d}", "NAXIS   =                    2",
             f"NAXIS1  = {shape[0]:20d}", f"NAXIS2  = {shape[1]:20d}", "PCOUNT  =                    0",
             "GCOUNT  =                    1", f"EXTNAME = '{name:8s}'", *more, "END"]
    header = "".join(card.ljust(CARD) for card in cards)
    header = header.ljust(-(-len(header) // BLOCK) * BLOCK).encode()
    data = array.array(kind, pixels)
    if kind == "f" and sys.byteorder == "little":
        data.byteswap()
    data = data.tobytes()
    return header + data + bytes(-len(data) % BLOCK)


class Documents:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        tools = folder / "bin"
        tools.mkdir()
        # The names of the documents' programs; what follows them is handed over word for word.
        self.script("numina-crmasks", f'exec "{program}" "$@"')
        self.script("numina", f'exec "{program}" "$@"')
        self.script("cr2images", f'exec "{program}" cr2images "$@"')
        self.script("fitsinfo", f'exec "{program}" info "$@"')
        home = folder / "home"
        home.mkdir()
        self.environment = dict(
            os.environ, PATH=f"{tools}:{os.environ['PATH']}", HOME=str(home), XDG_CONFIG_HOME=str(home),
            XDG_DATA_HOME=str(home), XDG_STATE_HOME=str(home), SOURCE_DATE_EPOCH="1700000000", TZ="UTC", NO_COLOR="1")
        self.inputs = folder / "inputs"
        self.inputs.mkdir()
        self.make()

    def script(self, name, text):
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def run(self, words, folder, **more):
        return subprocess.run(words, cwd=folder, env=self.environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=300, **more)

    def must(self, words, folder):
        ended = self.run([str(self.program), *words], folder)
        if ended.returncode:
            raise SystemExit(f"crs {shlex.join(words)}: {ended.stderr}")

    # The folders that lines start from.

    def exposure(self, scene, k, path):
        with gzip.open(INPUTS / f"{scene}_{k}.fits.gz", "rb") as source:
            path.write_bytes(source.read())

    def make(self):
        # The parameter files name ../golden/crmasks/inputs/SCENE_K.fits.
        golden = self.inputs / "golden/crmasks/inputs"
        golden.mkdir(parents=True)
        for scene in ("eq3", "flux3", "off3"):
            for k in (1, 2, 3):
                self.exposure(scene, k, golden / f"{scene}_{k}.fits")
        examples = self.inputs / "examples"
        examples.mkdir()
        for path in FILES.glob("params_*.yaml"):
            shutil.copy(path, examples)
        text = (FILES / "params_example1.yaml").read_text()
        for key in OPTIONAL:
            (examples / f"without_{key}.yaml").write_text(re.sub(rf"(?m)^  {key}:.*\n", "", text))
        made = self.inputs / "made"
        made.mkdir()
        self.must(["crmasks", "params_example1.yaml", "--output_dir", str(made), "--figures", "no"], examples)
        masks, alone = self.inputs / "masks", self.inputs / "masks-alone"
        shutil.copytree(examples, masks)
        shutil.copytree(examples, alone)
        shutil.copy(made / "crmasks.fits", alone)
        for name in MASKS + [f"combined_{m}.fits" for m in ("mediancr", "meancrt", "meancr")]:
            shutil.copy(made / name, masks)
        self.make_lists(golden, made)
        self.make_megara(golden, made)
        self.make_pair()

    def make_lists(self, golden, made):
        for name in ("list", "list-masks", "no-list"):
            folder = self.inputs / name
            folder.mkdir()
            for k in (1, 2, 3):
                shutil.copy(golden / f"eq3_{k}.fits", folder / f"preprocessed_{k}.fits")
            if name == "no-list":
                continue
            (folder / "list.txt").write_text("".join(f"preprocessed_{k}.fits\n" for k in (1, 2, 3)))
        shutil.copy(made / "crmasks.fits", self.inputs / "list-masks")

    def make_megara(self, golden, made):
        long = (FILES / "8_generate_crmasks.yaml").read_text()
        head = long[:long.index("requirements:")]
        forms = {
            "megara": long, "megara-none": head, "megara-auto": head + "requirements:\n  flux_factor: auto\n",
            "megara-saved": head + "requirements:\n  flux_factor: auto\n  save_preprocessed: True\n"}
        for method in ("mediancr", "meancrt", "meancr"):
            forms["megara-" + method] = (FILES / f"8_LcbImage_{method}.yaml").read_text()
        image = forms["megara-mediancr"]
        forms["megara-plain"] = image[:image.index("requirements:")]
        for name, text in forms.items():
            folder = self.inputs / name
            (folder / "data").mkdir(parents=True)
            kind = "8_LcbImage.yaml" if "MegaraLcbImage" in text else "8_generate_crmasks.yaml"
            (folder / kind).write_text(text)
            (folder / "control.yaml").write_text("version: 1\nrootdir: .\nproducts: {}\n")
            for k in (1, 2, 3):
                shutil.copy(golden / f"eq3_{k}.fits", folder / "data")
            shutil.copy(made / "crmasks.fits", folder / "data")

    def make_pair(self):
        folder = self.inputs / "pair"
        folder.mkdir()
        self.must(["simulate", "--nx", "1024", "--ny", "250", "--n", "2", "--seed", "9", "--offsets",
                   "[[0, 0], [0, 4]]", "--density", "2e-4", "--prefix", "p"], folder)
        (folder / "p_truth.fits").unlink()
        for k, name in ((1, "a"), (2, "b")):
            path = folder / f"p_{k}.fits"
            content = path.read_bytes()
            path.unlink()
            cards = [content[i:i + CARD].decode("latin-1") for i in range(0, BLOCK * 4, CARD)]
            end = next(i for i, card in enumerate(cards) if card.startswith("END"))
            start = -(-(end + 1) * CARD // BLOCK) * BLOCK
            pixels = array.array("f", content[start:start + 4 * 1024 * 250])
            if sys.byteorder == "little":
                pixels.byteswap()
            errors = (max(value, 0) ** 0.5 + 3.4 for value in pixels)
            (folder / f"{name}.fits").write_bytes(
                content + extension("MASK", bytes(len(pixels)), "B", (1024, 250))
                + extension("UNCERT", errors, "f", (1024, 250), ["UTYPE   = 'StdDevUncertainty'"]))

    # One line.

    def once(self, line, number, turn):
        place = self.folder / f"{number}-{turn}"
        place.mkdir()
        shutil.copytree(self.inputs / "golden", place / "golden")
        folder = place / "work"
        shutil.copytree(self.inputs / line.folder, folder)
        before = self.contents(folder)
        if line.sort == "shell":
            ended = self.run(["bash", "-c", line.text], folder)
        else:
            text = line.before + line.text + "\n" + line.after
            ended = self.run([str(self.program), "-c", text], folder)
        after = self.contents(folder)
        written = {name: after[name] for name in after if before.get(name) != after[name]}
        shutil.rmtree(place)
        return ended, written

    @staticmethod
    def contents(folder):
        return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(folder.rglob("*")) if path.is_file()}

    def verdict(self, line, number, turns):
        ended, written = self.once(line, number, 1)
        wrong = []
        said = ended.stdout + ended.stderr
        if ended.returncode != line.status:
            wrong.append(f"status {ended.returncode}, expected {line.status}: {ended.stderr.strip()[:300]}")
        wrong += [f"{name} is missing" for name in line.files if name not in written]
        wrong += [f"the report lacks '{text}'" for text in line.says if text not in said]
        if line.names and ended.returncode == 0:
            wrong += [f"the report does not name {name}" for name in written
                      if name not in ended.stdout and Path(name).name not in ended.stdout]
        if turns > 1:
            again, rewritten = self.once(line, number, 2)
            if again.returncode != ended.returncode or sorted(rewritten) != sorted(written):
                wrong.append("the second run differs")
            elif line.fixed:
                wrong += [f"{name} differs in the second run" for name in written
                          if written[name] != rewritten[name] and not name.endswith("terminal_output.txt")]
        return ended, written, wrong


def table_of(files):
    """The names of files in few words."""
    count = {}
    for name in files:
        count[Path(name).suffix] = count.get(Path(name).suffix, 0) + 1
    if len(files) <= 3:
        return ", ".join(files) or "-"
    return f"{len(files)} (" + ", ".join(f"{n} {suffix}" for suffix, n in sorted(count.items())) + ")"


def main():
    parser = argparse.ArgumentParser(prog="scripts/documented", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a line of each sort, once")
    parser.add_argument("--program", type=Path, help="crs to test")
    parser.add_argument("--only", help="lines that contain this text")
    options = parser.parse_args()
    candidates = [options.program] if options.program else [
        ROOT / ".build/test/release/crs", ROOT / ".build/release/crs"]
    program = next((path.resolve() for path in candidates if path and path.is_file()), None)
    if program is None:
        raise SystemExit("documented: there is no program; scripts/build makes one")
    lines = LINES + [
        Line("shell", f"numina-crmasks without_{key}.yaml", "examples", MASKS, says=[f"{key} is not given"])
        for key in OPTIONAL]
    lines = [line for line in lines if (line.short or not options.short)
             and (not options.only or options.only in line.text)]
    turns = 1 if options.short else 2
    with tempfile.TemporaryDirectory() as name:
        documents = Documents(program, Path(name))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            jobs = [pool.submit(documents.verdict, line, k, turns) for k, line in enumerate(lines)]
            print("| line | status | files written | verdict |\n| --- | --- | --- | --- |")
            failed = 0
            for line, job in zip(lines, jobs):
                ended, written, wrong = job.result()
                failed += bool(wrong)
                text = line.text.replace("\n", "; ").replace("|", "\\|")
                where = f" (`{line.folder}`)" if line.folder.startswith("megara") else ""
                print(f"| `{text}`{where} | {ended.returncode} | {table_of(sorted(written))} | "
                      f"{'; '.join(wrong).replace(chr(10), ' ').replace('|', '/') or 'as printed'} |", flush=True)
    times = "once" if turns == 1 else "twice"
    print(f"\n{len(lines)} lines run {times}, {len(lines) - failed} as printed, {failed} not")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
