#!/bin/sh
# Runs the example with the system's Python.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PENSTOCK_BIN=${PENSTOCK_BIN:-$here/../../build/release/penstock}
PYTHONDONTWRITEBYTECODE=1
export PENSTOCK_BIN PYTHONDONTWRITEBYTECODE
exec python3 "$here/main.py"
