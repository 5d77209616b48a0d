"""kill -9 under random management calls with Idempotency-Keys, then restart: the unanswered ones are
sent again under the same keys. Every change that was ever answered is there and was done once, the
audit chain holds, no secret reached the log, and a receiver got every event at least once. Standard
library only, seeded (PENSTOCK_SEED); the binary is PENSTOCK_BIN."""
import hashlib, hmac, http.client, http.server, json, os, random, signal, subprocess, sys, tempfile
import threading, time, urllib.parse

SEED = int(os.environ.get("PENSTOCK_SEED", "1"))
ROUNDS = 8
WRITERS = 4
DELIVERY_SECONDS = 15


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps the first delivery of every event, and whether its signature is right."""

    events, secret, lock = {}, b"", threading.Lock()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signature = hmac.new(Receiver.secret, body, hashlib.sha256).hexdigest()
        good = hmac.compare_digest(signature, self.headers["X-Modelux-Signature"])
        with Receiver.lock:
            Receiver.events.setdefault(json.loads(body)["id"], (good, json.loads(body)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Gateway:
    def __init__(self, data, log):
        self.process = subprocess.Popen(
            [os.environ["PENSTOCK_BIN"], "serve", "--data", data, "--proxy-listen", "127.0.0.1:0",
             "--manage-listen", "127.0.0.1:0", "--manage-rate-limit-rpm", "100000000"],
            stdout=subprocess.PIPE, stderr=log)
        line = self.process.stdout.readline()
        assert line, "the gateway did not become ready"
        self.ready = json.loads(line)
        self.host = urllib.parse.urlparse(self.ready["manage_url"]).netloc

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Client:
    def __init__(self, gateway, key):
        self.connection = http.client.HTTPConnection(gateway.host, timeout=20)
        self.key = key

    def send(self, method, path, body=None, idempotency_key=None):
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        self.connection.request(method, "/manage/v1" + path,
                                json.dumps(body) if body is not None else "", headers)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())

    def list(self, path):
        items, cursor = [], None
        while True:
            query = ("&" if "?" in path else "?") + "limit=200"
            status, page = self.send("GET", path + query + (f"&cursor={cursor}" if cursor else ""))
            assert status == 200, page
            items += page["data"]
            cursor = page["next_cursor"]
            if not cursor:
                return items


class Change:
    """One request that must be done once however often it is sent."""

    def __init__(self, number, method, path, body):
        self.idempotency_key = f"k{number}-{SEED}"
        self.request = (method, path, body)
        self.answer = None

    def send(self, client):
        status, answer = client.send(*self.request, self.idempotency_key)
        assert status < 300, (self.request, status, answer)
        assert self.answer in (None, answer), "a repetition was answered otherwise"
        self.answer = answer


class Story:
    """Makes random changes and remembers what was answered."""

    def __init__(self):
        self.random = random.Random(SEED)
        self.lock = threading.Lock()
        self.changes = []

    def done(self, kind):
        return [change.answer["data"] for change in self.changes
                if change.answer and change.request[0] == "POST" and change.request[1] == kind]

    def next(self):
        with self.lock:
            number = len(self.changes)
            keys, configs = self.done("/api-keys"), self.done("/routing-configs")
            makers = [
                lambda: ("POST", "/api-keys", {"name": f"n{number}"}),
                lambda: ("POST", "/projects", {"name": f"p{number}"}),
                lambda: ("POST", "/members", {"email": f"m{number}@example.com", "role": "viewer"}),
                lambda: ("POST", "/routing-configs", {"name": f"c{number}", "policy": "single",
                                                      "config": {"model": "demo/m"}}),
                lambda: ("POST", "/config/apply", {"document": {"version": 1, "api_keys": [
                    {"project": "default", "name": f"a{number}"}]}}),
            ]
            if keys:
                key = self.random.choice(keys)
                makers.append(lambda: ("POST", f"/api-keys/{key['id']}/rotate", {}))
            if configs:
                config = self.random.choice(configs)
                makers.append(lambda: ("PATCH", f"/routing-configs/{config['id']}",
                                       {"config": {"model": f"demo/m{number}"}}))
            change = Change(number, *self.random.choice(makers)())
            self.changes.append(change)
            return change

    def write(self, gateway, key):
        client = Client(gateway, key)
        try:
            while True:
                self.next().send(client)
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            pass  # the gateway was killed: that is the test

    def repeat(self, client):
        unanswered = [change for change in self.changes if change.answer is None]
        answered = [change for change in self.changes if change.answer]
        for change in unanswered + self.random.sample(answered, min(3, len(answered))):
            change.send(client)
        return len(unanswered)


def check_once(story, client):
    """The lists hold what was asked for, each once."""
    for kind, name in (("/api-keys", "name"), ("/projects", "name"), ("/members", "email"),
                       ("/routing-configs", "name")):
        asked = [change.request[2][name] for change in story.changes if change.request[1] == kind]
        if kind == "/api-keys":
            asked += [change.request[2]["document"]["api_keys"][0]["name"]
                      for change in story.changes if change.request[1] == "/config/apply"]
        found = sorted(item[name] for item in client.list(kind))
        surplus = {"Default", "default"}
        assert sorted(asked) == [n for n in found if n not in surplus], f"{kind} differ"
    # A config has a version for its creation and one for each edit.
    for config in client.list("/routing-configs"):
        edits = [c for c in story.changes if c.request[1] == "/routing-configs/" + config["id"]]
        assert config["version"] == 1 + len(edits), f"{config['name']} was edited twice or not"
    # Each change has its entries: none twice, none missing.
    entries = client.list("/audit-logs")
    rotations = sum(change.request[1].endswith("/rotate") for change in story.changes)
    told = [entry["action"] for entry in entries]
    assert told.count("api_key.rotated") == rotations, "rotations and their entries differ"
    status, verdict = client.send("GET", "/audit-logs/verify")
    assert status == 200 and verdict["data"]["ok"], verdict
    return entries


def check_events(entries):
    """What the audit log tells of configs was delivered, signed."""
    wanted = sorted((e["action"], e["resource"]["id"], (e["after"] or {}).get("version"))
                    for e in entries if e["action"].startswith("routing_config."))
    until = time.monotonic() + DELIVERY_SECONDS
    while True:
        with Receiver.lock:
            events = list(Receiver.events.values())
        got = sorted((event["type"], event["data"]["routing_config_id"], event["data"]["version"])
                     for _, event in events)
        if got == wanted or time.monotonic() > until:
            break
        time.sleep(0.05)
    assert all(good for good, _ in events), "a signature is wrong"
    assert got == wanted, f"{len(got)} events of {len(wanted)} arrived"
    return len(got)


def check_secrets(story, key, log_file):
    log = open(log_file, errors="replace").read()
    secrets = [key, Receiver.secret.decode()]
    for change in story.changes:
        data = change.answer["data"]
        secrets += [data["key"]] if "key" in data else []
        secrets += [made["key"] for made in data.get("created_keys", [])]
    assert not [secret for secret in secrets if secret in log], "a secret is in the log"


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder, open(folder + "/log", "ab") as log:
        data, story, repeated = folder + "/data", Story(), 0
        gateway = Gateway(data, log)
        key = gateway.ready["management_key"]
        status, made = Client(gateway, key).send("POST", "/webhooks/endpoints", {
            "url": f"http://127.0.0.1:{server.server_port}/hook", "private": True,
            "event_types": ["routing_config.created", "routing_config.updated"]})
        assert status == 201, made
        Receiver.secret = made["data"]["signing_secret"].encode()
        for _ in range(ROUNDS):
            writers = [threading.Thread(target=story.write, args=(gateway, key))
                       for _ in range(WRITERS)]
            for writer in writers:
                writer.start()
            time.sleep(story.random.uniform(0.02, 0.4))
            gateway.kill()
            for writer in writers:
                writer.join()
            gateway = Gateway(data, log)
            repeated += story.repeat(Client(gateway, key))
        client = Client(gateway, key)
        # Somebody pastes a key where its id belongs.
        secret = next(c["key"] for c in story.done("/api-keys"))
        assert client.send("DELETE", f"/api-keys/{secret}")[0] == 404
        entries = check_once(story, client)
        delivered = check_events(entries)
        gateway.process.terminate()
        assert gateway.process.wait(timeout=30) == 0, "SIGTERM must end with 0"
        check_secrets(story, key, folder + "/log")
        check = subprocess.run([os.environ["PENSTOCK_BIN"], "check", "--data", data],
                               capture_output=True, text=True)
        assert check.returncode == 0, check.stdout + check.stderr
    print(f"seed {SEED}: {len(story.changes)} changes, {repeated} repeated after a kill, "
          f"{delivered} events delivered")


if __name__ == "__main__":
    sys.exit(main())
