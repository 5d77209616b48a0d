#!/usr/bin/env python3
"""Who includes whom: lib/LAYERS, no include cycles, and the fences around third-party headers, SQL
and regular expressions. Usage: layers.py [ROOT]"""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
LIB = ROOT / "lib"
FENCES = {  # header prefix: the modules that may include it
    "openssl/ssl.h": {"http"}, "openssl/": {"base", "http", "storage"}, "sqlite3.h": {"storage"},
    "rapidjson/": {"json"}, "simdjson.h": {"json"}, "yaml-cpp/": {"declare"}, "httplib.h": {"http"}, "re2/": {"rules"},
    "regex": set(),  # its recursion overflows the stack on long input
}
LITERAL = re.compile(r'//[^\n]*|\'(?:\\.|[^\'\\])\'|R"(\w*)\((.*?)\)\1"|"((?:\\.|[^"\\\n])*)"', re.S)
SQL = re.compile(r"\b(SELECT|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|PRAGMA|"
                 r"(CREATE|DROP|ALTER) (TABLE|INDEX))\b")
problems = []

layers = {}
for line in (LIB / "LAYERS").read_text().splitlines():
    if line and not line.startswith("#"):
        module, _, needs = line.partition(":")
        layers[module] = set(needs.split()) | {module}

includes = {}  # file -> the files of ours that it includes
for file in sorted(p for p in LIB.rglob("*") if p.suffix in (".h", ".cpp")):
    name, module, text = str(file.relative_to(LIB)), file.relative_to(LIB).parts[0], file.read_text()
    includes[name] = []
    for match in re.finditer(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', text, re.M):
        header = match[1]
        where = f"lib/{name}:{text.count(chr(10), 0, match.start(1)) + 1}"
        if (LIB / header).exists():
            includes[name].append(header)
            if header.split("/")[0] not in layers.get(module, set()):
                problems.append(f"{where}: {module} may not include {header}: see lib/LAYERS")
        for prefix, allowed in FENCES.items():
            if header.startswith(prefix) and module not in allowed:
                problems.append(f"{where}: only {sorted(allowed) or 'nobody'} may include {header}")
    for match in LITERAL.finditer(text) if module not in ("store", "storage") else ():
        if SQL.search(match[2] or match[3] or ""):
            problems.append(f"lib/{name}:{text.count(chr(10), 0, match.start()) + 1}: SQL outside store/")
    if "std::regex" in re.sub(r"//[^\n]*", "", text):
        problems.append(f"lib/{name}: std::regex is not used here")

done = set()
def walk(name, path):
    if name in path:
        problems.append("include cycle: " + " -> ".join(path[path.index(name):] + [name]))
    elif name not in done:
        for other in includes.get(name, ()):
            walk(other, path + [name])
        done.add(name)
for name in includes:
    walk(name, [])

print("\n".join(problems) or f"layers: {len(includes)} files obey lib/LAYERS")
sys.exit(bool(problems))
