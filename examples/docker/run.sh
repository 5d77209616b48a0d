#!/usr/bin/env bash
# Builds the image and starts it where a Docker engine answers; elsewhere checks the Dockerfile's facts.
set -euo pipefail
cd "$(dirname "$0")/../.."

if docker info >/dev/null 2>&1; then
  docker build -q -f examples/docker/Dockerfile -t penstock-example .
  id=$(docker run -d --rm -p 127.0.0.1::5100 penstock-example)
  trap 'docker rm -f "$id" >/dev/null' EXIT
  address=$(docker port "$id" 5100 | head -1)
  curl -fsS --retry 20 --retry-delay 1 --retry-all-errors "http://$address/readyz" >/dev/null
  docker stop -t 45 "$id" >/dev/null
  trap - EXIT
  echo "the image was built, started, answered /readyz and stopped"
else
  echo "no Docker engine here: the image is NOT built; checking what the Dockerfile relies on"
  python3 examples/docker/check.py "${PENSTOCK_BIN:-build/release/penstock}"
fi
