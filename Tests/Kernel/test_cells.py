"""What cells tell, and what is answered about code."""

import os

from support import KernelCase


class CellTests(KernelCase):
    def test_messages_of_a_cell_come_in_order(self):
        outcome = self.run_cell("x = 3\n!echo out; echo err >&2\n4")
        self.assertEqual(outcome.kinds()[:2], ["status", "execute_input"])
        self.assertEqual(outcome.kinds()[-2:], ["execute_result", "status"])
        self.assertEqual(outcome.stream(), "x: 3\nout\n")
        self.assertEqual(outcome.stream("stderr"), "err\n")
        self.assertEqual(outcome.contents("execute_result")[0]["data"], {"text/plain": "4"})
        self.assertTrue(all(m["parent_header"]["msg_id"] == outcome.reply["parent_header"]["msg_id"] for m in outcome.messages))

    def test_values_in_the_middle_are_printed(self):
        outcome = self.run_cell("5\nfor i in 1:2\n  i\nend")
        self.assertEqual(outcome.stream(), "5\n1\n2\n")
        self.assertEqual(outcome.contents("execute_result"), [])

    def test_silent_cells_tell_nothing(self):
        before = self.run_cell("1").reply["content"]["execution_count"]
        outcome = self.run_cell("quiet = 7\n!echo loud\nquiet", silent=True)
        self.assertEqual(outcome.kinds(), ["status", "status"])
        self.assertEqual(self.run_cell("quiet").contents("execute_result")[0]["data"]["text/plain"], "7")
        self.assertEqual(self.run_cell("1").reply["content"]["execution_count"], before + 2)

    def test_cells_without_history_do_not_count(self):
        before = self.run_cell("1").reply["content"]["execution_count"]
        self.run_cell("2", store_history=False)
        self.assertEqual(self.run_cell("3").reply["content"]["execution_count"], before + 1)

    def test_errors_have_their_place(self):
        outcome = self.run_cell("a = 1\n\nb = (a + nothere)")
        number = outcome.reply["content"]["execution_count"]
        self.assertEqual(outcome.status, "error")
        [error] = outcome.contents("error")
        text = "\n".join(error["traceback"])
        self.assertTrue(text.startswith(f"cell {number}:3:10: error: 'nothere' is not a variable"), text)
        self.assertIn("b = (a + nothere)\n           ^", text)
        self.assertEqual(outcome.stream("stderr"), "")

    def test_pictures_and_tables(self):
        self.run_cell("s = simulate nx=48 ny=40 seed=2\nm = median s\nk = m > 100")
        for value in ["m", "s", "k", "s[2]"]:
            [result] = self.run_cell(value).contents("execute_result")
            self.assertIn("image/png", result["data"])
            size = result["metadata"]["image/png"]
            self.assertTrue(100 < size["width"] < 2000 and 100 < size["height"] < 2000)
            self.assertNotIn("\n", result["data"]["text/plain"])
        [result] = self.run_cell("label k").contents("execute_result")
        self.assertIn("<table", result["data"]["text/html"])
        for code in ["vars", "info s", "help lacosmic", "help", "dilate?"]:
            [shown] = self.run_cell(code).contents("display_data")
            self.assertEqual(set(shown["data"]), {"text/html", "text/plain"})
        for code in ["show m", "plot m", "plot m histogram=yes"]:
            [shown] = self.run_cell(code).contents("display_data")
            self.assertIn("image/png", shown["data"])

    def test_pictures_as_svg(self):
        self.run_cell("v = median (simulate nx=40 ny=30 seed=1)\nset inline=svg")
        [shown] = self.run_cell("show v").contents("display_data")
        self.assertIn("<svg", shown["data"]["image/svg+xml"])
        self.assertNotIn("image/png", shown["data"])
        self.run_cell("set inline=png")

    def test_html_is_escaped(self):
        [shown] = self.run_cell("h = '<b>&'\nvars").contents("display_data")
        self.assertIn("&lt;b&gt;&amp;", shown["data"]["text/html"])

    def test_exit_ends_nothing(self):
        self.run_cell("kept = 5")
        outcome = self.run_cell("exit 3\nkept = 6\nkept = 7")
        self.assertEqual(outcome.status, "ok")
        self.assertEqual(
            outcome.stream("stderr"),
            "note: exit ends the cell, not the notebook; the 2 statements behind it are left out\n")
        self.assertEqual(self.run_cell("kept").contents("execute_result")[0]["data"]["text/plain"], "5")

    def test_user_expressions(self):
        outcome = self.run_cell("n = 4", user_expressions={"a": "n * 2", "b": "nothere"})
        found = outcome.reply["content"]["user_expressions"]
        self.assertEqual(found["a"]["data"]["text/plain"], "8")
        self.assertEqual(found["b"]["status"], "error")

    def test_user_expressions_change_nothing(self):
        self.run_cell("quiet = 1\ndef leaves\n  exit\n  return 1\nend")
        wanted = {"a": "exit", "b": "leaves", "c": "undo", "d": "save (simulate nx=20 ny=20 seed=1)[1] 'never.fits'", "e": "quiet = 2", "f": "!touch never.txt", "g": "drop quiet"}
        found = self.run_cell("1", user_expressions=wanted).reply["content"]["user_expressions"]
        self.assertEqual({v["status"] for v in found.values()}, {"error"})
        self.assertEqual(self.run_cell("behind = 5").stream(), "behind: 5\n")
        self.assertEqual(self.run_cell("quiet").contents("execute_result")[0]["data"]["text/plain"], "1")
        self.assertFalse(os.path.exists("never.fits") or os.path.exists("never.txt"))

    def test_history_lists_what_is_kept(self):
        self.run_cell("nowhere1 = 1", store_history=False)
        self.run_cell("nowhere2 = 1", silent=True)
        self.run_cell("somewhere = 1")
        listed = self.run_cell("history").stream()
        self.assertIn("somewhere", listed)
        self.assertNotIn("nowhere", listed)

    def test_requests_without_code_fail(self):
        for content in [{}, {"code": ["a"]}, {"code": None}]:
            reply = self.request("execute_request", content, channel="shell")["content"]
            self.assertEqual((reply["status"], reply["ename"]), ("error", "UsageError"))

    def test_windows_belong_to_the_prompt(self):
        text = "\n".join(self.run_cell("view 3").contents("error")[0]["traceback"])
        self.assertIn("windows belong to the prompt", text)

    def test_bytes_that_are_no_text(self):
        outcome = self.run_cell(r"!printf '\342\202'; sleep 0.3; printf '\254 \377 end\n'")
        self.assertEqual(outcome.stream(), "\u20ac \ufffd end\n")

    def test_programs_are_drained_and_fail(self):
        outcome = self.run_cell("!seq 1 50000; exit 3")
        self.assertTrue(outcome.stream().endswith("49999\n50000\n"))
        self.assertEqual(outcome.status, "error")
        # A program in the background keeps nobody waiting.
        self.assertEqual(self.run_cell("!sleep 20 & echo now", timeout=5).stream(), "now\n")

    def test_waiting_cells_are_aborted_and_questions_answered(self):
        first = self.kc.execute("!sleep 0.5; exit 1")
        second = self.kc.execute("late = 1")
        third = self.kc.complete("lacos")
        replies = {}
        while len(replies) < 3:
            reply = self.kc.get_shell_msg(timeout=10)
            replies[reply["parent_header"]["msg_id"]] = reply["content"]
        self.assertEqual(replies[first]["status"], "error")
        self.assertEqual(replies[second]["status"], "aborted")
        self.assertEqual(replies[third]["matches"], ["lacosmic"])
        self.assertEqual(self.run_cell("late").status, "error")

    def test_cells_after_an_error_that_does_not_stop(self):
        self.kc.execute("!sleep 0.3; exit 1", stop_on_error=False)
        second = self.kc.execute("went = 1")
        self.assertEqual(self.outcome(second).status, "ok")

    def test_questions(self):
        self.run_cell("q = simulate nx=64 ny=64 seed=3")
        self.assertEqual(self.run_cell("found = crmasks q seed=1").status, "ok")
        msg_id = self.kc.execute("kept = review found", allow_stdin=True)
        asked = 0
        while True:
            try:
                question = self.kc.get_stdin_msg(timeout=3)
            except Exception:
                break
            self.assertEqual(question["msg_type"], "input_request")
            self.assertIn("Accept", question["content"]["prompt"])
            asked += 1
            self.kc.input("y" if asked == 1 else "a")
            if asked == 2:
                break
        self.assertEqual(asked, 2)
        self.assertEqual(self.outcome(msg_id).status, "ok")
        # Nobody to ask: an error at once, as without a terminal.
        outcome = self.run_cell("kept = review found", timeout=10, allow_stdin=False)
        self.assertEqual(outcome.status, "error")
        self.assertIn("no answer for detection", "\n".join(outcome.contents("error")[0]["traceback"]))

    def test_positions_count_code_points(self):
        for before in ["'\U0001f600' ; lacos", "'e\u0301e\u0301' ; lacos", "# \U0001f44d\U0001f3fd\u2028\nlacos", "'\u00e4\U0001f1e9\U0001f1ea'\nlacos"]:
            with self.subTest(before=before):
                code = before + " 'behind \U0001f600'"
                msg_id = self.kc.complete(code, cursor_pos=len(before))
                content = self.reply(msg_id)
                self.assertEqual(content["matches"], ["lacosmic"])
                self.assertEqual((content["cursor_start"], content["cursor_end"]), (len(before) - 5, len(before)))
                [entry] = content["metadata"]["_jupyter_types_experimental"]
                self.assertEqual((entry["start"], entry["end"], entry["type"]), (len(before) - 5, len(before), "command"))
                self.assertIn("lacosmic IMAGE", entry["signature"])
                content = self.reply(self.kc.inspect(before + "mic x", cursor_pos=len(before)))
                self.assertTrue(content["found"])

    def reply(self, msg_id):
        while True:
            reply = self.kc.get_shell_msg(timeout=10)
            if reply["parent_header"]["msg_id"] == msg_id:
                return reply["content"]

    def test_completion_knows_kinds(self):
        self.run_cell("img = median (simulate nx=32 ny=32 seed=1)")
        content = self.reply(self.kc.complete("lacosmic im"))
        self.assertEqual(content["matches"][0], "img")
        self.assertEqual(content["metadata"]["_jupyter_types_experimental"][0]["type"], "Image")
        content = self.reply(self.kc.complete("lacosmic img fsm"))
        self.assertEqual(content["matches"], ["fsmode="])
        content = self.reply(self.kc.inspect("lacosmic img fsmode=median", cursor_pos=16))
        self.assertIn("fsmode", content["data"]["text/plain"])
        content = self.reply(self.kc.inspect("img"))
        self.assertIn("Image 32x32", content["data"]["text/plain"])
        self.assertFalse(self.reply(self.kc.inspect("nosuchthing"))["found"])
        for code, cursor, word in [
            ("combine img method=mediancr", 22, "method="), ("lacosmic img sigclip=3", None, "sigclip="),
            ("sqrt(", 5, "square root"), ("lacosmic(", None, "lacosmic"),
        ]:
            content = self.reply(self.kc.inspect(code, cursor_pos=cursor))
            self.assertTrue(content["found"], code)
            self.assertIn(word, content["data"]["text/plain"].split("\n")[0] if "=" in word else content["data"]["text/plain"])

    def test_incomplete_code_has_an_indent(self):
        content = self.reply(self.kc.is_complete("for i in 1:3\n  if i > 1"))
        self.assertEqual((content["status"], content["indent"]), ("incomplete", "    "))

    def test_comms_are_refused(self):
        message = self.kc.session.msg("comm_open", {"comm_id": "c1", "target_name": "widget", "data": {}})
        self.kc.shell_channel.send(message)
        kinds = []
        while "status:idle" not in kinds:
            got = self.kc.get_iopub_msg(timeout=5)
            if got["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                state = got["content"].get("execution_state")
                kinds.append(got["msg_type"] + (":" + state if state else ""))
        self.assertEqual(kinds, ["status:busy", "comm_close", "status:idle"])
        self.kc.shell_channel.send(self.kc.session.msg("comm_info_request", {}))
        self.assertEqual(self.kc.get_shell_msg(timeout=5)["content"]["comms"], {})
