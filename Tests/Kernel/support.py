"""A kernel for a test, and what its cells tell."""

import os
import time
import unittest
from queue import Empty

from jupyter_client.manager import KernelManager

KERNEL = "crs"
PROGRAMS = os.environ["CRS_PROGRAMS"]


class Outcome:
    """A cell's reply and the messages that came with it, up to idle."""

    def __init__(self, reply, messages):
        self.reply, self.messages = reply, messages

    @property
    def status(self):
        return self.reply["content"]["status"]

    def kinds(self):
        return [message["msg_type"] for message in self.messages]

    def contents(self, kind):
        return [message["content"] for message in self.messages if message["msg_type"] == kind]

    def stream(self, name="stdout"):
        return "".join(c["text"] for c in self.contents("stream") if c["name"] == name)


class KernelCase(unittest.TestCase):
    """One kernel for all tests of a class."""

    transport = "tcp"

    @classmethod
    def setUpClass(cls):
        cls.km, cls.kc = cls.started()

    @classmethod
    def tearDownClass(cls):
        cls.kc.stop_channels()
        cls.km.shutdown_kernel()

    @classmethod
    def started(cls):
        km = KernelManager(kernel_name=KERNEL, transport=cls.transport)
        if cls.transport == "ipc":
            km.ip = os.path.join(os.environ["JUPYTER_RUNTIME_DIR"], "kernel")
            os.makedirs(os.environ["JUPYTER_RUNTIME_DIR"], exist_ok=True)
        km.start_kernel()
        kc = km.client()
        kc.start_channels()
        kc.wait_for_ready(timeout=30)
        return km, kc

    def run_cell(self, code, timeout=60, kc=None, **options):
        kc = kc or self.kc
        return self.outcome(kc.execute(code, **options), timeout, kc)

    def outcome(self, msg_id, timeout=60, kc=None):
        """Waits for the reply and the idle of a request; they come on sockets of their own."""
        kc = kc or self.kc
        messages = []
        deadline = time.monotonic() + timeout
        while True:
            message = kc.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            messages.append(message)
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
        while True:
            reply = kc.get_shell_msg(timeout=max(0.01, deadline - time.monotonic()))
            if reply["parent_header"].get("msg_id") == msg_id:
                return Outcome(reply, messages)

    def wait_for_busy(self, msg_id, timeout=10):
        while True:
            message = self.kc.get_iopub_msg(timeout=timeout)
            if message["parent_header"].get("msg_id") == msg_id and message["msg_type"] == "execute_input":
                return

    def request(self, kind, content, channel="control", timeout=10):
        """Sends a request and waits for its reply on a channel."""
        message = self.kc.session.msg(kind, content)
        stream = getattr(self.kc, channel + "_channel")
        stream.send(message)
        deadline = time.monotonic() + timeout
        while True:
            reply = stream.get_msg(timeout=max(0.01, deadline - time.monotonic()))
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return reply

    def nothing_comes(self, channel, seconds=0.5):
        try:
            channel.get_msg(timeout=seconds)
        except Empty:
            return True
        return False
