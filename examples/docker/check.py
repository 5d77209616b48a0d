"""The Dockerfile's facts, checked without Docker. Usage: check.py BINARY, from the top folder."""

import fnmatch
import json
import pathlib
import re
import shutil
import subprocess
import sys

BINARY = sys.argv[1]
text = pathlib.Path("examples/docker/Dockerfile").read_text()
lines = [line for line in re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.M)).splitlines() if line]
steps = [line.split(None, 1) for line in lines]
problems = []


def check(holds, problem):
    if not holds:
        problems.append(problem)


def values(name):
    return [rest for step, rest in steps if step == name]


def stem(image):
    return image.split()[0]


known = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
check({step for step, _ in steps} <= known, "an instruction this check does not know")
check(all(stem(image).startswith("debian:12") for image in values("FROM")), "a base other than Debian 12")

# What is copied exists and is not held back by .dockerignore.
ignored = [line.rstrip("/") for line in pathlib.Path(".dockerignore").read_text().splitlines()
           if line and not line.startswith("#")]
copied = [source for rest in values("COPY") if not rest.startswith("--from") for source in rest.split()[:-1]]
for source in copied:
    check(pathlib.Path(source).exists(), f"COPY {source}: no such file")
    check(not any(fnmatch.fnmatch(source, pattern) for pattern in ignored), f"COPY {source}: ignored")
used = re.findall(r"add_subdirectory\((\w+)", pathlib.Path("CMakeLists.txt").read_text())
for folder in used + re.findall(r"\$\{CMAKE_SOURCE_DIR\}/(\w+)", "".join(
        path.read_text() for path in [*pathlib.Path("lib").glob("*/module.cmake"),
                                      *pathlib.Path("cmake").glob("*.cmake")])):
    check(folder in copied or folder == "tests", f"the build reads {folder}/, which is not copied")

# What is installed exists, and make setup installs it too: the two lists do not drift apart.
packages = {word for rest in values("RUN") for part in re.findall(r"--no-install-recommends (.*?)&&", rest)
            for word in part.split()}
setup = pathlib.Path(".ci/setup").read_text()
for package in sorted(packages):
    check(re.search(rf"(?<![\w-]){re.escape(package)}(?![\w-])", setup), f"{package} is not in .ci/setup")
    if shutil.which("apt-cache"):
        shown = subprocess.run(["apt-cache", "show", package], capture_output=True).returncode
        check(shown == 0, f"apt knows no package {package}")

# It does not run as root, and its ports are those of its command line.
check(values("USER") and not values("USER")[-1].startswith(("0", "root")), "it runs as root")
command = json.loads(values("CMD")[0])
ports = [word.rpartition(":")[2] for word in command if re.fullmatch(r"[\d.]+:\d+", word)]
check(sorted(ports) == sorted(values("EXPOSE")[0].split()), f"EXPOSE is not {ports}")
shown = subprocess.run([BINARY, command[0], "--help"], capture_output=True, text=True).stdout
for flag in (word for word in command if word.startswith("--")):
    check(re.search(rf"{flag}\b", shown), f"penstock serve knows no {flag}")

# The binary needs nothing that debian:12-slim lacks.
linked = subprocess.run(["ldd", BINARY], capture_output=True, text=True, check=True).stdout
for library in re.findall(r"^\s*(\S+)", linked, re.M):
    check(re.match(r"(.*/)?(linux-vdso|libc|libm|libdl|libpthread|librt|libresolv|ld-linux\S*)\.so", library),
          f"the binary links {library}")

print("\n".join(problems) or f"docker: {len(copied)} sources, {len(packages)} packages, ports, flags and "
      "libraries agree")
sys.exit(bool(problems))
