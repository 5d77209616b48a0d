"""A gateway of the built binary, and the command line against it. Standard library only."""
import json, os, subprocess, unittest, urllib.error, urllib.request

BINARY = os.environ["PENSTOCK_BIN"]
# Nothing of the machine's own settings may reach the commands.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("PENSTOCK_")}
CLEAN["NO_COLOR"] = "1"


def run(*words, stdin="", env=None):
    """The command's exit code, standard output and standard error."""
    done = subprocess.run([BINARY, *words], input=stdin, capture_output=True, text=True, timeout=60,
                          env={**CLEAN, **(env or {})})
    return done.returncode, done.stdout, done.stderr


def routes():
    """The management API's routes, as "METHOD /path" below /manage/v1."""
    listed = json.loads(run("routes", "--json")[1])
    return {f"{route['method']} {route['path'].removeprefix('/manage/v1')}" for route in listed
            if route["api"] == "manage" and route["path"].startswith("/manage/v1/")}


def needs(*wanted):
    """Skips a test whose routes this binary does not serve; coverage.py fails on those."""
    missing = set(wanted) - routes()
    return unittest.skipIf(missing, f"not served yet: {sorted(missing)}")


class Gateway:
    """`penstock serve --ephemeral`, stopped at the end of the with block."""

    def __init__(self):
        self.process = subprocess.Popen(
            [BINARY, "serve", "--ephemeral", "--manage-rate-limit", "100000"],  # tests are faster than people
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=CLEAN)
        line = self.process.stdout.readline()
        assert line, "the gateway did not become ready"
        self.ready = json.loads(line)
        self.env = {"PENSTOCK_MANAGE_URL": self.ready["manage_url"],
                    "PENSTOCK_MANAGEMENT_KEY": self.ready["management_key"]}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        assert code == 0, f"serve exited with {code}"

    def run(self, *words, stdin="", env=None):
        return run(*words, stdin=stdin, env={**self.env, **(env or {})})

    def good(self, *words, stdin="", env=None):
        """The standard output of a command that must succeed."""
        code, out, err = self.run(*words, stdin=stdin, env=env)
        assert code == 0, f"penstock {' '.join(words)}: exit {code}: {err}"
        return out

    def chat(self, model="@default"):
        """Sends a chat to the proxy; the request's id."""
        body = json.dumps({"model": model, "messages": [{"role": "user", "content": "hello"}]}).encode()
        request = urllib.request.Request(
            self.ready["proxy_url"] + "/v1/chat/completions", body,
            {"Authorization": "Bearer " + self.ready["project_key"], "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.headers["X-Modelux-Request-Id"]
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.headers["X-Modelux-Request-Id"]

    def json(self, *words, stdin=""):
        """The `data` of the API's answer."""
        return json.loads(self.good(*words, "--json", stdin=stdin))["data"]


class GatewayTest(unittest.TestCase):
    """Tests that share one gateway."""

    @classmethod
    def setUpClass(cls):
        cls.gateway = cls.enterClassContext(Gateway()) if hasattr(cls, "enterClassContext") else Gateway()
        if not hasattr(cls, "enterClassContext"):
            cls.addClassCleanup(cls.gateway.__exit__)
