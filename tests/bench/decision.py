"""What deciding on a request and rendering the trace of it cost."""

import json
import subprocess
from statistics import median


def measure(bench):
    command = [bench.build / "tests/bench/bench_decision"]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            for _ in range(bench.options.rounds)]
    for policy in runs[0]:
        value = median(run[policy] for run in runs) / 1e3
        bench.row("Decision and trace, CPU a request", policy, "µs", {"penstock": value}, limit=10)
