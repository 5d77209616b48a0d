"""Money under faults: 200 clients hammer overlapping budgets with random costs against a provider that
fails, cuts streams, forgets its usage and stalls, thinks where nobody sees it, clients leave in the
middle, budgets are edited and deleted, and the gateway is killed (or stopped) at random instants and
started again. The provider is ours and knows what every response cost.

Holds at every observation: settled + reserved <= cap of each budget that blocks. After every restart:
recorded >= cost of what clients received, and recorded - cost <= what the ledger's header allows. At
rest nothing is reserved. Standard library only; seeded by PENSTOCK_SEED, PENSTOCK_ROUNDS rounds; the
binary is PENSTOCK_BIN."""
import asyncio, collections, json, logging, os, random, signal, sqlite3, subprocess, sys, tempfile
import urllib.parse

SEED = int(os.environ.get("PENSTOCK_SEED", "1"))
ROUNDS = int(os.environ.get("PENSTOCK_ROUNDS", "12"))
CLIENTS = 200
KEYS, TEAMS, USERS = 4, 3, 20
MODEL, THINKER = "gpt-4o-mini", "gpt-5-mini"
PRICES = {MODEL: (150, 600), THINKER: (250, 2000)}  # nano-dollars a token, in and out
# Tokens a second that are thought: what is recorded of them is bounded by their time
# (lib/dialect/unseen_output.h).
THINKING_PACE = 300
WORDS = ("alpha ", "beta ", "gamma ", "delta ", "lambda ", "omega ")  # a token each, or two

# What one request can reserve at most: its bytes and the kilobyte that is added, and 200 tokens out,
# at the tier of service that costs the most.
MOST_RESERVED = (3000 * 250 + 200 * 2000) * 9 // 5
# An estimate of a cut stream is at most three times the truth (lib/dialect/estimate.h), and the
# prompt of a request that came to nothing may be charged.
LOOSE = 3


def costs(model, tokens_in, tokens_out):
    return tokens_in * PRICES[model][0] + tokens_out * PRICES[model][1]


class Truth:
    """What every request cost, by what the provider produced and by what its client received."""

    def __init__(self):
        self.produced, self.received = collections.Counter(), collections.Counter()

    def add(self, counter, labels, nanos):
        for label in labels:
            counter[label] += nanos


class Provider:
    """Answers as its random generator says."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.costs = {}  # request number: [input tokens, tokens thought, output tokens that left]

    async def start(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                body = json.loads(await reader.readexactly(length))
                if not await self.answer(body, writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the gateway is gone, or the test is over
        finally:
            writer.close()

    async def answer(self, body, writer):
        number, prompt = body["messages"][0]["content"].split(" ", 1)
        model = body["model"]
        limit = body.get("max_tokens") or body.get("max_completion_tokens")
        tokens_in, tokens_out = len(prompt) // 6 + 8, self.random.randint(1, limit)
        thought = self.random.randint(0, limit - tokens_out) if model == THINKER else 0
        cost = self.costs[int(number)] = [tokens_in, 0, 0]
        usage = {"prompt_tokens": tokens_in, "completion_tokens": thought + tokens_out,
                 "completion_tokens_details": {"reasoning_tokens": thought},
                 "total_tokens": tokens_in + thought + tokens_out}
        fate = self.random.random()
        if fate < 0.05:
            return False  # reset before the head
        if fate < 0.12:
            status = self.random.choice([400, 401, 429, 500, 503])
            cost[0] = 0
            return await self.whole(writer, status, {"error": {"message": "no"}})
        if fate < 0.2:
            await asyncio.sleep(self.random.random() * 0.2)
        text = [self.random.choice(WORDS) for _ in range(tokens_out)]
        if not body.get("stream"):
            await self.think(thought, cost)
            cost[2] = tokens_out
            answer = {"id": "x", "object": "chat.completion", "model": model, "choices": [
                {"index": 0, "message": {"role": "assistant", "content": "".join(text)},
                 "finish_reason": "stop"}]}
            if fate < 0.95:
                answer["usage"] = usage
            return await self.whole(writer, 200, answer)
        cut = self.random.randrange(tokens_out) if fate < 0.35 else None
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n")
        self.event(writer, model, {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""},
                                                "finish_reason": None}]})
        await writer.drain()
        if fate < 0.25 and thought:
            await self.think(self.random.randrange(thought), cost)
            return False
        await self.think(thought, cost)
        for i, word in enumerate(text):
            if i == cut:
                return False
            cost[2] += 1
            self.event(writer, model, {"choices": [{"index": 0, "delta": {"content": word},
                                                    "finish_reason": None}]})
            if i % 16 == 0:
                await writer.drain()
        self.event(writer, model, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        if fate < 0.95:
            self.event(writer, model, {"choices": [], "usage": usage})
        writer.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
        await writer.drain()
        return True

    async def think(self, tokens, cost):
        await asyncio.sleep(tokens / THINKING_PACE)
        cost[1] = tokens

    def event(self, writer, model, fields):
        chunk = {"id": "x", "object": "chat.completion.chunk", "model": model, **fields}
        data = f"data: {json.dumps(chunk)}\n\n".encode()
        writer.write(b"%x\r\n%s\r\n" % (len(data), data))

    async def whole(self, writer, status, answer):
        body = json.dumps(answer).encode()
        writer.write(b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                     % (status, len(body), body))
        await writer.drain()
        return True


class Http:
    """A kept connection."""

    def __init__(self, url, key):
        self.at, self.key, self.streams = urllib.parse.urlparse(url), key, None

    async def request(self, method, path, body=None, headers=""):
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.at.hostname, self.at.port)
        data = b"" if body is None else json.dumps(body).encode()
        self.streams[1].write(
            f"{method} {path} HTTP/1.1\r\nHost: {self.at.netloc}\r\nAuthorization: Bearer {self.key}\r\n"
            f"Content-Type: application/json\r\n{headers}Content-Length: {len(data)}\r\n\r\n".encode() + data)
        head = (await self.streams[0].readuntil(b"\r\n\r\n")).decode().lower()
        return int(head.split(" ")[1]), head

    async def chunks(self, head):
        reader = self.streams[0]
        if "transfer-encoding: chunked" not in head:
            yield await reader.readexactly(int(head.split("content-length:")[1].split("\r\n")[0]))
            return
        while size := int(await reader.readline(), 16):
            yield await reader.readexactly(size)
            await reader.readline()
        await reader.readline()

    async def call(self, method, path, body=None):
        status, head = await self.request(method, "/manage/v1" + path, body)
        text = b"".join([chunk async for chunk in self.chunks(head)])
        return status, json.loads(text)

    def close(self):
        if self.streams:
            self.streams[1].close()
        self.streams = None


class Run:
    def __init__(self, data, log):
        self.data, self.log = data, log
        self.random, self.truth, self.number = random.Random(SEED), Truth(), 0
        self.provider = Provider(SEED + 1)
        self.crashes = 0
        self.counts = collections.Counter()

    # -- the gateway

    def start(self):
        self.process = subprocess.Popen(
            [os.environ["PENSTOCK_BIN"], "serve", "--data", self.data, "--proxy-listen", "127.0.0.1:0",
             "--manage-listen", "127.0.0.1:0", "--manage-rate-limit-rpm", "100000000",
             "--rate-limit-rpm", "100000000", "--first-byte-timeout-ms", "2000"],
            stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline()
        assert line, "the gateway did not become ready"
        self.ready = json.loads(line)
        self.manage = Http(self.ready["manage_url"], getattr(self, "management_key", None)
                           or self.ready["management_key"])
        self.management_key = self.manage.key

    async def must(self, method, path, body=None):
        status, answer = await self.manage.call(method, path, body)
        assert status in (200, 201), (method, path, status, answer)
        return answer["data"]

    async def set_up(self):
        await self.provider.start()
        await self.must("POST", "/providers", {"vendor": "openai", "name": "main", "api_key": "sk-test",
                                               "base_url": self.provider.url, "private": True,
                                               "verify": False})
        projects = await self.must("GET", "/projects")
        self.project = projects[0]["id"]
        self.keys = [await self.must("POST", "/api-keys", {
            "project_id": self.project, "name": f"k{i}", "rate_limit_rpm": 1_000_000})
            for i in range(KEYS)]
        self.budgets = {}
        for name, cap, fields in [
                ("all", 40, {"scope": "organization", "period": "daily"}),
                ("keys", 0.2, {"scope": "api_key", "period": "monthly"}),
                ("teams", 0.3, {"scope": "tag", "tag_key": "team", "period": "weekly"}),
                ("users", 0.04, {"scope": "end_user", "period": "total"}),
                ("watched", 0.01, {"scope": "project", "project_id": self.project, "period": "daily",
                                   "action": "warn_only"}),
                ("fickle", 0.5, {"scope": "model", "model": MODEL, "period": "daily"})]:
            await self.make_budget(name, cap, fields)
        await self.must("POST", "/budgets", {"name": "tokens", "scope": "organization", "unit": "tokens",
                                             "cap_tokens": 20_000_000, "period": "daily"})
        await self.must("POST", "/budgets", {"name": "at-once", "scope": "api_key", "unit": "concurrency",
                                             "cap_concurrency": 60})

    async def make_budget(self, name, cap, fields):
        made = await self.must("POST", "/budgets", {"name": name, "cap_usd": cap, **fields})
        self.budgets[name] = {"id": made["id"], "cap": round(cap * 1e9), "fields": fields,
                              "rise": round(cap * 1e8)}

    # -- the load

    def labels(self, key, team, user):
        return [("all", ""), ("keys", self.keys[key]["id"]), ("teams", team), ("users", user),
                ("watched", "")]

    async def client(self, index):
        rng = random.Random(f"{SEED} {self.round} {index}")
        http = None
        while True:
            try:
                key, team, user = rng.randrange(KEYS), f"team{rng.randrange(TEAMS)}", f"u{rng.randrange(USERS)}"
                if http is None or http.key != self.keys[key]["key"]:
                    if http:
                        http.close()
                    http = Http(self.ready["proxy_url"], self.keys[key]["key"])
                await self.one(rng, http, self.labels(key, team, user), team, user)
            except asyncio.CancelledError:
                if http:
                    http.close()
                raise
            except (OSError, asyncio.IncompleteReadError, ValueError):
                http = None  # the gateway died, or we left
                await asyncio.sleep(0.005)

    async def one(self, rng, http, labels, team, user):
        self.number += 1
        number, stream = self.number, rng.random() < 0.5
        model = THINKER if rng.random() < 0.3 else MODEL
        self.asked[number] = labels, model
        status, head = await http.request("POST", "/v1/chat/completions", {
            "model": "main/" + model, "stream": stream, "max_completion_tokens": rng.choice([1, 20, 100, 200]),
            "mlx:end_user": user, "mlx:tags": {"team": team},
            "messages": [{"role": "user", "content": f"{number} " + "word " * rng.randrange(60)}]})
        self.counts[status] += 1
        leave = rng.random() < 0.05
        words = 0
        async for chunk in http.chunks(head):
            words += chunk.count(b'"content"') if stream else 0
            if leave:
                http.close()
                break
        if number not in self.provider.costs:
            return
        tokens_in, thought, tokens_out = self.provider.costs[number]
        got = 0 if status != 200 else words if stream else (0 if leave else tokens_out)
        # What was thought of a stream is billed though nothing of its answer came.
        if got or (stream and thought) or (status == 200 and not stream):
            self.truth.add(self.truth.received, labels, costs(model, tokens_in, thought + got))

    # -- what must hold

    async def observe(self):
        watcher = Http(self.ready["manage_url"], self.management_key)
        try:
            while True:
                for name in ("all", "keys", "teams", "users"):
                    budget = self.budgets[name]
                    cap = budget["cap"]  # caps of these only rise, and rise here first
                    status, page = await watcher.call("GET", f"/budgets/{budget['id']}/buckets")
                    assert status == 200, page
                    for bucket in page["data"]:
                        taken = round((bucket["spend"] + bucket["reserved"]) * 1e9)
                        assert taken <= max(cap, budget["cap"]), (name, cap, bucket)
                        self.counts["observed"] += 1
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass  # killed

    async def edit(self, rng):
        editor = Http(self.ready["manage_url"], self.management_key)
        try:
            while True:
                await asyncio.sleep(rng.random() * 0.1)
                name = rng.choice(["keys", "teams", "users", "fickle"])
                budget = self.budgets[name]
                if name == "fickle" and rng.random() < 0.5:  # deleted and made again
                    await editor.call("DELETE", f"/budgets/{budget['id']}")
                    status, made = await editor.call(
                        "POST", "/budgets", {"name": name, "cap_usd": 0.5, **budget["fields"]})
                    if status == 201:
                        budget["id"] = made["data"]["id"]
                    continue
                # About as fast as it is spent, so that all of a run meets budgets with and without money.
                budget["cap"] += round(rng.random() * budget["rise"])
                cap = rng.random() if name == "fickle" else budget["cap"] / 1e9
                await editor.call("PATCH", f"/budgets/{budget['id']}", {"cap_usd": f"{cap:.9f}"})
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass

    def count_produced(self):
        for number, (labels, model) in self.asked.items():
            if number in self.provider.costs:
                tokens_in, thought, tokens_out = self.provider.costs[number]
                self.truth.add(self.truth.produced, labels,
                               costs(model, tokens_in, thought + tokens_out))
        self.asked, self.provider.costs = {}, {}

    def check_rows(self, recovered):
        """The store as the gateway left it: what it holds of every bucket against the truth."""
        database = sqlite3.connect(os.path.join(self.data, "penstock.db"))
        names = {budget["id"]: name for name, budget in self.budgets.items()}
        sums = collections.Counter()  # a run may pass midnight, the truth knows no days
        for account, value, settled, leased in database.execute(
                "SELECT account_id, value, settled, leased FROM ledger_bucket"):
            name = names.get(account)
            if name is None or name == "fickle":
                continue
            cap = self.budgets[name]["cap"]
            assert name == "watched" or leased <= cap, (name, value, leased, cap)
            assert not recovered or settled == leased
            sums[name, value] += leased
            self.counts["rows"] += 1
        for (name, value), leased in sums.items():
            received, produced = self.truth.received[name, value], self.truth.produced[name, value]
            assert leased >= received, (name, value, leased, received)
            step = self.budgets[name]["cap"] // 20 + CLIENTS * MOST_RESERVED
            bound = LOOSE * produced + (self.crashes + 1) * step
            assert leased <= bound, (name, value, leased, produced, self.crashes)
            self.worst = max(self.worst, (leased - received) / max(received, 1)) if received > 1e7 else self.worst
        database.close()

    async def one_round(self, number):
        self.round, self.asked = number, {}
        self.start()
        if number == 0:
            await self.set_up()
        tasks = [asyncio.create_task(self.client(i)) for i in range(CLIENTS)]
        watching = [asyncio.create_task(self.observe()),
                    asyncio.create_task(self.edit(random.Random(f"{SEED} {number} edit")))]
        await asyncio.sleep(0.2 + self.random.random())
        gentle = self.random.random() < 0.25
        if gentle:  # the load stops first, then the gateway: nothing may be left reserved
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.process.terminate()
        else:
            self.process.send_signal(signal.SIGKILL)
            self.crashes += 1
        await asyncio.to_thread(self.process.wait)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for result in await asyncio.gather(*watching, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result
        await asyncio.sleep(0)
        self.count_produced()
        self.check_rows(recovered=gentle)

    async def run(self):
        self.worst = 0
        for number in range(ROUNDS):
            await self.one_round(number)
        self.start()
        await self.must("GET", "/budgets")
        self.check_rows(recovered=True)
        for name in ("all", "watched"):
            status = await self.must("GET", f"/budgets/{self.budgets[name]['id']}/status")
            assert status["reserved_usd"] == 0, status
        self.process.terminate()
        assert self.process.wait(timeout=30) == 0
        total = self.truth.received["all", ""]
        assert self.counts[200] > 50 * ROUNDS and self.counts[402] > 0, self.counts
        print(f"seed {SEED}: {ROUNDS} rounds, {self.crashes} crashes, {self.counts[200]} answers, "
              f"{self.counts[402]} refused, {self.counts['observed']} buckets observed, "
              f"${total / 1e9:.4f} received; recorded above that at most {100 * self.worst:.1f} %")


def main():
    logging.disable()  # asyncio's, of connections that end as they should here
    with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "log"), "w+") as log:
        run = Run(os.path.join(folder, "data"), log)
        try:
            asyncio.run(run.run())
        except BaseException:
            log.seek(0)
            sys.stderr.write("".join(log.readlines()[-20:]))
            if getattr(run, "process", None):
                run.process.kill()
            raise
    print("ok")


if __name__ == "__main__":
    sys.exit(main())
