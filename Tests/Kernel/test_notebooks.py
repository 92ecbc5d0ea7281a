"""Notebooks run by Jupyter's tools, by crs alone, and written from sessions."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import nbclient
import nbformat

from support import PROGRAMS

TUTORIAL = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "tutorial.ipynb")


class NotebookTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_tool(self, *words):
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def convert(self, kind):
        # Notebooks run where they lie.
        shutil.copy(TUTORIAL, self.folder)
        self.run_tool("jupyter", "nbconvert", "--to", kind, "--execute", "tutorial.ipynb")

    def test_tutorial_has_no_outputs(self):
        notebook = nbformat.read(TUTORIAL, as_version=4)
        nbformat.validate(notebook)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                self.assertEqual((cell.outputs, cell.execution_count), ([], None))

    def test_nbclient_runs_the_tutorial(self):
        notebook = nbformat.read(TUTORIAL, as_version=4)
        nbclient.NotebookClient(notebook, kernel_name="crs", resources={"metadata": {"path": self.folder}}).execute()
        nbformat.validate(notebook)
        outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
        pictures = [output for output in outputs if "image/png" in output.get("data", {})]
        tables = [output for output in outputs if "text/html" in output.get("data", {})]
        self.assertGreater(len(pictures), 8)
        self.assertGreater(len(tables), 4)
        self.assertFalse([output for output in outputs if output.output_type == "error"])
        self.assertEqual(sorted(os.listdir(self.folder)), ["combined_mediancr.fits", "crmasks.fits", "session.crs"])

    def test_nbconvert_makes_html(self):
        self.convert("html")
        with open(self.path("tutorial.html")) as stream:
            text = stream.read()
        self.assertGreater(text.count("data:image/png;base64"), 8)
        self.assertIn("exposures: Stack 3 x 300x240", text)

    @unittest.skipUnless(shutil.which("xelatex") and shutil.which("pandoc"), "there are no tools for PDF")
    def test_nbconvert_makes_pdf(self):
        self.convert("pdf")
        self.assertTrue(os.path.getsize(self.path("tutorial.pdf")) > 10000)

    def test_papermill_runs_the_tutorial(self):
        self.run_tool(sys.executable, "-m", "papermill", os.path.abspath(TUTORIAL), "done.ipynb", "--no-progress-bar")
        done = nbformat.read(self.path("done.ipynb"), as_version=4)
        self.assertFalse([c for c in done.cells if any(o.output_type == "error" for o in c.get("outputs", []))])

    def test_crs_runs_the_tutorial(self):
        done = subprocess.run(
            [PROGRAMS + "/crs", os.path.abspath(TUTORIAL)], cwd=self.folder, capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("plot without a file draws nothing", done.stderr)
        checked = subprocess.run(
            [PROGRAMS + "/crs", os.path.abspath(TUTORIAL), "--check"], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))

    def test_arguments_reach_a_notebook(self):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = $size\ny = $1")])
        nbformat.write(notebook, self.path("n.ipynb"))
        done = self.run_tool(PROGRAMS + "/crs", "n.ipynb", "7", "--set", "size=5")
        self.assertEqual(done.stdout, "x: 5\ny: 7\n")

    def test_sessions_become_valid_notebooks(self):
        statements = "s = simulate nx=40 ny=30 seed=1; m = median s; show m; k = m > 50; plot k k.png; history night.ipynb"
        self.run_tool(PROGRAMS + "/crs", "-c", statements)
        notebook = nbformat.read(self.path("night.ipynb"), as_version=4)
        nbformat.validate(notebook)
        self.assertEqual(notebook.nbformat_minor, nbformat.v4.nbformat_minor)
        pictures = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs if "image/png" in o.get("data", {})]
        self.assertEqual(len(pictures), 2)
        os.remove(self.path("k.png"))
        nbclient.NotebookClient(notebook, kernel_name="crs", resources={"metadata": {"path": self.folder}}).execute()
        nbformat.validate(notebook)
        self.assertTrue(os.path.exists(self.path("k.png")))

    def test_sessions_show_the_same_again(self):
        statements = (
            "s = simulate nx=40 ny=30 seed=1\ns[1]\nlabel (s[1] > 100)\n3 + 4\nprint 5\nk = s[1] > 50\nk\n"
            "for i in 1:3\n  print (i * 2)\nend\nshow s[2]\nvars\nhistory night.ipynb")
        self.run_tool(PROGRAMS + "/crs", "-c", statements)
        notebook = nbformat.read(self.path("night.ipynb"), as_version=4)
        nbformat.validate(notebook)

        def outputs(notebook):
            found = []
            for cell in notebook.cells:
                for output in cell.get("outputs", []):
                    data = dict(output.get("data", {}))
                    found.append((output.output_type, output.get("name"), output.get("text"), data))
            return found

        written = outputs(notebook)
        self.assertGreater(len(written), 8)
        nbclient.NotebookClient(notebook, kernel_name="crs", resources={"metadata": {"path": self.folder}}).execute()
        self.assertEqual(outputs(notebook), written)

    def test_exit_means_the_same_everywhere(self):
        cells = [nbformat.v4.new_code_cell(text) for text in ["exit 3\nx = 1", "y = 2"]]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), self.path("n.ipynb"))
        done = self.run_tool(PROGRAMS + "/crs", "n.ipynb")
        self.assertEqual(done.stdout, "y: 2\n")
        self.assertIn("the statement behind it is left out", done.stderr)
        notebook = nbformat.read(self.path("n.ipynb"), as_version=4)
        nbclient.NotebookClient(notebook, kernel_name="crs", resources={"metadata": {"path": self.folder}}).execute()
        self.assertEqual(notebook.cells[1].outputs[0].text, "y: 2\n")
        self.assertEqual(notebook.cells[0].outputs[0].name, "stderr")
