"""The loads of a bench run: the bodies, wrk, and the fixed-rate generator."""

import json
import re
import subprocess

SENTENCE = ("Summarise the log below.\nThe turbine said \"water level 42.5 m\", then "
            "C:\\plant\\gate opened; see https://example.com/a?b=c. ")


def text(size):
    return (SENTENCE * (size // len(SENTENCE) + 1))[:size]


def chat_body(size, stream=False):
    """A chat request of about `size` bytes: messages of 1 KB at most, as agents send them."""
    body = {"model": "bench/gpt-4o-mini"}
    if stream:
        # Asked for, so that no gateway has a usage chunk to hide.
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    body |= {"temperature": 0.2, "max_tokens": 256,
             "messages": [{"role": "system", "content": "You are terse."}]}
    while (left := size - len(json.dumps(body, separators=(",", ":"))) - 40) > 40:
        role = "assistant" if len(body["messages"]) % 2 == 0 else "user"
        body["messages"].append({"role": role, "content": text(min(left * 9 // 10, 1000))})
    return json.dumps(body, separators=(",", ":"))


def write_bodies(directory):
    bodies = {"1 KB": chat_body(1024), "200 KB": chat_body(200 * 1024),
              "stream": chat_body(1024, stream=True)}
    files = {}
    for name, body in bodies.items():
        files[name] = directory / (name.replace(" ", "") + ".json")
        files[name].write_text(body)
    return files


def wrk(server, body_file, connections, seconds, directory):
    """A closed loop for `seconds`; returns requests done, seconds taken and failures."""
    script = directory / f"{server.name}.lua"
    script.write_text(f'''
wrk.method = "POST"
wrk.path = "{server.path}"
wrk.headers["Authorization"] = "Bearer {server.key}"
wrk.headers["Content-Type"] = "application/json"
local file = io.open("{body_file}")
wrk.body = file:read("*a")
file:close()
''')
    out = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script,
         f"http://127.0.0.1:{server.port}"], check=True, capture_output=True, text=True).stdout
    requests, taken, unit = re.search(r"(\d+) requests in ([\d.]+)(ms|s|m)", out).groups()
    failed = sum(map(int, re.findall(r"Non-2xx or 3xx responses: (\d+)", out)))
    for errors in re.findall(r"Socket errors: (.*)", out):
        failed += sum(map(int, re.findall(r"\d+", errors)))
    return int(requests), float(taken) * {"ms": 1e-3, "s": 1, "m": 60}[unit], failed


def loadgen(build, server, body_file, *options, port=None):
    """Starts the fixed-rate generator; wait with result()."""
    command = [build / "tests/bench/bench_loadgen", "--port", port or server.port,
               "--path", server.path, "--key", server.key, "--body", body_file, *options]
    return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE)


def result(process):
    out = json.loads(process.stdout.read().splitlines()[-1])
    if process.wait() != 0:
        raise SystemExit("bench: bench_loadgen failed")
    out["lost"] = (out["frames_expected"] - out["frames"]) + out["misplaced"] + out["incomplete"]
    return out
