"""Times whole crmasks runs (Example 1) beside numina-crmasks 0.36.0: scripts/bench crmasks [NX NY] [--no-peer]"""
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
crs = os.path.join(root, ".build/release/crs")
numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
nx, ny = (numbers + [2016, 1596])[:2] if len(numbers) >= 2 else (2016, 1596)


def run(command, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env=dict(os.environ, MPLBACKEND="Agg"))
    seconds = time.perf_counter() - start
    return seconds, max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


folder = tempfile.mkdtemp(prefix="crs-bench-")
try:
    subprocess.run([crs, "simulate", "--nx", str(nx), "--ny", str(ny), "--seed", "1", "--prefix", "e"], cwd=folder,
                   check=True, stdout=subprocess.DEVNULL)
    text = open(os.path.join(root, "examples/demo.yaml")).read().replace("OUTPUT/exposure", "e")
    open(os.path.join(folder, "p.yaml"), "w").write(text)
    times = [run([crs, "crmasks", "p.yaml", "--output_dir", "o"], folder) for _ in range(3)]
    bare = [run([crs, "crmasks", "p.yaml", "--output_dir", "o", "--figures", "no"], folder) for _ in range(3)]
    ours = sorted(t for t, _ in times)[1]
    print(f"crs crmasks {nx}x{ny}, all outputs: {ours:.2f} s, peak {times[0][1]:.0f} MB; "
          f"without figures {sorted(t for t, _ in bare)[1]:.2f} s")
    if "--no-peer" not in sys.argv:
        peer = os.path.join(os.path.dirname(sys.executable), "numina-crmasks")
        seconds, memory = run([peer, "p.yaml"], folder)
        print(f"numina-crmasks 0.36.0: {seconds:.1f} s, peak {memory:.0f} MB; ratio {seconds / ours:.0f}")
finally:
    shutil.rmtree(folder)
