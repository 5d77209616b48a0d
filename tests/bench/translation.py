"""What translating between dialects costs: callers of OpenAI's and of Anthropic's dialect, the same
conversations, one upstream that speaks OpenAI's."""

import json
import time
from statistics import median

import loads
from servers import Penstock

LIMITS = {"1 KB": 1.5, "16 KB": 2}


class Caller:
    """The gateway as callers of one dialect meet it; what a load needs to know."""

    def __init__(self, gateway, name, path):
        self.name, self.path, self.port, self.key = name, path, gateway.port, gateway.key
        self.cpu_seconds = gateway.cpu_seconds


def body_file(bench, size):
    """Both dialects take it: a limit is all that Anthropic's wants beside."""
    body = {**json.loads(loads.chat_body(size)), "max_tokens": 1000}
    path = bench.directory / f"translation{size}.json"
    path.write_text(json.dumps(body))
    return path


def measure(bench):
    gateway = Penstock(bench.binary, bench.directory / "translation.log")
    bench.running.append(gateway)
    gateway.put_before(bench.upstream.port)
    callers = [Caller(gateway, "passthrough", "/v1/chat/completions"),
               Caller(gateway, "translated", "/anthropic/v1/messages")]
    for name, size in (("1 KB", 1024), ("16 KB", 16 * 1024)):
        body = body_file(bench, size)
        for caller in callers:  # warm-up
            loads.wrk(caller, body, 64, 1, bench.directory)

        def once(caller):
            before = caller.cpu_seconds()
            requests, _, failed = loads.wrk(caller, body, 64, bench.options.seconds, bench.directory)
            time.sleep(0.5)  # what is written behind is paid for too
            bench.expect_none(failed, f"failed requests ({caller.name})")
            return (caller.cpu_seconds() - before) / max(requests, 1)

        results = bench.rounds(callers, once)
        ratio = median(t / p for t, p in zip(results["translated"], results["passthrough"]))
        bench.row("Translation, CPU a request over passthrough's", f"{name} body", "times",
                  {"penstock": ratio}, limit=LIMITS[name])
