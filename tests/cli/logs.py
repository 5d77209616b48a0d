"""The request log from a shell: decisions for people, and live traffic in a terminal."""
import json, os, pty, signal, subprocess, time, unittest, urllib.request

from support import BINARY, CLEAN, Gateway, GatewayTest


def followers(gateway):
    with urllib.request.urlopen(gateway.ready["manage_url"] + "/metrics", timeout=20) as metrics:
        lines = metrics.read().decode().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("penstock_log_followers ")))


class Tail:
    """`penstock logs tail`, following by the time that it is there."""

    def __init__(self, gateway, *words, stdout=subprocess.PIPE, env=None):
        before = followers(gateway)
        full = {**CLEAN, **gateway.env, **(env or {})}
        self.process = subprocess.Popen([BINARY, "logs", "tail", *words], stdout=stdout,
                                        stderr=subprocess.PIPE, text=True,
                                        env={name: value for name, value in full.items() if value is not None})
        deadline = time.monotonic() + 20
        while followers(gateway) <= before:
            assert time.monotonic() < deadline and self.process.poll() is None, "nobody follows"
            time.sleep(0.02)

    def line(self):
        return self.process.stdout.readline().rstrip("\n")

    def end(self, with_signal=None):
        """The exit code, and what else was printed."""
        if with_signal is not None:
            self.process.send_signal(with_signal)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


class Trace(GatewayTest):
    def test_a_decision_is_readable(self):
        text = self.gateway.good("logs", "trace", self.gateway.chat())
        self.assertRegex(text, r"(?m)^config +@default$")
        self.assertRegex(text, r"(?m)^decision +attempt_1$")
        self.assertRegex(text, r"(?m)^MODEL +PROVIDER +CREDENTIAL +STATUS +REASON$")
        self.assertRegex(text, r"(?m)^# +MODEL +PROVIDER +STATUS +HTTP .* TTFT +TOTAL ")
        self.assertNotIn("Budgets", text)  # what there is none of

    def test_a_refusal_tells_why(self):
        text = self.gateway.good("logs", "trace", self.gateway.chat("@nope"))
        self.assertRegex(text, r"(?m)^decision +refused$")
        self.assertNotIn("Attempts", text)

    def test_json_is_the_apis(self):
        request = self.gateway.chat()
        trace = self.gateway.json("logs", "trace", request)
        self.assertEqual(trace["request_id"], request)
        self.assertEqual(self.gateway.json("logs", "show", request)["trace"], trace)

    def test_there_is_none_of_an_unknown_request(self):
        code, out, err = self.gateway.run("logs", "trace", "nobody")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("log_not_found", err)

    def test_lists_are_filtered(self):
        self.gateway.chat()
        refused = self.gateway.chat("@nope")
        failed = self.gateway.json("logs", "list", "--error", "routing_config_not_found")
        key = self.gateway.json("logs", "show", refused)["api_key_id"]
        self.assertIn(refused, [row["request_id"] for row in self.gateway.json("logs", "list", "--api-key", key)])
        self.assertTrue(all(row["error_class"] == "routing_config_not_found" for row in failed))
        self.assertEqual(self.gateway.json("logs", "list", "--min-latency-ms", "86400000"), [])
        self.assertEqual(self.gateway.json("logs", "list", "--variant", "b"), [])
        self.assertEqual(self.gateway.run("logs", "list", "--min-latency-ms", "x")[0], 1)


class Following(GatewayTest):
    def test_an_aligned_line_a_request(self):
        tail = Tail(self.gateway)
        head = tail.line()
        self.assertEqual(head.split(), ["TIME", "STATUS", "MODEL", "PROVIDER", "MS", "TTFT", "IN", "OUT", "USD",
                                        "ERROR", "REQUEST"])
        sent = [self.gateway.chat(), self.gateway.chat("@nope")]
        lines = [tail.line(), tail.line()]
        for line, request in zip(lines, sent):
            self.assertEqual(line[head.index("REQUEST"):], request)
            self.assertRegex(line, r"^\d\d:\d\d:\d\d\.\d+ +\d{3} ")
        self.assertEqual(lines[0][head.index("STATUS"):].split()[0], "200")
        self.assertEqual(lines[1][head.index("STATUS"):].split()[:3], ["404", "@nope", "-"])
        self.assertNotIn("\x1b", head + lines[0])
        code, out, _ = tail.end(signal.SIGINT)
        self.assertEqual((code, out), (-signal.SIGINT, ""))

    def test_json_is_a_line_a_request(self):
        tail = Tail(self.gateway, "--json", "--status", "4xx")
        self.gateway.chat()
        refused = self.gateway.chat("@nope")
        row = json.loads(tail.line())
        self.assertEqual((row["request_id"], row["status"]), (refused, 404))
        self.assertEqual(row, self.gateway.json("logs", "list", "--limit", "1")[0])
        self.assertEqual(tail.end(signal.SIGINT)[1], "")

    def test_it_ends_when_its_time_is_over(self):
        code, out, err = self.gateway.run("logs", "tail", "--seconds", "0")
        self.assertEqual((code, len(out.splitlines()), err), (0, 1, ""))

    def test_it_is_refused_as_other_calls_are(self):
        code, out, err = self.gateway.run("logs", "tail", "--status", "600")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("status", err)
        self.assertEqual(self.gateway.run("logs", "tail", env={"PENSTOCK_MANAGEMENT_KEY": "mlx_mk_wrong"})[0], 1)
        self.assertEqual(self.gateway.run("logs", "tail", "--url", "http://127.0.0.1:1")[0], 3)

    def test_it_ends_with_its_key(self):
        made = self.gateway.json("management-key", "create", "--name", "t", "--role", "viewer")
        tail = Tail(self.gateway, env={"PENSTOCK_MANAGEMENT_KEY": made["key"]})
        self.gateway.good("management-key", "revoke", made["id"])
        code, _, err = tail.end()
        self.assertEqual(code, 1)
        self.assertIn("may not follow any more", err)

    def test_colours_are_for_terminals(self):
        for no_colour in (None, "1"):
            master, terminal = pty.openpty()
            tail = Tail(self.gateway, stdout=terminal, env={"NO_COLOR": no_colour})
            os.close(terminal)
            self.gateway.chat()
            text = b""
            while text.count(b"\n") < 2:
                text += os.read(master, 4096)
            tail.end(signal.SIGINT)
            os.close(master)
            self.assertEqual(b"\x1b[32m200\x1b[0m" in text, not no_colour)
            self.assertEqual(b"\x1b" in text, not no_colour)

    @unittest.skipUnless(os.path.exists("/dev/full"), "needs /dev/full")
    def test_it_ends_when_the_output_is_lost(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([BINARY, "logs", "tail"], stdout=full, stderr=subprocess.PIPE, text=True,
                                  timeout=30, env={**CLEAN, **self.gateway.env})
        self.assertEqual(done.returncode, 1)
        self.assertIn("standard output", done.stderr)


class Stopping(unittest.TestCase):
    def test_it_ends_with_the_gateway_after_the_last_request(self):
        with Gateway() as gateway:
            tail = Tail(gateway, "--json")
            request = gateway.chat()
        code, out, err = tail.end()
        self.assertEqual([json.loads(line)["request_id"] for line in out.splitlines()], [request])
        self.assertEqual(code, 3)
        self.assertIn("stopping", err)


if __name__ == "__main__":
    unittest.main()
