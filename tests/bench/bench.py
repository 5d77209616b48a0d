#!/usr/bin/env python3
"""Compares Penstock with nginx proxy_pass: same upstream, same load, in one run, rounds interleaved
because the machine is shared. See README.md; `make bench` runs it."""

import argparse
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from statistics import median

import budgets
import decision
import guard
import loads
import manage
import report
import rules
import translation
from servers import Nginx, Penstock, Upstream

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Bench:
    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.build = options.build.resolve()
        self.binary = self.build / "penstock"
        self.bodies = loads.write_bodies(directory)
        self.rows = []
        self.failures = []
        self.starts = 0
        soft, self.nofile = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (self.nofile, self.nofile))  # children inherit
        self.upstream = Upstream(self.build)
        self.running = [self.upstream]

    # Servers

    def start_gateways(self):
        """Fresh processes, each in front of the upstream."""
        self.starts += 1
        gateways = [Nginx(self.directory / f"nginx{self.starts}", self.upstream.port, self.nofile)]
        self.running += gateways
        if not self.options.without_penstock:
            penstock = Penstock(self.binary, self.directory / "penstock.log")
            self.running.append(penstock)
            gateways.append(penstock.put_before(self.upstream.port))
        return gateways

    def stop(self, servers):
        for server in list(servers):
            code = server.stop()
            self.running.remove(server)
            if server.name == "penstock" and code != 0:
                self.failures.append(f"penstock ended with {code} on SIGTERM")

    def rounds(self, servers, measure):
        """measure(server) for each server in each round, order turned round each time; returns
        {name: [results]}."""
        results = {server.name: [] for server in servers}
        for number in range(self.options.rounds):
            for server in servers if number % 2 == 0 else reversed(servers):
                results[server.name].append(measure(server))
        return results

    def row(self, section, name, unit, values, **verdict):
        row = report.Row(section, name, unit, values, **verdict)
        self.rows.append(row)
        print("  " + report.line(row), flush=True)

    def expect_none(self, count, what):
        if count:
            self.failures.append(f"{what}: {count}")

    # Measurements

    def throughput(self, gateways, body, connections, limit):
        def once(server):
            before, served = server.cpu_seconds(), self.upstream.control()["requests"]
            requests, taken, failed = loads.wrk(server, self.bodies[body], connections,
                                                self.options.seconds, self.directory)
            time.sleep(0.5)  # what is written behind, such as the request log, is paid for too
            cpu = server.cpu_seconds() - before
            where = f"{server.name}, {body}, {connections} connections"
            self.expect_none(failed, f"failed requests ({where})")
            served = self.upstream.control()["requests"] - served
            self.expect_none(max(0, requests - served), f"answers not from the upstream ({where})")
            return cpu * 1e6 / max(requests, 1), requests / taken

        results = self.rounds(gateways, once)
        label = f"{body} body, {connections} connections"
        self.row("CPU of the gateway per request", label, "µs",
                 {name: median(cpu for cpu, _ in values) for name, values in results.items()},
                 ratio_limit=limit)
        self.row("Throughput (two cores shared with upstream and wrk)", label, "req/s",
                 {name: median(rate for _, rate in values) for name, values in results.items()})

    def latency(self, gateways):
        def once(server):
            out = loads.result(loads.loadgen(
                self.build, server, self.bodies["1 KB"], "--rate", 200, "--connections", 32,
                "--skip", 100, "--requests", 100 + 200 * self.options.seconds))
            self.expect_none(out["failed"], f"failed requests at 200 req/s ({server.name})")
            return out

        results = self.rounds([self.upstream, *gateways], once)
        for key, margin in (("p50_us", 40), ("p99_us", None)):
            values = added(results, key)
            limit = values["nginx"] + margin if margin and "nginx" in values else None
            self.row("Latency added at 200 req/s", key[:3], "µs", values, limit=limit)

    def first_byte(self, gateways):
        self.upstream.control(events=5, interval_us=5000)

        def once(server):
            out = loads.result(loads.loadgen(
                self.build, server, self.bodies["stream"], "--rate", 100, "--connections", 64,
                "--skip", 50, "--requests", 50 + 100 * self.options.seconds, "--events", 5,
                port=server.stream_port))
            self.expect_none(out["failed"], f"failed streams at 100/s ({server.name})")
            self.expect_none(out["lost"], f"lost frames at 100 streams/s ({server.name})")
            return out

        results = self.rounds([self.upstream, *gateways], once)
        for key, limit in (("first_p50_us", 300), ("first_p99_us", None)):
            self.row("Time to first frame added, 100 streams/s", key[6:9], "µs",
                     added(results, key), limit=limit)

    def open_streams(self, count):
        memory, per_frame, lost = {}, {}, {}
        # A fresh gateway each, so that no earlier run has grown its heap already.
        for server in (gateways := self.start_gateways()):
            self.upstream.control(events=3, interval_us=1000)
            loads.result(loads.loadgen(self.build, server, self.bodies["stream"], "--rate", 200,
                                       "--requests", 100, "--connections", 2, "--events", 3,
                                       port=server.stream_port))
            self.upstream.control(events=12, interval_us=500_000)
            idle, cpu = server.rss_kb(), server.cpu_seconds()
            process = loads.loadgen(self.build, server, self.bodies["stream"], "--rate", 2000,
                                    "--requests", count, "--connections", count, "--events", 12,
                                    "--announce-open", port=server.stream_port)
            opened = process.stdout.readline()
            if str(count).encode() not in opened:
                self.failures.append(f"{server.name} did not hold {count} streams: {opened!r}")
            memory[server.name] = 0
            while process.poll() is None:
                memory[server.name] = max(memory[server.name], (server.rss_kb() - idle) / count)
                time.sleep(0.2)
            out = loads.result(process)
            lost[server.name] = out["lost"]
            per_frame[server.name] = ((server.cpu_seconds() - cpu) * 1e6 / max(out["frames"], 1))
            self.expect_none(out["failed"], f"failed of {count} streams ({server.name})")
        self.row("Open streams", f"{count} streams: memory a stream", "KB", memory, limit=36)
        self.row("Open streams", f"{count} streams: frames lost", "", lost, limit=0)
        self.row("Open streams", f"{count} streams: CPU a frame", "µs", per_frame)
        self.stop(gateways)

    def start_up(self):
        log = self.directory / "penstock.log"

        def timed(data):
            penstock = Penstock(self.binary, log, data)
            self.running.append(penstock)
            self.stop([penstock])
            return penstock.ready_seconds * 1000

        fresh = [timed(self.directory / f"fresh{n}") for n in range(5)]
        self.row("Start to ready line", "new store", "ms", {"penstock": median(fresh)})
        full = self.directory / "full"
        penstock = Penstock(self.binary, log, full)
        self.running.append(penstock)
        penstock.create_keys(self.options.keys)
        self.stop([penstock])
        self.row("Start to ready line", f"store with {self.options.keys} keys", "ms",
                 {"penstock": median(timed(full) for _ in range(5))}, limit=100)

    def binary_size(self):
        stripped = self.directory / "stripped"
        subprocess.run(["strip", "-o", stripped, self.binary], check=True)
        sizes = {"penstock": stripped.stat().st_size / 1e6}
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        sizes["nginx"] = pathlib.Path(nginx).resolve().stat().st_size / 1e6
        self.row("Binary", "stripped", "MB", sizes)

    def run(self):
        if self.options.only_manage:
            return manage.measure(self)
        if self.options.only_budgets:
            return budgets.measure(self)
        if self.options.only_translation:
            return translation.measure(self)
        if self.options.only_routing:
            decision.measure(self)
            return rules.measure(self)
        gateways = self.start_gateways()
        for server in gateways:  # warm-up: pools, heap, CPU clock
            loads.wrk(server, self.bodies["1 KB"], 64, 1, self.directory)
        for body, limit in (("1 KB", 1.8), ("200 KB", 2.5)):
            for connections in (16, 64, 256):
                self.throughput(gateways, body, connections, limit)
        self.latency(gateways)
        self.first_byte(gateways)
        self.stop(gateways)
        for count in (1000, 4000):
            self.open_streams(count)
        if not self.options.without_penstock:
            self.start_up()
            budgets.measure(self)
            decision.measure(self)
            rules.measure(self)
            translation.measure(self)
            guard.measure(self)
            manage.measure(self)
            self.binary_size()


def added(results, key):
    direct = median(out[key] for out in results["direct"])
    return {name: median(out[key] for out in values) - direct
            for name, values in results.items() if name != "direct"}


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="of each measurement in a round")
    parser.add_argument("--keys", type=int, default=10_000, help="in the store for the start-up")
    parser.add_argument("--audit", type=int, default=1_000_000, help="entries in the audit log")
    parser.add_argument("--rollups", type=int, default=10_000_000, help="requests of the reports' month")
    parser.add_argument("--only-manage", action="store_true", help="only the management API")
    parser.add_argument("--only-budgets", action="store_true", help="only what budgets cost")
    parser.add_argument("--only-translation", action="store_true", help="only translated chats")
    parser.add_argument("--only-routing", action="store_true", help="only decisions and rules")
    parser.add_argument("--update", action="store_true", help="write tests/bench/RESULTS.md")
    parser.add_argument("--without-penstock", action="store_true", help="check the harness itself")
    return parser.parse_args()


def main():
    options = parse_options()
    with tempfile.TemporaryDirectory(prefix="penstock-bench-") as directory:
        bench = Bench(options, pathlib.Path(directory))
        try:
            bench.run()
        finally:
            for server in reversed(bench.running):
                server.stop()
    text = report.render(bench.rows, bench.failures, options)
    print("\n" + text)
    if options.update:
        (ROOT / "tests/bench/RESULTS.md").write_text(text)
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
