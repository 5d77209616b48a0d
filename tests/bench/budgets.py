"""What budgets cost a proxied request: the same load through two gateways, one with budgets."""

import collections
import json
import subprocess
import time
from statistics import median

import loads
from servers import Nginx, Penstock

# Ten that bind every request of the load, of every kind it can meet; none is ever used up.
TEN = [
    {"name": "org-month", "scope": "organization", "period": "monthly"},
    {"name": "org-day", "scope": "organization", "period": "daily", "timezone": "Europe/Berlin"},
    {"name": "org-watched", "scope": "organization", "period": "weekly", "action": "warn_only"},
    {"name": "org-tokens", "scope": "organization", "unit": "tokens", "period": "daily"},
    {"name": "org-minute", "scope": "organization", "unit": "tokens", "period": "minute"},
    {"name": "org-requests", "scope": "organization", "unit": "requests", "period": "daily"},
    {"name": "each-project", "scope": "project", "period": "monthly"},
    {"name": "each-key", "scope": "api_key", "period": "monthly"},
    {"name": "each-provider", "scope": "provider", "period": "monthly"},
    {"name": "each-model", "scope": "model", "period": "monthly"},
]
# Machines differ, and one has fast and slow days: 5 µs are meant where nginx takes 23 µs for the same
# request (spec/data-plane.md, 64 connections).
OF_NGINX = 0.217
# The same program started twice differs by microseconds a request.
STARTS = 3
CAPS = {"usd": {"cap_usd": 1_000_000}, "tokens": {"cap_tokens": 10**14},
        "requests": {"cap_requests": 10**12}}


def gateway(bench, name, budgets):
    penstock = Penstock(bench.binary, bench.directory / f"{name}.log")
    bench.running.append(penstock)
    penstock.put_before(bench.upstream.port)
    penstock.name = name
    for budget in budgets:
        penstock.manage("/budgets", "POST", {**CAPS[budget.get("unit", "usd")], **budget})
    return penstock


def measure(bench):
    nginx = Nginx(bench.directory / "nginx-budgets", bench.upstream.port, bench.nofile)
    bench.running.append(nginx)

    def once(server):
        before = server.cpu_seconds()
        requests, taken, failed = loads.wrk(server, bench.bodies["1 KB"], 64,
                                            bench.options.seconds, bench.directory)
        time.sleep(0.5)  # what is written behind is paid for too
        bench.expect_none(failed, f"failed requests (budgets: {server.name})")
        return (server.cpu_seconds() - before) * 1e6 / max(requests, 1), requests / taken

    results = collections.defaultdict(list)
    for _ in range(STARTS):
        gateways = [gateway(bench, "without", []), gateway(bench, "one", TEN[:1]),
                    gateway(bench, "ten", TEN)]
        for server in [nginx, *gateways]:  # warm-up
            loads.wrk(server, bench.bodies["1 KB"], 64, 1, bench.directory)
        for name, values in bench.rounds([nginx, *gateways], once).items():
            results[name] += values
        bench.stop(gateways)

    def added(name):  # round by round, since the machine's load drifts
        return median(cpu - bare for (cpu, _), (bare, _) in zip(results[name], results["without"]))

    kept = median(rate / bare for (_, rate), (_, bare) in zip(results["one"], results["without"]))
    section = "Budgets, 1 KB body, 64 connections"
    bench.row(section, "CPU added a request: one budget", "µs", {"penstock": added("one")})
    bench.row(section, "CPU added a request: ten budgets", "µs", {"penstock": added("ten")}, limit=5)
    bench.row(section, "the same, beside all of nginx's request", "µs",
              {"nginx": median(cpu for cpu, _ in results["nginx"]), "penstock": added("ten")},
              ratio_limit=OF_NGINX)
    # Everybody's requests go through one bucket.
    bench.row(section, "throughput lost to one hot budget", "%", {"penstock": 100 * (1 - kept)},
              limit=10)
    bench.stop([nginx])
    measure_threads(bench)


def measure_threads(bench):
    """The ledger alone, under more threads than a gateway has loops."""
    directory = bench.directory / "hot-bucket"
    directory.mkdir()
    done = subprocess.run([bench.build / "tests/bench/bench_hot_bucket", directory,
                           str(2 * bench.options.rounds + 1), "500"], check=True,
                          capture_output=True)
    rate = json.loads(done.stdout)
    bench.row("Ledger", f"throughput lost by {rate['threads']} threads to one hot bucket", "%",
              {"penstock": 100 * (1 - rate["with"] / rate["without"])}, limit=10)
    bench.row("Ledger", "reserve and settle, ten buckets, one thread", "µs",
              {"penstock": rate["ten_us"]})
    bench.row("Ledger", "the same, two threads that take the buckets from each other", "µs",
              {"penstock": rate["ten_us_two"]})
