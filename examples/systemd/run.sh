#!/usr/bin/env bash
# Checks penstock.service as far as that goes without being PID 1's child: systemd's own verifier,
# its sandbox score, and the unit's own command line started, probed and drained.
set -euo pipefail
cd "$(dirname "$0")"
binary=$(realpath "${PENSTOCK_BIN:-../../build/release/penstock}")
[[ -x $binary ]] || { echo "build first: no $binary" >&2; exit 1; }
work=$(mktemp -d)
trap 'kill "${pid:-}" 2>/dev/null || true; rm -rf "$work"' EXIT

if command -v systemd-analyze >/dev/null; then
  # The verifier wants the program to exist; the built one stands in for the installed one.
  sed "s|/usr/local/bin/penstock|$binary|" penstock.service >"$work/penstock.service"
  out=$(SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$work/penstock.service" 2>&1) || failed=1
  if grep -F "$work/penstock.service" <<<"$out" || ((${failed:-0})); then
    echo "systemd-analyze verify: $out" >&2
    exit 1
  fi
  echo "systemd-analyze verify: nothing to complain about"
  # 0 (sealed) to 100 (open).
  systemd-analyze security --offline=true --threshold=20 "$work/penstock.service" | tail -1
else
  echo "no systemd-analyze here: checking the unit's form only"
  # Sections, comments, blank lines and Name=value; nothing else is a unit.
  if grep -nvE '^(\[(Unit|Service|Install)\]|[#;].*|[A-Z][A-Za-z]*=.*|)$' penstock.service; then
    exit 1
  fi
fi

# Its own command line, in directories as systemd would make them, on free ports.
mkdir -p "$work/state" "$work/run"
read -ra command <<<"$(sed -n 's|^ExecStart=/usr/local/bin/penstock||p' penstock.service)"
for i in "${!command[@]}"; do
  word=${command[i]//\$\{STATE_DIRECTORY\}/$work/state}
  word=${word//\$\{RUNTIME_DIRECTORY\}/$work/run}
  command[i]=$(sed -E 's/^127\.0\.0\.1:[0-9]+$/127.0.0.1:0/' <<<"$word")
done
"$binary" "${command[@]}" >/dev/null 2>"$work/log" &
pid=$!
for _ in {1..100}; do
  [[ -s $work/run/ready.json ]] && break
  kill -0 "$pid" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.1
done
url=$(sed -E 's/.*"manage_url":"([^"]+)".*/\1/' "$work/run/ready.json")
curl -fsS "$url/readyz" >/dev/null
kill -TERM "$pid"
wait "$pid" # its exit code is ours
pid=
echo "the unit's command line became ready, answered /readyz and ended cleanly on SIGTERM"
