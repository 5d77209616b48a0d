#!/bin/sh
# Runs the program that the main build made beside the binary.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(dirname "${PENSTOCK_BIN:-$here/../../build/release/penstock}")
for program in "${EXAMPLE_EMBED_CPP:-}" "$build/example_embed_cpp" \
  "$build/examples/embed-cpp/example_embed_cpp" "$build/../../examples/embed-cpp/example_embed_cpp"; do
  if [ -n "$program" ] && [ -x "$program" ]; then exec "$program"; fi
done
echo "example_embed_cpp is not built; try: cmake --build build/release --target example_embed_cpp" >&2
exit 1
