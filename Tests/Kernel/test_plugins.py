"""The commands of plugins in cells, and their programs' end with the kernel."""

import os
import subprocess
import tempfile
import time
import unittest

import nbclient
import nbformat

from support import PROGRAMS, KernelCase

CELLS = ["s = simulate nx=60 ny=50 n=2 seed=1", "x = demo_python s[1]\nstats x"]


def alive(process):
    """Whether a process runs, one that waits to be forgotten excepted."""
    try:
        with open(f"/proc/{process}/stat") as stream:
            return stream.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class PluginTests(KernelCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.before = {name: os.environ.get(name) for name in ("CRS_PLUGIN_PATH", "XDG_DATA_HOME")}
        os.environ.pop("CRS_PLUGIN_PATH", None)
        # The user's own folder, without a path.
        os.environ["XDG_DATA_HOME"] = cls.folder.name
        subprocess.run(
            [os.path.join(PROGRAMS, "crs"), "plugin", "new", "demo_python", "kind=python"], check=True,
            capture_output=True)
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        for name, value in cls.before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        cls.folder.cleanup()

    def reply(self, msg_id):
        while True:
            reply = self.kc.get_shell_msg(timeout=20)
            if reply["parent_header"].get("msg_id") == msg_id:
                return reply["content"]

    def test_cells_call_plugins(self):
        for cell in CELLS:
            outcome = self.run_cell(cell)
            self.assertEqual(outcome.status, "ok", outcome.reply["content"])
        self.assertIn("demo_python", str(self.run_cell("help demo_python").contents("display_data")))
        checked = self.run_cell("plugin check demo_python")
        self.assertEqual(checked.status, "ok", checked.reply["content"])
        self.assertIn("all is well", checked.stream())

    def test_questions_about_code_know_them(self):
        matches = self.reply(self.kc.complete("x = demo_p"))["matches"]
        self.assertIn("demo_python", [match.strip(" (") for match in matches])
        page = self.reply(self.kc.inspect("demo_python"))
        self.assertTrue(page["found"])
        self.assertIn("Subtract the median", page["data"]["text/plain"])

    def test_a_new_plugin_is_there_at_once(self):
        made = self.run_cell("plugin new innb kind=script")
        self.assertEqual(made.status, "ok", made.reply["content"])
        for cell in ["help innb", CELLS[0], "y = innb s[1]"]:
            self.assertEqual(self.run_cell(cell).status, "ok", cell)

    def test_programs_end_with_the_kernel(self):
        km, kc = self.started()
        for cell in CELLS:
            self.assertEqual(self.run_cell(cell, kc=kc).status, "ok")
        kernel = km.provisioner.pid
        with open(f"/proc/{kernel}/task/{kernel}/children") as stream:
            children = stream.read().split()
        for thread in os.listdir(f"/proc/{kernel}/task"):
            with open(f"/proc/{kernel}/task/{thread}/children") as stream:
                children += stream.read().split()
        self.assertTrue(children)
        folders = {name for name in os.listdir("/dev/shm") if name.startswith("crs-")}
        kc.stop_channels()
        km.shutdown_kernel()
        for _ in range(50):
            if not any(alive(child) for child in children):
                break
            time.sleep(0.1)
        self.assertFalse([child for child in children if alive(child)])
        left = {name for name in os.listdir("/dev/shm") if name.startswith("crs-")}
        self.assertLess(len(left & folders), max(1, len(folders)))

    def test_jupyter_executes_a_notebook_with_plugins(self):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
        nbclient.NotebookClient(notebook, kernel_name="crs", resources={"metadata": {"path": self.folder.name}}).execute()


if __name__ == "__main__":
    unittest.main()
