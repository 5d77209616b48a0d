#!/usr/bin/env python3
"""No file of the project holds what looks like a live credential. Tests may: theirs are made up.
Usage: credentials.py [ROOT]"""

import os
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
SKIPPED = {".git", "build", "node_modules", "penstock-data", "tests", "__pycache__"}
LIVE = re.compile(
    rb"\bmlx_(?:sk|mk|scim)_[A-Za-z0-9]{16,}"   # ours
    rb"|\bsk-(?:[a-z0-9]+-)*[A-Za-z0-9_]{20,}"  # OpenAI, Anthropic and those who follow them
    rb"|\bAKIA[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}|\bgh[pousr]_[A-Za-z0-9]{36}|\bhf_[A-Za-z0-9]{30,}"
    rb"|-----BEGIN [A-Z ]*PRIVATE KEY-----")
# A placeholder says so by one character repeated, as in sk-xxxxxxxxxxxxxxxxxxxxxxxx.
PLACEHOLDER = re.compile(rb"(.)\1{9}")
problems, count = [], 0
for folder, folders, files in os.walk(ROOT):
    folders[:] = [name for name in folders if name not in SKIPPED]
    for name in files:
        path = pathlib.Path(folder, name)
        if path.is_symlink() or not path.is_file():
            continue
        count += 1
        text = path.read_bytes()
        for match in LIVE.finditer(text):
            if not PLACEHOLDER.search(match[0]):
                line = text.count(b"\n", 0, match.start()) + 1
                problems.append(f"{path.relative_to(ROOT)}:{line}: {match[0][:10].decode()}… looks live")
print("\n".join(problems) or f"credentials: none in {count} files")
sys.exit(bool(problems))
