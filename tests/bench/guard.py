"""What guardrails cost: 1 KB of chat looked at by all detectors of ours, and a token of a stream."""

import json
import subprocess
from statistics import median


def measure(bench):
    command = [bench.build / "tests/bench/bench_guard"]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            for _ in range(bench.options.rounds)]
    section = "Guardrails, all personal data and secrets"
    for name, key, unit in (("1 KB, nothing found", "clean_ns", "µs"),
                            ("1 KB, an address and a phone number redacted", "found_ns", "µs"),
                            ("a token of a stream", "token_ns", "µs"),
                            ("compile", "compile_ns", "ms")):
        value = median(run[key] for run in runs) / (1e3 if unit == "µs" else 1e6)
        bench.row(section, name, unit, {"penstock": value})
