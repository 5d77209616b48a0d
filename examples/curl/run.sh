#!/bin/sh
# Starts a gateway and talks to it with curl. Exits with 0 when every answer was as it should be.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
penstock=${PENSTOCK_BIN:-$here/../../build/release/penstock}
work=$(mktemp -d)
pid=
stop() {
  [ -z "$pid" ] || { kill "$pid" 2>/dev/null && wait "$pid"; } || true
  rm -rf "$work"
}
trap stop EXIT
fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# The ready file appears, whole, when both listeners accept.
"$penstock" serve --ephemeral --ready-file "$work/ready" >/dev/null 2>"$work/log" &
pid=$!
for _ in $(seq 100); do
  [ -s "$work/ready" ] && break
  kill -0 "$pid" 2>/dev/null || { cat "$work/log" >&2; fail "penstock did not start"; }
  sleep 0.1
done
[ -s "$work/ready" ] || fail "penstock was not ready within 10 s"
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$work/ready"; }
url=$(field proxy_url)
key=$(field project_key)
echo "gateway:  $url"

# ask KEY PATH [BODY]: prints the answer's body and, on a last line, its status.
ask() {
  curl --silent --show-error --no-buffer --max-time 20 --write-out '\n%{http_code}\n' \
    --header "Authorization: Bearer $1" --header 'Content-Type: application/json' \
    ${3:+--data "$3"} "$url$2"
}
expect() { # NAME STATUS PATTERN ANSWER
  echo "$1: $(printf '%s\n' "$4" | head -n 1 | cut -c 1-160)"
  [ "$(printf '%s\n' "$4" | tail -n 1)" = "$2" ] || fail "$1: status is not $2: $4"
  printf '%s' "$4" | grep -q "$3" || fail "$1: no '$3' in: $4"
}

hello='{"model":"@default","messages":[{"role":"user","content":"Hello from curl"}]}'
expect 'models' 200 '"@default"' "$(ask "$key" /v1/models)"
expect 'chat' 200 'Hello from curl' "$(ask "$key" /v1/chat/completions "$hello")"
expect 'stream' 200 '^data: \[DONE\]' \
  "$(ask "$key" /v1/chat/completions "$(echo "$hello" | sed 's/^{/{"stream":true,/')")"

# A text is spoken into a file, and the file sent back as a form.
curl --silent --show-error --max-time 20 --header "Authorization: Bearer $key" \
  --header 'Content-Type: application/json' --output "$work/hello.wav" \
  --data '{"model":"demo/demo-speech","voice":"any","input":"hello"}' "$url/v1/audio/speech"
expect 'transcription' 200 'hello.wav: 4044 bytes' "$(curl --silent --show-error --max-time 20 \
  --write-out '\n%{http_code}\n' --header "Authorization: Bearer $key" \
  --form model=demo/demo-transcribe --form "file=@$work/hello.wav" "$url/v1/audio/transcriptions")"

expect 'no key' 401 'invalid_api_key' "$(ask mlx_sk_wrong /v1/chat/completions "$hello")"
expect 'not JSON' 400 'invalid_request_error' "$(ask "$key" /v1/chat/completions 'not JSON')"

kill "$pid"
wait "$pid" || fail "penstock exited with $?"
pid=
echo "ok"
