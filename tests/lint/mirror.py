#!/usr/bin/env python3
"""A unit test mirrors the file it tests: tests/unit/M/F_test.cpp is for lib/M/F.h or F.cpp, so that
a file's tests are found without a search. Usage: mirror.py [ROOT]"""

import pathlib
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
UNIT = ROOT / "tests/unit"
problems = []
tests = sorted(UNIT.rglob("*.cpp"))
for test in tests:
    name = str(test.relative_to(UNIT))
    if not name.endswith("_test.cpp") or name.count("/") != 1:
        problems.append(f"tests/unit/{name}: should be tests/unit/<module>/<file>_test.cpp")
        continue
    tested = ROOT / "lib" / name.removesuffix("_test.cpp")
    if not any(tested.with_suffix(suffix).exists() for suffix in (".h", ".cpp")):
        problems.append(f"tests/unit/{name}: tests no file: there is no lib/{name.removesuffix('_test.cpp')}.h or .cpp")
print("\n".join(problems) or f"mirror: {len(tests)} test files mirror lib/")
sys.exit(bool(problems))
