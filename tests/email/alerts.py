"""A budget's threshold is crossed and a mail arrives at a real SMTP server, in clear, over STARTTLS with a
login, and after the server was away."""
import email, email.policy, json, os, socket, ssl, subprocess, tempfile, time, unittest, urllib.request

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

BINARY = os.environ["PENSTOCK_BIN"]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("PENSTOCK_")}
PASSWORD = "canary-päss-word"


class Inbox:
    """What arrived, and who logged in."""

    def __init__(self):
        self.mails, self.logins, self.secure, self.refuse = [], [], [], 0

    async def handle_DATA(self, server, session, envelope):
        if self.refuse > 0:
            self.refuse -= 1
            return "451 come back later"
        self.secure.append(session.ssl is not None)
        self.mails.append((envelope, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and data.password.decode() == PASSWORD and data.login == b"relay"
        self.logins.append((mechanism, good))
        return AuthResult(success=good)

    def wait(self, count, seconds=30):
        end = time.monotonic() + seconds
        while len(self.mails) < count and time.monotonic() < end:
            time.sleep(0.05)
        return self.mails


class Server(Controller):
    """aiosmtpd on a free port."""

    def __init__(self, inbox, **settings):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.settings = settings
        super().__init__(inbox, hostname="127.0.0.1", port=port)

    def factory(self):
        return SMTP(self.handler, **self.settings)


def certificate(folder):
    """A self-signed certificate for 127.0.0.1 and its key."""
    files = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=test",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-out", files[0], "-keyout", files[1]],
                   check=True, capture_output=True)
    return files


class Gateway:
    def __init__(self, *flags, env=None):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([BINARY, "serve", "--ephemeral", *flags], stdout=subprocess.PIPE,
                                        stderr=self.log, env={**CLEAN, **(env or {})})
        line = self.process.stdout.readline()
        assert line, self.logged()
        self.ready = json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.stdout.close()
        assert self.process.wait(timeout=30) == 0, self.logged()

    def logged(self):
        self.log.seek(0)
        return self.log.read().decode()

    def post(self, url, key, body):
        request = urllib.request.Request(url, json.dumps(body).encode(), {
            "Authorization": "Bearer " + key, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def manage(self, path, body):
        return self.post(self.ready["manage_url"] + "/manage/v1" + path, self.ready["management_key"], body)["data"]

    def ask(self):
        self.post(self.ready["proxy_url"] + "/v1/chat/completions", self.ready["project_key"],
                  {"model": "@default", "messages": [{"role": "user", "content": "Hi"}]})

    def cross(self, name="Team", pct=50):
        """A budget of four requests whose alert is at `pct` percent, and two requests."""
        budget = self.manage("/budgets", {"name": name, "scope": "project", "project_id": "default",
                                          "unit": "requests", "cap_requests": 4, "period": "daily"})
        self.manage(f"/budgets/{budget['id']}/alerts", {"threshold_pct": pct, "channels": [
            {"type": "email", "target": "ada@example.com"}, {"type": "email", "target": "bob@example.com"}]})
        for _ in range(2):
            self.ask()
        return budget


class Alerts(unittest.TestCase):
    def serve(self, **settings):
        inbox = Inbox()
        if settings:
            settings["authenticator"] = inbox.authenticate
        server = Server(inbox, **settings)
        server.start()
        self.addCleanup(server.stop)
        return inbox, server

    def test_a_mail_says_what_happened(self):
        inbox, server = self.serve()
        with Gateway("--smtp-url", f"smtp://127.0.0.1:{server.port}", "--smtp-from", "Penstock <p@example.com>") as gateway:
            budget = gateway.cross()
            mails = inbox.wait(2)
            self.assertEqual(sorted(envelope.rcpt_tos[0] for envelope, _ in mails), ["ada@example.com", "bob@example.com"])
            envelope, message = mails[0]
            self.assertEqual(envelope.mail_from, "p@example.com")
            self.assertEqual(message["From"], "Penstock <p@example.com>")
            self.assertEqual(message["Subject"], "Budget Team has passed 50 % of its daily cap")
            self.assertIn("Used: 2 of 4 requests\r\n", message.get_content())
            self.assertIn(budget["id"], message.get_content())
            self.assertTrue(message["Message-ID"] and message["Date"])
            gateway.ask()
            time.sleep(1)
            self.assertEqual(len(inbox.mails), 2)  # once a period

    def test_what_people_wrote_travels_whole(self):
        inbox, server = self.serve()
        with Gateway("--smtp-url", f"smtp://127.0.0.1:{server.port}", "--smtp-from", "p@example.com") as gateway:
            name = "Übergrößen-Träume und noch ein langer Name, damit die Zeile bricht: ."
            gateway.cross(name)
            _, message = inbox.wait(2)[0]
            self.assertEqual(message["Subject"], f"Budget {name} has passed 50 % of its daily cap")
            self.assertTrue(message.get_content().startswith(f"Budget {name} has"))

    def test_a_login_goes_over_starttls_only(self):
        with tempfile.TemporaryDirectory() as folder:
            cert, key = certificate(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, key)
            password = os.path.join(folder, "password")
            with open(password, "w") as file:
                file.write(PASSWORD + "\n")
            for exclude in ([], ["PLAIN"]):
                inbox, server = self.serve(tls_context=context, require_starttls=True, auth_required=True,
                                           auth_exclude_mechanism=exclude)
                with Gateway("--smtp-url", f"smtp://relay@127.0.0.1:{server.port}", "--smtp-from", "p@example.com",
                             "--smtp-password-file", password, "--ca-file", cert) as gateway:
                    gateway.cross()
                    self.assertEqual(len(inbox.wait(2)), 2, gateway.logged())
                    self.assertEqual(inbox.secure, [True, True])
                    self.assertTrue(all(good for _, good in inbox.logins))
                    self.assertEqual({how for how, _ in inbox.logins}, {"LOGIN" if exclude else "PLAIN"})
                    self.assertNotIn("canary", gateway.logged())

    def test_no_password_goes_in_the_clear_or_to_a_stranger(self):
        with tempfile.TemporaryDirectory() as folder:
            cert, key = certificate(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, key)
            plain = self.serve(auth_require_tls=False)
            stranger = self.serve(tls_context=context)
            for inbox, server in (plain, stranger):  # no STARTTLS; a certificate that nobody knows
                with Gateway("--smtp-url", f"smtp://relay@127.0.0.1:{server.port}", "--smtp-from", "p@example.com",
                             env={"PENSTOCK_SMTP_PASSWORD": PASSWORD}) as gateway:
                    gateway.cross()
                    end = time.monotonic() + 20
                    while "email_failed" not in gateway.logged() and time.monotonic() < end:
                        time.sleep(0.1)
                    self.assertIn("email_failed", gateway.logged())
                    self.assertEqual((inbox.mails, inbox.logins), ([], []))
                    self.assertNotIn("canary", gateway.logged())

    def test_a_server_that_is_busy_is_asked_again(self):
        inbox, server = self.serve()
        inbox.refuse = 1
        with Gateway("--smtp-url", f"smtp://127.0.0.1:{server.port}", "--smtp-from", "p@example.com") as gateway:
            gateway.cross()
            self.assertEqual(len(inbox.wait(2)), 2, gateway.logged())  # the first again after ten seconds
            self.assertIn("451", gateway.logged())

    def test_settings_that_are_wrong_are_refused_at_start(self):
        for flags in (["--smtp-url", "http://x"], ["--smtp-url", "smtp://u:secret@h"], ["--smtp-url", "smtp://h"],
                      ["--smtp-url", "smtp://h", "--smtp-from", "a b"],
                      ["--smtp-url", "smtp://h", "--smtp-from", "a@b.example", "--smtp-password-file", "/nowhere"]):
            done = subprocess.run([BINARY, "serve", "--ephemeral", *flags], capture_output=True, text=True, env=CLEAN,
                                  timeout=30)
            self.assertEqual(done.returncode, 1, flags)
            self.assertNotIn("secret", done.stderr)


if __name__ == "__main__":
    unittest.main()
