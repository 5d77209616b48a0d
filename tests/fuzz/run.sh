#!/usr/bin/env bash
# Fuzzes every target, or those named: FUZZ_SECONDS each (60), JOBS at once (one a processor).
# Usage: run.sh FUZZ_BINARY [TARGET…]. Inputs found on the way are kept beside the binary for the
# next run; what makes a target fail is in failures/ there, and is to be added to the corpus. With FUZZ_SEED
# a run begins with the corpus alone and takes the same way each time, for CI: it goes as far as time allows.
# For that the corpus is read in one order, and addresses, which libFuzzer compares, are the same where
# the machine lets them be.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
fuzz=$(realpath "$1")
shift
work=$(dirname "$fuzz")
seconds=${FUZZ_SECONDS:-60}
mkdir -p "$work/failures" "$work/found/seeded"
layout=$(setarch -R true 2>/dev/null && echo setarch -R || true)

one() {
  local target=$1 log=$work/$1.log found=$work/found/$1 corpus=$here/corpus/$1 run=("$fuzz")
  if [[ -n ${FUZZ_SEED:-} ]]; then
    found=$work/found/seeded/$1
    rm -rf "$found"
    printf '%s\n' "$corpus"/* | LC_ALL=C sort | paste -sd, >"$found.seeds"
    corpus=-seed_inputs=@$found.seeds
    # shellcheck disable=SC2206 # two words, or none
    run=(env -i PATH="$PATH" $layout "$fuzz" "-seed=$FUZZ_SEED")
  fi
  mkdir -p "$found"
  # Most inputs are small; the timeout is for one input, and far above what a slow machine needs.
  if "${run[@]}" "--target=$target" -max_total_time="$seconds" -max_len=16384 -timeout=30 \
    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$work/failures/$target-" \
    "$found" "$corpus" >"$log" 2>&1; then
    awk -v name="$target" '/number_of_executed_units/ { runs = $2 } / cov: / { for (i = 1; i < NF; ++i) if ($i == "cov:") cov = $(i + 1) }
      END { printf "%-22s %10d runs, coverage %d\n", name, runs, cov }' "$log"
  else
    tail -n 30 "$log" | cut -c1-300 >&2
    echo "$target: failed; the input is in $work/failures/, all of the output in $log" >&2
    return 1
  fi
}
export -f one
export fuzz work seconds here layout

targets=("$@")
((${#targets[@]} > 0)) || mapfile -t targets < <("$fuzz" --list)
printf '%s\n' "${targets[@]}" | xargs -P "${JOBS:-$(nproc)}" -I{} bash -c 'one {}'
