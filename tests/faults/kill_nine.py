"""kill -9 under load, then restart: the store opens, is intact, and no more than the declared flush
window of log rows is missing. Standard library only; the binary is PENSTOCK_BIN."""
import http.client, json, os, signal, sqlite3, subprocess, sys, tempfile, threading, time, urllib.parse

ROUNDS = 3
CLIENTS = 8
FLUSH_WINDOW = 0.2 + 1.0  # seconds: the declared window, plus one batch's write on a busy machine


def start(data, extra=()):
    process = subprocess.Popen(
        [os.environ["PENSTOCK_BIN"], "serve", "--data", data, "--proxy-listen", "127.0.0.1:0",
         "--manage-listen", "127.0.0.1:0", "--rate-limit-rpm", "100000000", *extra],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    line = process.stdout.readline()
    assert line, "the gateway did not become ready"
    return process, json.loads(line)


class Load:
    """Clients that note when each answered request was answered."""

    def __init__(self, url, key):
        self.host, self.key = urllib.parse.urlparse(url).netloc, key
        self.answered, self.lock, self.stop = {}, threading.Lock(), False
        self.threads = [threading.Thread(target=self.run) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def run(self):
        body = json.dumps({"model": "@default", "max_tokens": 3,
                           "messages": [{"role": "user", "content": "x"}]})
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection(self.host, timeout=5)
        try:
            while not self.stop:
                connection.request("POST", "/v1/chat/completions", body, headers)
                response = connection.getresponse()
                response.read()
                with self.lock:
                    self.answered[response.headers["X-Modelux-Request-Id"]] = time.monotonic()
        except (OSError, http.client.HTTPException):
            pass  # the gateway was killed: that is the test

    def count(self):
        with self.lock:
            return len(self.answered)

    def join(self):
        self.stop = True
        for thread in self.threads:
            thread.join()


def check_database(path):
    database = sqlite3.connect(path)
    result = database.execute("PRAGMA integrity_check").fetchone()[0]
    assert result == "ok", f"{path}: {result}"
    return database


def logged_ids(data):
    database = check_database(os.path.join(data, "log.db"))
    return {row[0].hex() for row in database.execute("SELECT request_id FROM request_log")}


def round_trip(data, key):
    process, ready = start(data)
    key = ready.get("project_key", key)
    load = Load(ready["proxy_url"], key)
    begun = time.monotonic()
    # Long enough that most rows are older than the flush window when the process dies.
    while time.monotonic() < begun + 3 * FLUSH_WINDOW or (load.count() < 500 and time.monotonic() < begun + 20):
        time.sleep(0.01)
    killed_at = time.monotonic()
    process.send_signal(signal.SIGKILL)
    process.wait()
    load.join()
    check_database(os.path.join(data, "penstock.db"))
    logged = logged_ids(data)
    missing = [at for request, at in load.answered.items() if request.replace("-", "") not in logged]
    early = [killed_at - at for at in missing if killed_at - at > FLUSH_WINDOW]
    print(f"answered {len(load.answered)}, logged of them {len(load.answered) - len(missing)}, "
          f"missing from before the flush window {len(early)}")
    assert load.answered, "no load was served"
    assert not early, f"rows older than the flush window are missing: {sorted(early)[-3:]}"
    return key


def main():
    with tempfile.TemporaryDirectory() as folder:
        data, key = os.path.join(folder, "data"), None
        for _ in range(ROUNDS):
            key = round_trip(data, key)
        process, ready = start(data)  # and once more, to end cleanly
        process.terminate()
        assert process.wait(timeout=30) == 0, "SIGTERM must end with 0"
    print("ok")


if __name__ == "__main__":
    sys.exit(main())
