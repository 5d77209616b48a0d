"""The processes of a bench run: the upstream and what stands in front of it. Each server has
`port`, `stream_port`, `path`, `key`, and tells the CPU time and memory of its processes."""

import http.client
import json
import os
import pathlib
import select
import shutil
import socket
import subprocess
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def read_json_line(process, what, seconds=30):
    """The first line a child prints. It is all a child prints, so that buffering cannot hide it."""
    if not select.select([process.stdout], [], [], seconds)[0]:
        raise SystemExit(f"bench: {what} printed nothing within {seconds} s")
    line = process.stdout.readline()
    if not line:
        raise SystemExit(f"bench: {what} ended with {process.wait()} before it was ready")
    return json.loads(line)


def http_json(url, method="GET", body=None, key=None):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    answer = request_json(connection, parts.path + ("?" + parts.query if parts.query else ""),
                          method, body, key)
    connection.close()
    return answer


def request_json(connection, path, method="GET", body=None, key=None):
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status >= 300:
        raise SystemExit(f"bench: {method} {path} answered {answer.status}: {text}")
    return json.loads(text) if text else None


class Server:
    path = "/v1/chat/completions"
    key = "none"
    process = None

    def pids(self):
        """The process and its children (nginx: the master and its worker)."""
        own = self.process.pid
        children = pathlib.Path(f"/proc/{own}/task/{own}/children").read_text().split()
        return [own, *map(int, children)]

    def cpu_seconds(self):
        """Of all threads, also those that ended: the processes' CPU clocks, which count nanoseconds
        where /proc counts hundredths. Their ids are those of clock_getcpuclockid(3)."""
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in self.pids())

    def rss_kb(self):
        total = 0
        for pid in self.pids():
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
        return total

    def stop(self):
        """Ends the process by SIGTERM and returns its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


class Upstream(Server):
    name = "direct"

    def __init__(self, build):
        self.process = subprocess.Popen([build / "tests/bench/bench_upstream"],
                                        stdout=subprocess.PIPE)
        self.port = self.stream_port = read_json_line(self.process, "bench_upstream")["port"]

    def control(self, **pace):
        """Sets events and interval_us of the streams to come; answers the counters."""
        return http_json(f"http://127.0.0.1:{self.port}/control?" + urllib.parse.urlencode(pace))


class Nginx(Server):
    name = "nginx"

    def __init__(self, directory, upstream_port, nofile):
        directory.mkdir()
        self.port, self.stream_port = free_port(), free_port()
        text = (HERE / "nginx.conf").read_text()
        for name, value in {"DIR": directory, "PORT": self.port, "STREAM_PORT": self.stream_port,
                            "UPSTREAM": upstream_port, "NOFILE": nofile,
                            # As root the worker would become a user that may not write in DIR.
                            "USER": "user root;" if os.geteuid() == 0 else ""}.items():
            text = text.replace(f"@{name}@", str(value))
        config = directory / "nginx.conf"
        config.write_text(text)
        binary = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen([binary, "-p", directory, "-c", config,
                                         "-e", directory / "error.log"])
        self.wait_for_port()

    def wait_for_port(self):
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.stream_port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("bench: nginx did not start")


class Penstock(Server):
    name = "penstock"

    def __init__(self, binary, logs, data=None):
        where = ["--data", data] if data else ["--ephemeral"]
        command = [binary, "serve", *where, "--log-format", "json",
                   "--proxy-listen", "127.0.0.1:0", "--manage-listen", "127.0.0.1:0",
                   "--manage-rate-limit-rpm", "1000000000"]
        begin = time.monotonic()
        with open(logs, "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        self.ready = read_json_line(self.process, f"penstock serve (log: {logs})")
        self.ready_seconds = time.monotonic() - begin
        self.port = self.stream_port = urllib.parse.urlsplit(self.ready["proxy_url"]).port

    def manage(self, path, method="GET", body=None):
        return http_json(self.ready["manage_url"] + "/manage/v1" + path, method, body,
                         self.ready["management_key"])

    def put_before(self, upstream_port):
        """Makes the upstream a provider, and a key that the rate limit does not stop."""
        self.manage("/providers", "POST", {
            "vendor": "openai", "name": "bench", "verify": False, "api_key": "sk-bench", "private": True,
            "base_url": f"http://127.0.0.1:{upstream_port}/v1", "default_model": "gpt-4o-mini"})
        project = self.manage("/projects")["data"][0]["id"]
        self.key = self.manage("/api-keys", "POST", {
            "project_id": project, "name": "bench", "rate_limit_rpm": 100_000_000})["data"]["key"]
        return self

    def create_keys(self, count):
        project = self.manage("/projects")["data"][0]["id"]
        connection = http.client.HTTPConnection(
            urllib.parse.urlsplit(self.ready["manage_url"]).netloc, timeout=30)
        for number in range(count):
            request_json(connection, "/manage/v1/api-keys", "POST",
                         {"project_id": project, "name": f"key {number}"},
                         self.ready["management_key"])
        connection.close()
