"""Condenses the golden files of teareduce into expected.json: make_expected.py GOLDEN_FOLDER

A cleaned image equals its input outside its mask (checked here), so that only masked pixels are kept.
"""
import json
import os
import sys

import numpy as np
from astropy.io import fits

golden = sys.argv[1]
here = os.path.dirname(os.path.abspath(__file__))
manifest = json.load(open(os.path.join(golden, "manifest.json")))


def read(name, extension):
    with fits.open(os.path.join(golden, name)) as hdus:
        data = hdus[extension].data
        return data.astype(data.dtype.newbyteorder("="))


def changes(before, after, mask):
    flagged = np.flatnonzero(mask)
    same = before.ravel().copy()
    same[flagged] = after.ravel()[flagged]
    assert np.array_equal(same, after.ravel())
    return {"pixels": flagged.tolist(), "values": [float(v) for v in after.ravel()[flagged]]}


cases = []
for case in manifest["cases"]:
    inputs = [name for name in case["inputs"].values() if name]
    entry = {k: case.get(k) for k in ("name", "parameters", "counts", "report", "convert_input_to", "history")}
    entry["inputs"] = inputs
    if case["function"] == "cr2images":
        out = case["outputs"]["file"]
        entry["images"] = []
        for n in range(1, len(inputs) + 1):
            before = read(inputs[n - 1], 0)
            if case["convert_input_to"]:
                before = before.astype(case["convert_input_to"])
            entry["images"].append(changes(before, read(out, f"DATA{n}C"), read(out, f"MASK{n}")))
    else:
        entry["images"], entry["uncertainties"] = [], []
        for n in range(1, len(inputs) + 1):
            out = case["outputs"].get(f"outfile{n}")
            mask, before = read(out, "MASK"), read(inputs[n - 1], 0)
            entry["images"].append(changes(before, read(out, 0), mask))
            entry["uncertainties"].append(
                changes(read(inputs[n - 1], "UNCERT"), read(case["outputs"]["fixed_uncert"], f"UNCERT{n}"), mask))
    cases.append(entry)
with open(os.path.join(here, "expected.json"), "w") as file:
    json.dump(cases, file, separators=(",", ":"))
