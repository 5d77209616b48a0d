"""Turns the measured rows into the table that is printed and kept in RESULTS.md."""

import dataclasses
import datetime
import os
import pathlib
import platform
import shlex
import subprocess
import sys


@dataclasses.dataclass
class Row:
    section: str
    name: str
    unit: str
    values: dict  # server name -> number
    limit: float | None = None        # for penstock's value
    ratio_limit: float | None = None  # for penstock's value over nginx's

    def ratio(self):
        nginx, penstock = self.values.get("nginx"), self.values.get("penstock")
        return penstock / nginx if penstock is not None and nginx else None

    def verdict(self):
        penstock = self.values.get("penstock")
        if penstock is None or (self.limit is None and self.ratio_limit is None):
            return ""
        if self.limit is not None:
            return f"≤ {number(self.limit)}: " + ("met" if penstock <= self.limit else "MISSED")
        if self.ratio() is None:
            return ""
        return f"≤ {self.ratio_limit}×: " + ("met" if self.ratio() <= self.ratio_limit else "MISSED")


def number(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.1f}"


def cells(row):
    ratio = f"{row.ratio():.2f}×" if row.ratio() is not None else ""
    name = f"{row.name} ({row.unit})" if row.unit else row.name
    return [name, number(row.values.get("nginx")), number(row.values.get("penstock")), ratio,
            row.verdict()]


def line(row):
    name, nginx, penstock, ratio, verdict = cells(row)
    return f"{row.section}: {name}: nginx {nginx}, penstock {penstock} {ratio} {verdict}".rstrip()


def output(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return (done.stdout + done.stderr).strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def machine():
    cpu = "unknown CPU"
    for line_ in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line_.startswith("model name"):
            cpu = line_.partition(":")[2].strip()
            break
    return (f"{cpu}, {os.cpu_count()} cores, Linux {platform.release()}, "
            f"{output('nginx', '-v').rpartition(' ')[2]}")


def render(rows, failures, options):
    command = shlex.join(["tests/bench/bench.py", *sys.argv[1:]])
    text = ["# Bench results", "",
            f"`{command}` on {datetime.date.today()}: {machine()}. Medians of {options.rounds} "
            f"interleaved rounds of {options.seconds} s. nginx is `proxy_pass` with keep-alive, one "
            "worker, no log; penstock has auth, rate limit, request log and cost on. Quote the "
            "ratios, not the absolute numbers: the machine is shared."]
    for section in dict.fromkeys(row.section for row in rows):  # in order, each once
        text += ["", f"## {section}", "", "| | nginx | penstock | ratio | target |",
                 "|---|---:|---:|---:|---|"]
        text += ["| " + " | ".join(cells(row)) + " |" for row in rows if row.section == section]
    text += ["", "## Failures", ""] + ([f"- {failure}" for failure in failures] or ["None."])
    return "\n".join(text) + "\n"

