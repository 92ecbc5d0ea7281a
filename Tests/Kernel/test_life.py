"""Interrupts, restarts, several clients, and the end."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import zmq
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.session import Session

from support import KERNEL, PROGRAMS, KernelCase

LONG = {
    "lacosmic": "clean, mask = lacosmic big sepmed=no fsmode=median sigclip=1 objlim=0.5",
    "mmdiagram": "d = mmdiagram three seed=1 nsimulations=200",
}


class InterruptTests(KernelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kc.execute_interactive(
            "set threads=1\nbig = (simulate nx=4000 ny=4000 n=1 seed=1)[1]\nthree = simulate nx=900 ny=900 seed=1",
            timeout=120, output_hook=lambda message: None)

    def interrupted(self, code, interrupt):
        msg_id = self.kc.execute(code)
        self.wait_for_busy(msg_id)
        time.sleep(0.7)
        start = time.monotonic()
        interrupt()
        outcome = self.outcome(msg_id, timeout=20)
        seconds = time.monotonic() - start
        self.assertEqual(outcome.status, "error", f"{code} was done before it was interrupted")
        self.assertEqual(outcome.reply["content"]["ename"], "Interrupted")
        print(f"interrupted {code.split()[-2]} after {seconds:.3f} s")
        self.assertLess(seconds, 0.5)
        self.assertIn("Image 4000x4000", self.run_cell("vars").contents("display_data")[0]["data"]["text/plain"])

    def by_message(self):
        self.request("interrupt_request", {})

    def by_signal(self):
        os.kill(self.km.provisioner.pid, signal.SIGINT)

    def test_lacosmic_by_message(self):
        self.interrupted(LONG["lacosmic"], self.by_message)

    def test_lacosmic_by_signal(self):
        self.interrupted(LONG["lacosmic"], self.by_signal)

    def test_mmdiagram_by_message(self):
        self.interrupted(LONG["mmdiagram"], self.by_message)

    def test_mmdiagram_by_signal(self):
        self.interrupted(LONG["mmdiagram"], self.by_signal)

    def test_programs_of_the_system(self):
        self.interrupted("!sleep 30; true x", self.by_message)
        self.interrupted("!trap '' INT; while true; do sleep 1; done", self.by_signal)

    def test_loops(self):
        self.run_cell("small = three[1]")
        self.interrupted("for i in 1:100000\n  k = sqrt(small)\nend", self.by_message)

    def test_signal_when_idle_does_nothing(self):
        self.run_cell("idle = 5")
        for _ in range(5):
            os.kill(self.km.provisioner.pid, signal.SIGINT)
            time.sleep(0.05)
        self.request("interrupt_request", {})
        self.assertTrue(self.km.is_alive())
        outcome = self.run_cell("idle")
        self.assertEqual(outcome.contents("execute_result")[0]["data"]["text/plain"], "5")

    def test_control_answers_while_a_cell_runs(self):
        msg_id = self.kc.execute(LONG["lacosmic"])
        self.wait_for_busy(msg_id)
        start = time.monotonic()
        reply = self.request("kernel_info_request", {})
        self.assertLess(time.monotonic() - start, 0.3)
        self.assertEqual(reply["content"]["protocol_version"], "5.5")
        states = []
        while len(states) < 2:
            message = self.kc.get_iopub_msg(timeout=5)
            if message["parent_header"].get("msg_id") == reply["parent_header"]["msg_id"]:
                states.append(message["content"]["execution_state"])
        self.assertEqual(states, ["busy", "idle"])
        debug = self.request("debug_request", {"type": "request", "seq": 3, "command": "initialize"})
        self.assertFalse(debug["content"]["success"])
        # What is not known is told to be over all the same.
        message = self.kc.session.msg("create_subshell_request", {})
        self.kc.control_channel.send(message)
        states = []
        while len(states) < 2:
            got = self.kc.get_iopub_msg(timeout=5)
            if got["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                states.append(got["content"]["execution_state"])
        self.assertEqual(states, ["busy", "idle"])
        self.by_message()
        self.assertEqual(self.outcome(msg_id, timeout=10).status, "error")

    def test_questions_are_interrupted(self):
        self.run_cell("q = simulate nx=64 ny=64 seed=3\nfound = crmasks q seed=1")
        msg_id = self.kc.execute("kept = review found", allow_stdin=True)
        self.kc.get_stdin_msg(timeout=5)
        self.by_message()
        self.assertEqual(self.outcome(msg_id, timeout=5).reply["content"]["ename"], "Interrupted")


class OutputTests(KernelCase):
    def test_ten_megabytes_arrive_with_idle(self):
        msg_id = self.kc.execute("!yes 0123456789012345678901234567890123456789 | head -c 10000000")
        # A client that is slow to read.
        time.sleep(3)
        outcome = self.outcome(msg_id)
        self.assertEqual(len(outcome.stream()), 10_000_000)
        print(f"10 MB in {len(outcome.messages)} messages")

    def test_many_messages_arrive_with_idle(self):
        # Each line goes to the other stream, so that nothing can be gathered.
        program = "import sys\nfor k in range(3000):\n print(k, flush=True); print(k, file=sys.stderr, flush=True)"
        with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
            file.write(program)
            file.flush()
            msg_id = self.kc.execute(f"!{sys.executable} {file.name}")
            time.sleep(3)
            outcome = self.outcome(msg_id)
        lines = "".join(f"{k}\n" for k in range(3000))
        self.assertEqual((outcome.stream(), outcome.stream("stderr")), (lines, lines))


class ClientTests(KernelCase):
    def test_wrong_signatures_are_ignored(self):
        channel, wrong = self.kc.shell_channel, Session(key=b"wrong key")
        wrong.send(channel.socket, wrong.msg("execute_request", {"code": "wrong = 1", "silent": False}))
        self.assertTrue(self.nothing_comes(self.kc.shell_channel))
        self.assertEqual(self.run_cell("wrong").status, "error")
        # What is no message at all.
        self.kc.shell_channel.socket.send_multipart([b"<IDS|MSG>", b"x", b"{"])
        self.kc.shell_channel.socket.send_multipart([b"nothing"])
        self.assertEqual(self.run_cell("1").status, "ok")

    def test_two_clients_see_one_session(self):
        second = BlockingKernelClient(connection_file=self.km.connection_file)
        second.load_connection_file()
        second.start_channels()
        try:
            welcome = second.get_iopub_msg(timeout=5)
            self.assertEqual((welcome["msg_type"], welcome["content"]), ("iopub_welcome", {"subscription": ""}))
            first = self.run_cell("shared = 41")
            heard = []
            while "stream" not in heard:
                heard.append(second.get_iopub_msg(timeout=5)["msg_type"])
            outcome = self.run_cell("shared + 1", kc=second)
            self.assertEqual(outcome.contents("execute_result")[0]["data"]["text/plain"], "42")
            self.assertNotEqual(first.reply["parent_header"]["session"], outcome.reply["parent_header"]["session"])
        finally:
            second.stop_channels()

    def test_kernel_information(self):
        reply = self.request("kernel_info_request", {}, channel="shell")["content"]
        self.assertEqual(reply["supported_features"], [])
        self.assertEqual(
            {k: reply["language_info"][k] for k in ["name", "mimetype", "file_extension", "pygments_lexer", "codemirror_mode"]},
            {"name": "crs", "mimetype": "text/x-crs", "file_extension": ".crs", "pygments_lexer": "bash", "codemirror_mode": "shell"})


class IpcTests(KernelCase):
    transport = "ipc"

    def test_cells_run(self):
        self.assertEqual(self.run_cell("1 + 1").contents("execute_result")[0]["data"]["text/plain"], "2")
        self.assertTrue(self.kc.hb_channel.is_beating())


class EndTests(unittest.TestCase):
    def test_restart(self):
        km, kc = KernelCase.started()
        try:
            kc.execute_interactive("old = 1", timeout=20)
            km.restart_kernel(now=False)
            kc.wait_for_ready(timeout=20)
            self.assertEqual(kc.execute_interactive("old", timeout=20, output_hook=lambda m: None)["content"]["status"], "error")
        finally:
            kc.stop_channels()
            km.shutdown_kernel()

    def test_shutdown_ends_a_running_cell(self):
        for code in ["b = simulate nx=6000 ny=6000 seed=1 n=5", "!trap '' INT TERM; sleep 60", "for i in 1:1000000\n  k = i\nend"]:
            km, kc = KernelCase.started()
            kc.execute(code)
            time.sleep(0.7)
            process = km.provisioner.process
            start = time.monotonic()
            kc.shutdown()
            reply = kc.get_control_msg(timeout=5)
            self.assertEqual((reply["msg_type"], reply["content"]["restart"]), ("shutdown_reply", False))
            kinds = []
            while "shutdown_reply" not in kinds:
                kinds.append(kc.get_iopub_msg(timeout=5)["msg_type"])
            process.wait(timeout=5)
            seconds = time.monotonic() - start
            print(f"gone after {seconds:.2f} s")
            self.assertLess(seconds, 2)
            kc.stop_channels()
            km.cleanup_resources()

    def test_the_kernel_ends_with_its_parent(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "connection.json")
            ports = free_ports(5)
            names = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"]
            with open(file, "w") as stream:
                json.dump(dict(zip(names, ports), ip="127.0.0.1", transport="tcp", key="k", signature_scheme="hmac-sha256"), stream)
            program = (
                "import os, subprocess, sys, time\n"
                "child = subprocess.Popen(sys.argv[1:], env=dict(os.environ, JPY_PARENT_PID=str(os.getpid())))\n"
                "print(child.pid, flush=True); time.sleep(60)")
            parent = subprocess.Popen(
                [sys.executable, "-c", program, PROGRAMS + "/crs-kernel", "-f", file], stdout=subprocess.PIPE)
            kernel = int(parent.stdout.readline())
            time.sleep(0.5)
            os.kill(kernel, 0)
            parent.kill()
            parent.wait()
            start = time.monotonic()
            while is_running(kernel) and time.monotonic() - start < 5:
                time.sleep(0.05)
            self.assertFalse(is_running(kernel))
            print(f"gone {time.monotonic() - start:.2f} s after the parent")
            parent.stdout.close()

    def test_wrong_connection_files(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "c.json")
            for text, words in [("{", "is not JSON"), ("{}", "shell_port"), ('{"transport": "pgm"}', "transport")]:
                with open(file, "w") as stream:
                    stream.write(text)
                done = subprocess.run([PROGRAMS + "/crs-kernel", "-f", file], capture_output=True, text=True, timeout=10)
                self.assertEqual(done.returncode, 3)
                self.assertIn(words, done.stderr)
            done = subprocess.run([PROGRAMS + "/crs-kernel"], capture_output=True, text=True, timeout=10)
            self.assertEqual(done.returncode, 2)
            self.assertIn("crs kernel install", done.stderr)


def is_running(process):
    """Whether a process lives; one that has ended and is not yet forgotten does not."""
    try:
        with open(f"/proc/{process}/stat") as stream:
            return stream.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def free_ports(count):
    context = zmq.Context.instance()
    sockets = [context.socket(zmq.REP) for _ in range(count)]
    ports = [socket.bind_to_random_port("tcp://127.0.0.1") for socket in sockets]
    for socket in sockets:
        socket.close(0)
    time.sleep(0.1)
    return ports


class SpeedTests(unittest.TestCase):
    def test_start_and_pictures(self):
        start = time.monotonic()
        km, kc = KernelCase.started()
        started = time.monotonic() - start
        try:
            kc.execute_interactive("big = (simulate nx=4096 ny=4096 n=1 seed=1)[1]", timeout=120, output_hook=lambda m: None)
            start = time.monotonic()
            shown = []
            kc.execute_interactive("big", timeout=60, output_hook=shown.append)
            picture = time.monotonic() - start
        finally:
            kc.stop_channels()
            km.shutdown_kernel()
        self.assertTrue(any("image/png" in m["content"].get("data", {}) for m in shown))
        print(f"start to first reply {started:.3f} s, 16 Mpixels under the cell {picture:.3f} s")
        # Machines that are busy with other things are given time.
        self.assertLess(started, 3)
        self.assertLess(picture, 5)


if __name__ == "__main__":
    unittest.main()
