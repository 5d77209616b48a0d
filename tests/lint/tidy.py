#!/usr/bin/env python3
"""clang-tidy over lib/ and cmd/, on all cores. A file that passed is not checked again until it, a
header of ours it reaches, its command or .clang-tidy changes. Usage: tidy.py BUILD_DIR [FILE...]"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path.cwd()
BUILD = pathlib.Path(sys.argv[1])
ONLY = {str(pathlib.Path(name).resolve()) for name in sys.argv[2:]}
PASSED = pathlib.Path.home() / ".cache/penstock-tidy"  # as ccache's: shared by all checkouts
VERSION = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
CONFIG = (ROOT / ".clang-tidy").read_bytes()


def reachable(file, seen):
    """Every file of lib/ and cmd/ that `file` includes, itself too."""
    if file in seen or not file.exists():
        return seen
    seen.add(file)
    for name in re.findall(r'^\s*#\s*include\s*"([^"]+)"', file.read_text(), re.M):
        reachable(ROOT / "lib" / name, seen)
        reachable(file.parent / name, seen)
    return seen


def check(entry):
    command = entry["command"].replace(entry["directory"], "BUILD").replace(str(ROOT), "ROOT")
    digest = hashlib.sha256(VERSION + CONFIG + command.encode())
    for file in sorted(reachable(pathlib.Path(entry["file"]), set())):
        digest.update(file.read_bytes())
    stamp = PASSED / digest.hexdigest()
    if stamp.exists():
        return ""
    # g++ 12's warnings are on in the build; clang's own are not our judge here.
    done = subprocess.run(["clang-tidy", "--quiet", "-p", BUILD, "--extra-arg=-Wno-everything",
                           entry["file"]], capture_output=True, text=True)
    if done.returncode == 0:
        stamp.touch()
        return ""
    return done.stdout + ("" if "error:" in done.stdout else done.stderr)


PASSED.mkdir(parents=True, exist_ok=True)
entries = [entry for entry in json.loads((BUILD / "compile_commands.json").read_text())
           if entry["file"].startswith((f"{ROOT}/lib/", f"{ROOT}/cmd/"))
           and (not ONLY or entry["file"] in ONLY)]
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    # Headers are seen from many files; each finding is printed once.
    found = dict.fromkeys(text for text in pool.map(check, entries) if text)
print("\n".join(found) or f"tidy: {len(entries)} files are clean")
sys.exit(bool(found))
