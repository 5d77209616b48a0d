"""What budgets cost a proxied request: the same load through one gateway, with and without them.

What others on the machine do to its memory makes the same load take 15 % more or less from one
moment to the next. So there are many short slices, with and without in turns. They come at a fixed
rate, half of what the gateway can do: in a closed loop a gateway that takes longer changes how the
upstream's and its own work come together, which adds to the difference, or takes from it."""

import collections
import json
import subprocess
import time
from statistics import median, quantiles

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
# Machines differ, and one has fast and slow days: the 5 µs are of one where nginx takes 23 µs for the
# same request in a closed loop (spec/data-plane.md, 64 connections).
NGINX_OF_LIMIT = 23
# The same program started twice differs by microseconds a request.
STARTS = 3
SLICE = 4000  # requests
SETTLED = 0.4  # seconds until what is written behind is written (the log's flush interval is 0.2)
SETS = {"without": [], "one": TEN[:1], "ten": TEN}
CAPS = {"usd": {"cap_usd": 1_000_000}, "tokens": {"cap_tokens": 10**14},
        "requests": {"cap_requests": 10**12}}

Loop = collections.namedtuple("Loop", "cpu rate")  # µs a request, requests a second


def set_budgets(penstock, wanted):
    for budget in penstock.manage("/budgets?limit=100")["data"]:
        penstock.manage("/budgets/" + budget["id"], "DELETE")
    for budget in wanted:
        penstock.manage("/budgets", "POST", {**CAPS[budget.get("unit", "usd")], **budget})


def measure(bench):
    nginx = Nginx(bench.directory / "nginx-budgets", bench.upstream.port, bench.nofile)
    bench.running.append(nginx)
    starts = [measure_start(bench, nginx) for _ in range(STARTS)]
    bench.stop([nginx])
    added = {name: [each - bare for start in starts
                    for each, bare in zip(start.cpu[name], start.cpu["without"])] for name in SETS}
    of_start = [median(each - bare for each, bare in zip(start.cpu["ten"], start.cpu["without"]))
                for start in starts]
    section = f"Budgets, 1 KB body, {len(added['ten'])} slices with and without in turns"
    ten = median(added["ten"])
    bench.row(section, "CPU added a request: one budget", "µs", {"penstock": median(added["one"])})
    bench.row(section, "CPU added a request: ten budgets", "µs", {"penstock": ten})
    bench.row(section, "the same: standard error of the slices", "µs",
              {"penstock": error(added["ten"])})
    bench.row(section, f"the same: difference of {STARTS} starts", "µs",
              {"penstock": max(of_start) - min(of_start)})
    of_nginx = median(cpu for start in starts for cpu in start.nginx)
    bench.row(section, "nginx's request in a closed loop", "µs", {"nginx": of_nginx})
    bench.row(section, f"ten budgets, where nginx takes {NGINX_OF_LIMIT} µs", "µs",
              {"penstock": ten * NGINX_OF_LIMIT / of_nginx}, limit=5)
    # Everybody's requests go through one bucket.
    kept = median(one / bare for start in starts
                  for one, bare in zip(start.rates["one"], start.rates["without"]))
    bench.row(section, "throughput lost to one hot budget", "%", {"penstock": 100 * (1 - kept)},
              limit=10)
    measure_threads(bench)


Start = collections.namedtuple("Start", "cpu rates nginx")  # of SETS by name, and nginx's CPU


def measure_start(bench, nginx):
    penstock = Penstock(bench.binary, bench.directory / "budgets.log")
    bench.running.append(penstock)
    penstock.put_before(bench.upstream.port)
    closed_loop(bench, nginx)  # warm-up
    rate = closed_loop(bench, penstock).rate / 2
    start = Start(collections.defaultdict(list), collections.defaultdict(list), [])
    for number in range(bench.options.rounds):
        start.nginx.append(closed_loop(bench, nginx).cpu)
        for name in ("without", "one") if number % 2 == 0 else ("one", "without"):
            set_budgets(penstock, SETS[name])
            start.rates[name].append(closed_loop(bench, penstock).rate)
        for turn in range(bench.options.seconds * 3 // 2):
            for name in SETS if turn % 2 == 0 else reversed(SETS):
                set_budgets(penstock, SETS[name])
                start.cpu[name].append(cpu_at(bench, penstock, rate))
    bench.stop([penstock])
    return start


def closed_loop(bench, server):
    before = server.cpu_seconds()
    requests, taken, failed = loads.wrk(server, bench.bodies["1 KB"], 64, bench.options.seconds,
                                        bench.directory)
    bench.expect_none(failed, f"failed requests (budgets: {server.name})")
    cpu = server.cpu_seconds() - before
    return Loop(cpu=cpu * 1e6 / max(requests, 1), rate=max(requests, 1) / taken)


def cpu_at(bench, server, rate):
    """The server's CPU time a request of a slice at that rate, in microseconds, what is written
    behind included."""
    def load(requests):
        out = loads.result(loads.loadgen(bench.build, server, bench.bodies["1 KB"], "--rate", rate,
                                         "--connections", 64, "--requests", requests))
        bench.expect_none(out["failed"], f"failed requests (budgets: {server.name})")

    load(64)  # buckets are fetched
    time.sleep(SETTLED)
    before, begin = server.cpu_seconds(), time.monotonic()
    load(SLICE)
    if time.monotonic() - begin > 2 * SLICE / rate:
        bench.failures.append(f"{SLICE} requests at {rate:.0f}/s took twice as long as they may")
    time.sleep(SETTLED)
    return (server.cpu_seconds() - before) * 1e6 / SLICE


def error(values):
    """Of their median, were they of a normal distribution but for outliers."""
    first, _, third = quantiles(values)
    return 1.253 * (third - first) / 1.349 / len(values) ** 0.5


def measure_threads(bench):
    """The ledger alone, under more threads than a gateway has loops."""
    directory = bench.directory / "hot-bucket"
    directory.mkdir()
    done = subprocess.run([bench.build / "tests/bench/bench_hot_bucket", directory,
                           str(2 * bench.options.rounds + 1), "500"], check=True,
                          capture_output=True)
    rate = json.loads(done.stdout)
    bench.row("Ledger", f"throughput lost by {rate['threads']} threads to one hot bucket", "%",
              {"penstock": 100 * rate["lost"]}, limit=10)
    bench.row("Ledger", "reserve and settle, ten buckets, one thread", "µs",
              {"penstock": rate["ten_us"]})
    bench.row("Ledger", "the same, two threads that take the buckets from each other", "µs",
              {"penstock": rate["ten_us_two"]})
