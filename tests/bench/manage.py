"""The management API over a large store: what a page of a list costs, first and deep, and what a
report over a month of requests."""

import http.client
import json
import subprocess
import time
import urllib.parse
from statistics import median

from servers import Penstock, request_json

KEYS, CONFIGS, DEEP = 10_000, 1_000, 1_000  # the last: which page is the deep one
LISTS = [("10,000 keys", "/api-keys?limit=10"),
         ("10,000 keys, of one project", "/api-keys?limit=10&project_id=default"),
         ("1,000 configs", "/routing-configs?limit=1"),
         ("audit log", "/audit-logs?limit=50"),
         ("audit log, one resource type", "/audit-logs?limit=50&resource_type=project"),
         ("audit log, one actor", "/audit-logs?limit=20&actor=mkey_7")]
REPORTS = ["group_by=" + group for group in ["model", "provider", "project", "api_key", "end_user",
                                             "routing_config", "tag:team"]]


def document():
    return {"version": 1,
            "routing_configs": [{"project": "default", "slug": f"c{n}", "policy": "single",
                                 "config": {"model": "m", "provider": "demo"}}
                                for n in range(CONFIGS)],
            "api_keys": [{"project": "default", "name": f"key {n}"} for n in range(KEYS)]}


class Caller:
    def __init__(self, server, key):
        netloc = urllib.parse.urlsplit(server.ready["manage_url"]).netloc
        self.connection = http.client.HTTPConnection(netloc, timeout=60)
        self.key = key

    def call(self, path, method="GET", body=None):
        return request_json(self.connection, "/manage/v1" + path, method, body, self.key)

    def timed(self, path):
        begin = time.perf_counter()
        page = self.call(path)
        return (time.perf_counter() - begin) * 1000, page


def page_times(caller, path):
    """Medians in ms of the first page and of the deep one, taken in turns."""
    cursor = ""
    for _ in range(DEEP - 1):
        page = caller.call(path + cursor)
        if page["next_cursor"] is None:
            break
        cursor = "&cursor=" + page["next_cursor"]
    taken = [(caller.timed(path)[0], caller.timed(path + cursor)[0]) for _ in range(50)]
    return median(first for first, _ in taken), median(deep for _, deep in taken)


def measure(bench):
    data, log = bench.directory / "manage", bench.directory / "penstock.log"
    server = Penstock(bench.binary, log, data)
    bench.running.append(server)
    key = server.ready["management_key"]
    begin = time.perf_counter()
    Caller(server, key).call("/config/apply", "POST", {"document": document()})
    applied = time.perf_counter() - begin
    bench.row("Management API", f"apply of {KEYS} keys and {CONFIGS} configs", "s",
              {"penstock": applied})
    bench.stop([server])
    subprocess.run([bench.build / "tests/bench/bench_fill_audit", data,
                    str(bench.options.audit)], check=True)
    server = Penstock(bench.binary, log, data)
    bench.running.append(server)
    caller = Caller(server, key)
    for name, path in LISTS:
        first, deep = page_times(caller, path)
        bench.row("Management API", f"{name}: page 1", "ms", {"penstock": first}, limit=20)
        bench.row("Management API", f"{name}: page {DEEP}", "ms", {"penstock": deep}, limit=20)
    created = median(timed_create(caller) for _ in range(30))
    bench.row("Management API", f"create a key beside {KEYS}", "ms", {"penstock": created})
    begin = time.perf_counter()
    verdict = caller.call("/audit-logs/verify")["data"]
    bench.row("Management API", f"verify {verdict['entries']} audit entries", "s",
              {"penstock": time.perf_counter() - begin})
    if not verdict["ok"]:
        bench.failures.append(f"audit log: {verdict['reason']}")
    bench.stop([server])
    measure_reports(bench, data, key)


def measure_reports(bench, data, key):
    """Beside the log of the store before: the bench's own filler makes this one anew."""
    for file in data.glob("log.db*"):
        file.unlink()
    filled = subprocess.run([bench.build / "tests/bench/bench_fill_rollups", data,
                             str(bench.options.rollups)], check=True, capture_output=True)
    cost = json.loads(filled.stdout)
    section = f"Analytics, a month of {bench.options.rollups:,} requests"
    bench.row(section, "log writer: a row (CPU µs)", "", {"penstock": cost["row_us"]})
    bench.row(section, "log writer: its roll-ups (CPU µs)", "", {"penstock": cost["rollup_us"]},
              limit=3)
    bench.row(section, "… with 20,000 end users and 500 teams (CPU µs)", "",
              {"penstock": cost["month_rollup_us"]})
    server = Penstock(bench.binary, bench.directory / "penstock.log", data)
    bench.running.append(server)
    caller = Caller(server, key)
    total = caller.call("/analytics/report?granularity=day")["totals"]["requests"]
    if total < bench.options.rollups:
        bench.failures.append(f"report: {total} requests of {bench.options.rollups}")
    for question in ["", *REPORTS, "end_user=user-7"]:
        path = "/analytics/report?granularity=day&" + question
        bench.row(section, f"report by day, {question or 'whole'}", "ms",
                  {"penstock": report_time(caller, path)}, limit=100)
    start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 30 * 86400))
    bench.row(section, "report by hour, whole", "ms", {"penstock": report_time(
        caller, f"/analytics/report?granularity=hour&start={start}")})
    bench.row(section, "report by hour, group_by=model", "ms", {"penstock": report_time(
        caller, f"/analytics/report?granularity=hour&group_by=model&start={start}")})
    bench.row(section, "decisions", "ms", {"penstock": report_time(
        caller, f"/analytics/decisions?start={start}")}, limit=100)
    bench.stop([server])


def report_time(caller, path):
    return median(caller.timed(path)[0] for _ in range(15))


def timed_create(caller):
    begin = time.perf_counter()
    caller.call("/api-keys", "POST", {"name": "one more", "project_id": "default"})
    return (time.perf_counter() - begin) * 1000
