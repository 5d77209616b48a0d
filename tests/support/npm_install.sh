#!/bin/sh
# Installs the locked packages unless they are there already. Usage: install.sh NPM
set -eu
cd "$(dirname "$0")"
# npm writes this file last, so that it is newer than the lock only after a complete installation.
if [ -x node_modules/.bin/node ] && [ node_modules/.package-lock.json -nt package-lock.json ]; then
  echo "packages are up to date"
  exit 0
fi
exec "$1" ci --no-audit --no-fund
