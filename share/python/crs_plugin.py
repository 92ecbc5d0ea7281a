"""Commands for crs in Python: protocol 1 with nothing but NumPy. See docs/plugins.md.

    from crs_plugin import command, serve

    @command
    def halve(image):
        return image.pixels / 2

    serve()

plugin.json, beside the program, declares name, parameters and results; the function gets the arguments by name.
"""
import csv
import json
import os
import re
import signal
import sys
import traceback
from pathlib import Path

import numpy as np

__all__ = ["command", "serve", "PluginError", "Image", "Stack", "Table", "report", "note", "progress", "ask"]


class PluginError(Exception):
    """Ends a call with a sentence for the user; every other exception shows its traceback."""

    def __init__(self, message, parameter=None, expected=None, hint=None):
        super().__init__(message)
        self.members = {"message": message, "parameter": parameter, "expected": expected, "hint": hint}


class Image:
    """Pixels [ny, nx] with what belongs to them.

    pixels are float32; float64 or integers of 32 or 64 bits where the image holds numbers that float32 cannot (float64
    too for such integers when some pixels are blank).
    mask (bool, True is flagged), uncertainty and uncertainty_kind ("std", "var", "ivar") are None where there is none;
    gain [electron/unit], rnoise and bias [unit], saturation [unit] and exptime [s] are numbers, arrays or None. header is
    a list of [keyword, value, comment].
    """

    _arrays = ("mask", "uncertainty")
    _facts = ("gain", "rnoise", "bias", "saturation", "exptime")

    def __init__(self, pixels, **members):
        self.pixels = np.asarray(pixels)
        self._given = set(members)
        for name in ("unit", "header", "uncertainty_kind", *self._arrays, *self._facts):
            setattr(self, name, members.get(name))

    def __array__(self, dtype=None, copy=None):
        return np.array(self.pixels, dtype=dtype, copy=True)

    def get(self, keyword, default=None):
        """The value of a header card."""
        for card in self.header or []:
            if card[0] == keyword:
                return card[1]
        return default

    @property
    def shape(self):
        return self.pixels.shape


class Stack(list):
    """Equivalent exposures, an Image each."""

    def cube(self):
        """All pixels, [exposure, ny, nx]."""
        return np.stack([exposure.pixels for exposure in self])


class Table:
    """columns is a list of names, rows a list of lists."""

    def __init__(self, columns, rows):
        self.columns, self.rows = list(columns), [list(row) for row in rows]


_commands = {}
_call = {"number": 0, "output": None, "input": None, "folder": None, "files": 0, "works": False}


def command(function):
    """Makes a function the command of its name."""
    _commands[function.__name__] = function
    return function


def report(line):
    """A line of the command's report."""
    _send({"call": _call["number"], "report": str(line)})


def note(line):
    """A note for the user."""
    _send({"call": _call["number"], "note": str(line)})


def progress(fraction, stage=""):
    """How far the work is, 0 to 1."""
    _send({"call": _call["number"], "progress": float(fraction), "stage": stage})


def ask(question, choices=()):
    """The user's answer; None where nobody is there."""
    _send({"call": _call["number"], "ask": question, "choices": list(choices)})
    while True:
        message = json.loads(_call["input"].readline() or b"{}")
        if message.get("call") == _call["number"] and "answer" in message:
            return message["answer"]
        if not message or "cancel" in message:
            raise KeyboardInterrupt


def _send(message):
    line = json.dumps(message, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    if len(line) > 16 << 20:
        raise PluginError("the message is longer than 16 MiB", hint="long tables can be files")
    _call["output"].write(line)


# Values


def _load(name):
    # Arguments are copies for this call alone: they are looked at where they lie, and a change is the program's own.
    return np.load(os.path.join(_call["folder"], name), mmap_mode="c", allow_pickle=False).view(np.ndarray)


def _save(array):
    _call["files"] += 1
    name = "r%d.npy" % _call["files"]
    with open(os.path.join(_call["folder"], name), "xb") as file:
        np.save(file, array, allow_pickle=False)
    return name


def _exact(members, name, exact):
    """The array of the exact numbers where there is one."""
    if members.get(exact) is None:
        return _load(members[name])
    array = _load(members[exact])
    if array.dtype.kind == "f":
        return array
    blank = np.isnan(_load(members[name]))
    if blank.any():
        return np.where(blank, np.nan, array.astype(np.float64))
    kind = members.get("type")
    return array.astype(kind) if kind in ("int32", "uint32") else array


def _array(value):
    return _load(value["pixels"]) if isinstance(value, dict) and "pixels" in value else _value(value)


def _value(value):
    if isinstance(value, list):
        return [_value(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "number" in value:
        return float(value["number"])
    if "image" in value:
        members = value["image"]
        pixels = _exact(members, "pixels", "exact")
        image = Image(pixels, unit=members.get("unit"), header=members.get("header"))
        if members.get("mask") is not None:
            image.mask = _load(members["mask"])
        if members.get("uncertainty") is not None:
            image.uncertainty = _exact(members, "uncertainty", "uncertainty_exact")
        image.uncertainty_kind = members.get("uncertainty_kind")
        for name in Image._facts:
            setattr(image, name, _array(members.get(name)))
        return image
    if "stack" in value:
        return Stack(_value(item) for item in value["stack"]["exposures"])
    if "mask" in value:
        return _load(value["mask"]["pixels"]).astype(bool)
    if "table" in value:
        table = value["table"]
        if "file" in table:
            return _table(os.path.join(_call["folder"], table["file"]))
        return Table(table["columns"], [[_value(cell) for cell in row] for row in table["rows"]])
    return value


_field = re.compile(r'("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|\Z)')


def _table(path):
    """A table that came as a file: its cells are what they are in a short one."""
    with open(path, newline="", encoding="utf-8") as file:
        text = file.read()
    records, record, place = [], [], 0
    while place < len(text):
        found = _field.match(text, place)
        field, place = found.group(1), found.end()
        quoted = field.startswith('"')
        record.append((field[1:-1].replace('""', '"') if quoted else field, quoted))
        if found.group(2) != ",":
            records.append(record)
            record = []
    columns = [_column([record[k] for record in records[1:]]) for k in range(len(records[0]))]
    return Table([field for field, _ in records[0]], zip(*columns) if len(records) > 1 else [])


def _column(fields):
    """Numbers, flags or texts; a field in quotes is a text, and something else that is no number makes all of them texts."""
    texts = [field for field, _ in fields]
    if not any(quoted for _, quoted in fields) and all(field in ("yes", "no") for field in texts):
        return [field == "yes" for field in texts]
    cells = [field if quoted else _cell(field) for field, quoted in fields]
    special = {"": float("nan"), "nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}
    missing = [k for k, (field, quoted) in enumerate(fields) if not quoted and isinstance(cells[k], str)]
    if any(texts[k] not in special for k in missing):
        return texts
    if all(isinstance(cell, str) for cell in cells) and all(texts[k] == "" for k in missing):
        return texts
    for k in missing:
        cells[k] = special[texts[k]]
    return cells


def _cell(field):
    if re.fullmatch(r"[-+]?(0|[1-9][0-9]*)", field) and -(2 ** 63) <= int(field) < 2 ** 63:
        return int(field)
    if re.fullmatch(r"[-+]?[0-9]+", field):
        return field  # 007 is a name, and so is what no integer holds
    if re.fullmatch(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", field):
        return float(field)
    return field


def _number(value):
    value = float(value)
    if np.isfinite(value):
        return value
    return {"number": "nan" if np.isnan(value) else "inf" if value > 0 else "-inf"}


def _json(value, kind):
    if isinstance(value, Image):
        members = {"pixels": _save(_pixels(value.pixels))}
        for name in value._given:
            given = getattr(value, name)
            if isinstance(given, np.ndarray):
                given = _save(given) if name in Image._arrays else {"pixels": _save(given)}
            elif name in Image._facts and given is not None:
                given = _number(given)
            members[name] = given
        return {"image": members}
    if isinstance(value, (Stack,)):
        return {"stack": {"exposures": [_json(item, "image") for item in value]}}
    if isinstance(value, Table):
        if len(value.rows) > 10000 and all(_survives(cell) for row in value.rows for cell in row):
            return {"table": {"file": _save_table(value)}}
        rows = [[_json(cell, "any") for cell in row] for row in value.rows]
        return {"table": {"columns": value.columns, "rows": rows}}
    if isinstance(value, np.ndarray) and value.ndim == 2:
        if kind == "mask" or (kind == "any" and value.dtype == bool):
            return {"mask": {"pixels": _save(value.astype(bool))}}
        return {"image": {"pixels": _save(_pixels(value))}}
    if isinstance(value, np.ndarray):
        return [_json(item, "any") for item in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)) and kind != "number":
        return int(value)
    if isinstance(value, (int, float, np.integer, np.floating)):
        return _number(value)
    if isinstance(value, (list, tuple)):
        return [_json(item, "any") for item in value]
    return value


def _survives(cell):
    """Whether a cell is the same after a CSV file."""
    return isinstance(cell, (int, float, np.integer, np.floating)) and not isinstance(cell, bool)


def _save_table(table):
    _call["files"] += 1
    name = "r%d.csv" % _call["files"]
    with open(os.path.join(_call["folder"], name), "x", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC).writerow(table.columns)
        writer = csv.writer(file, lineterminator="\n")
        for row in table.rows:
            writer.writerow([int(cell) if isinstance(cell, (int, np.integer)) else repr(float(cell)) for cell in row])
    return name


def _pixels(array):
    array = np.asarray(array)
    if array.dtype == bool:
        return array.astype(np.float32)
    # Wider numbers than crs has.
    return array.astype(np.float64) if array.dtype.kind == "f" and array.dtype.itemsize > 8 else array


# The conversation


def _interrupted(number, frame):
    if _call["works"]:
        _call["works"] = False
        raise KeyboardInterrupt


def _run(message, results):
    name = message["command"]
    try:
        _call["works"] = True
        function = _commands.get(name)
        if function is None:
            raise PluginError("the program has no command " + name)
        given = function(**{key: _value(value) for key, value in message["arguments"].items()})
        kinds = results.get(name, [])
        # None is no result where there is none, and a value where one of any kind is wanted.
        nothing = given is None and kinds != ["any"]
        values = given if isinstance(given, tuple) else () if nothing else (given,)
        if len(values) != len(kinds):
            raise PluginError("%s gave %d results instead of %d" % (name, len(values), len(kinds)))
        return {"results": [_json(value, kind) for value, kind in zip(values, kinds)]}
    except KeyboardInterrupt:
        return {"error": {"code": "interrupted", "message": "interrupted"}}
    except PluginError as error:
        return {"error": {key: value for key, value in error.members.items() if value is not None}}
    except MemoryError:
        return {"error": {"message": "there is not enough memory"}}
    except Exception as error:
        traceback.print_exc()
        return {"error": {"message": "%s: %s" % (type(error).__name__, error)}}
    finally:
        _call["works"] = False


def serve(folder=None):
    """Answers crs until it says goodbye. `folder` is that of plugin.json, the program's own when left out."""
    about = json.loads((Path(folder or sys.argv[0]).resolve().parent / "plugin.json").read_text())
    results = {item["name"]: [result["kind"] for result in item.get("results", [])] for item in about["commands"]}
    # Prints must not mix with messages: they go to standard error, which crs shows.
    _call["output"] = os.fdopen(os.dup(1), "wb", 0)
    os.dup2(2, 1)
    _call["input"] = sys.stdin.buffer
    # Ctrl-C interrupts a call, and means nothing between two.
    signal.signal(signal.SIGINT, _interrupted)
    while True:
        line = _call["input"].readline()
        if not line:
            return
        message = json.loads(line)
        if "hello" in message:
            _call["folder"] = message["hello"]["folder"]
            _send({"hello": {"protocol": 1, "name": about["name"], "version": about["version"]}})
        elif "command" in message:
            _call["number"] = message["call"]
            answer = _run(message, results)
            _send({"call": message["call"], **answer})
        elif "bye" in message:
            return
