#!/bin/sh
# Installs a folder's locked packages unless they are there already. Usage: npm_install.sh NPM FOLDER
set -eu
cd "$2"
# npm writes this file last, so that it is newer than the lock only after a complete installation.
if [ node_modules/.package-lock.json -nt package-lock.json ] &&
  { ! grep -q '"node": "' package.json || [ -x node_modules/.bin/node ]; }; then
  echo "packages are up to date"
  exit 0
fi
exec "$1" ci --no-audit --no-fund
