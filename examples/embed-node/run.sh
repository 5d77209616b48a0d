#!/bin/sh
# Runs the example with any Node from 18 on.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PENSTOCK_BIN=${PENSTOCK_BIN:-$here/../../build/release/penstock}
export PENSTOCK_BIN
exec node "$here/main.mjs"
