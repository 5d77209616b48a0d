"""What the rules of a routing config cost a request: 100 of them, none of which matches."""

import json
import subprocess
from statistics import median


def measure(bench):
    command = [bench.build / "tests/bench/bench_rules"]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            for _ in range(bench.options.rounds)]
    section = "Rules, 100 that do not match"
    for name, key, unit, limit in (("everyday comparisons", "everyday_ns", "µs", 5),
                                   ("patterns", "patterns_ns", "µs", None),
                                   ("compile all", "compile_ns", "ms", None)):
        value = median(run[key] for run in runs) / (1e3 if unit == "µs" else 1e6)
        bench.row(section, name, unit, {"penstock": value}, limit=limit)
