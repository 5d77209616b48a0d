#!/usr/bin/env python3
"""Files stay readable: over 300 lines is listed, over 500 is an error. (Functions: clang-tidy stops
at 60.) Usage: sizes.py [ROOT]"""

import pathlib
import sys

AIM, STOP = 300, 500
ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
sizes = {}
for folder in ("lib", "cmd"):
    for file in (ROOT / folder).rglob("*"):
        if file.suffix in (".h", ".cpp"):
            sizes[file.relative_to(ROOT)] = file.read_text().count("\n")
long = sorted((size, name) for name, size in sizes.items() if size > AIM)
for size, name in long:
    print(f"{name}: {size} lines: " + ("split it: the limit is 500" if size > STOP else "note: aim for 300"))
if sizes:
    print(f"sizes: {len(sizes)} files, median {sorted(sizes.values())[len(sizes) // 2]} lines")
sys.exit(any(size > STOP for size, _ in long))
