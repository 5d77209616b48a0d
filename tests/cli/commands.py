"""Commands of the management API: tables for people, JSON for scripts, secrets alone, exit codes."""
import http.server, json, os, socket, subprocess, tempfile, threading, unittest

from support import BINARY, CLEAN, GatewayTest, needs, run


class Conventions(GatewayTest):
    def test_a_new_key_stands_alone_on_standard_output(self):
        for words, prefix in ((["key", "create", "--name", "a"], "mlx_sk_"),
                              (["key", "create", "--name", "b", "--management"], "mlx_mk_"),
                              (["management-key", "create", "--name", "c", "--role", "member"], "mlx_mk_")):
            code, out, err = self.gateway.run(*words)
            self.assertEqual(code, 0)
            self.assertRegex(out, rf"^{prefix}\w{{40}}\n$")
            self.assertNotIn(out.strip(), err)
            self.assertIn("store the key now", err)

    def test_tables_are_for_people_and_json_is_the_apis(self):
        self.gateway.good("project", "create", "--name", "Tables", "--slug", "tables")
        lines = self.gateway.good("project", "list").splitlines()
        self.assertEqual(lines[0].split(), ["ID", "SLUG", "NAME", "DESCRIPTION", "CREATED"])
        column = lines[0].index("SLUG")
        self.assertTrue(any(line[column:].startswith("tables ") for line in lines[1:]))
        listed = json.loads(self.gateway.good("project", "list", "--json"))
        self.assertEqual(set(listed), {"data", "next_cursor", "has_more"})
        self.assertIn("tables", [project["slug"] for project in listed["data"]])

    def test_lists_are_whole_unless_limited(self):
        before = len(self.gateway.json("project", "list"))
        for number in range(3):
            self.gateway.good("project", "create", "--name", f"Page {number}")
        self.assertEqual(len(self.gateway.json("project", "list")), before + 3)
        self.assertEqual(len(self.gateway.json("project", "list", "--limit", "2")), 2)

    def test_names_cannot_steer_the_terminal(self):
        self.gateway.run("key", "create", "--name", "x\x1b[2Jy")
        self.assertNotIn("\x1b", self.gateway.good("key", "list"))


class ExitCodes(GatewayTest):
    def expect(self, code, *words, env=None):
        got, out, err = self.gateway.run(*words, env=env)
        self.assertEqual(got, code, f"{words}: {err}")
        self.assertTrue(code == 0 or err, "a failure says why on standard error")
        self.assertTrue(code == 0 or not out, "and nothing on standard output")

    def test_0_done(self):
        self.expect(0, "org", "show")

    def test_1_refused_by_the_api(self):
        self.expect(1, "key", "revoke", "key_nothing")
        self.expect(1, "provider", "remove", "nobody")
        self.expect(1, "org", "show", env={"PENSTOCK_MANAGEMENT_KEY": "mlx_mk_wrong"})

    @unittest.skipUnless(os.path.exists("/dev/full"), "needs /dev/full")
    def test_1_when_the_output_is_lost(self):
        for words in (["key", "create", "--name", "a"], ["export"], ["version"]):
            with open("/dev/full", "w") as full:
                done = subprocess.run([BINARY, *words], stdout=full, stderr=subprocess.PIPE,
                                      text=True, timeout=60, env={**CLEAN, **self.gateway.env})
            self.assertEqual(done.returncode, 1, words)
            self.assertIn("standard output", done.stderr)

    def test_2_wrong_usage(self):
        self.expect(2, "key")
        self.expect(2, "key", "create")
        self.expect(2, "nonsense")
        self.expect(2, "key", "create", "--name", "a", "--rpm", "many")
        self.expect(2, "key", "create", "--name", "a", "--management", "--project", "default")
        self.expect(2, "key", "list", "--role", "owner")
        self.expect(2, "project", "list", "--limit", "x")
        self.expect(2, "route", "create", "--name", "a", "--model", "m")
        self.expect(2, "org", "show", "--url", "ftp://x")
        self.expect(2, "plan", "-f", "/nonexistent.yaml")
        self.expect(2, "completion", "tcsh")
        self.assertEqual(run("org", "show")[0], 2)  # no management key

    def test_3_nobody_answers(self):
        self.expect(3, "org", "show", "--url", "http://127.0.0.1:1")

    def test_they_are_explained(self):
        self.assertIn("Exit codes: 0 done;", run("--help")[1])


class Resources(GatewayTest):
    def test_a_key_lives(self):
        self.gateway.good("key", "create", "--name", "life", "--rpm", "60", "--expires-in-days", "3")
        key = next(key for key in self.gateway.json("key", "list") if key["name"] == "life")
        shown = self.gateway.good("key", "show", key["id"])
        self.assertRegex(shown, r"requests a minute +60\n")
        self.gateway.good("key", "rotate", key["id"])
        self.assertEqual(self.gateway.good("key", "revoke", key["id"]), f"revoked {key['id']}\n")

    @needs("PATCH /api-keys/{key_id}")
    def test_fields_are_set_and_cleared(self):
        created = json.loads(self.gateway.good("key", "create", "--name", "fields", "--rpm", "5", "--json"))["data"]
        changed = self.gateway.json("key", "update", created["id"], "--rpm", "none", "--name", "renamed")
        self.assertEqual((changed["rate_limit_rpm"], changed["name"]), (None, "renamed"))

    @needs("GET /members")  # arrived with lists of models and addresses
    def test_lists_are_separated_by_commas_or_repeated(self):
        created = self.gateway.json("key", "create", "--name", "lists", "--allow-model", "@default,openai/*",
                                    "--allow-model", "demo/*", "--allow-ip", "127.0.0.0/8")
        self.assertEqual(created["allowed_models"], ["@default", "openai/*", "demo/*"])
        changed = self.gateway.json("key", "update", created["id"], "--allow-model", "none")
        self.assertFalse(changed["allowed_models"])
        self.assertEqual(changed["ip_allowlist"], ["127.0.0.0/8"])

    @needs("GET /members")
    def test_a_rotated_key_can_overlap(self):
        created = self.gateway.json("key", "create", "--name", "overlap")
        self.gateway.good("key", "rotate", created["id"], "--overlap-seconds", "3600")
        self.assertTrue(self.gateway.json("key", "show", created["id"])["previous_expires_at"])

    def test_management_keys_have_two_spellings(self):
        created = self.gateway.json("management-key", "create", "--name", "two", "--role", "viewer")
        self.assertEqual(self.gateway.json("key", "show", created["id"], "--management")["role"], "viewer")
        self.assertEqual(self.gateway.json("management-key", "show", created["id"])["role"], "viewer")
        default = self.gateway.json("key", "create", "--management", "--name", "least")
        self.assertEqual(default["role"], "viewer")
        self.gateway.good("key", "revoke", created["id"], "--management")

    def test_a_provider_is_found_by_name_and_its_key_comes_from_standard_input(self):
        # Else @default would follow the first real provider, which then could not be removed.
        self.gateway.good("route", "update", "@default", "--model", "demo-chat", "--provider", "demo")
        verify = ["--no-verify"] if self.verifies() else []
        added = self.gateway.json("provider", "add", "--vendor", "openai", "--name", "local", "--private",
                                  "--base-url", "http://127.0.0.1:1/v1", "--api-key-stdin", *verify,
                                  stdin="sk-test-0123456789abcdef\n")
        self.assertNotIn("sk-test-0123456789abcdef", json.dumps(added))
        self.assertTrue(added["private"])
        changed = self.gateway.json("provider", "update", "local", "--default-model", "m", *verify)
        self.assertEqual((changed["id"], changed["default_model"]), (added["id"], "m"))
        limited = self.gateway.json("provider", "update", "local", "--quota-group", "org", "--max-concurrency", "8",
                                    "--probe-interval", "3600")
        self.assertEqual((limited["quota_group"], limited["max_concurrency"], limited["probe_interval_seconds"]),
                         ("org", 8, 3600))
        cleared = self.gateway.json("provider", "update", "local", "--quota-group", "none", "--max-concurrency",
                                    "none", "--probe-interval", "none")
        self.assertEqual([cleared[field] for field in ("quota_group", "max_concurrency", "probe_interval_seconds")],
                         [None] * 3)
        # A key that happens to be in the environment is not meant.
        other = {"PENSTOCK_PROVIDER_API_KEY": "sk-other-0123456789abcdef"}
        self.assertEqual(self.gateway.run("provider", "update", "local", "--default-model", "n", env=other)[0], 0)
        self.assertEqual(self.gateway.json("provider", "show", "local")["api_key_fingerprint"],
                         added["api_key_fingerprint"])
        self.assertEqual(self.gateway.json("provider", "show", "local")["id"], added["id"])
        self.assertEqual(self.gateway.json("provider", "show", added["id"])["name"], "local")
        self.gateway.good("provider", "remove", "local")

    def verifies(self):
        code, _, err = self.gateway.run("provider", "add", "--vendor", "demo", "--name", "probe", "--no-verify")
        if code == 0:
            self.gateway.good("provider", "remove", "probe")
        return "unknown field" not in err

    def test_routes_are_versioned(self):
        self.gateway.good("route", "create", "--name", "Support", "--model", "demo-chat", "--provider", "demo")
        self.gateway.good("route", "update", "@support", "--model", "demo-embedding", "--note", "why",
                          "--expected-version", "1")
        code, _, err = self.gateway.run("route", "update", "@support", "--note", "late", "--model", "demo-chat",
                                        "--expected-version", "1")
        self.assertEqual(code, 1)
        self.assertIn("version_conflict", err)
        self.assertEqual(self.gateway.good("route", "versions", "@support"),
                         self.gateway.good("route", "show", "@support", "--versions"))
        self.assertEqual(self.gateway.json("route", "version", "@support", "1")["config"]["model"], "demo-chat")
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(self.gateway.json("route", "version", "@support", "1")["config"], file)
            file.flush()
            self.gateway.good("route", "update", "@support", "--config-file", file.name)
        self.assertEqual(self.gateway.json("route", "show", "@support")["config"]["model"], "demo-chat")
        self.gateway.good("route", "remove", "@support")  # also called delete

    @needs("GET /routing-configs/{config_id}/diff", "POST /routing-configs/{config_id}/rollback",
           "POST /routing-configs/{config_id}/dry-run")
    def test_routes_are_compared_rolled_back_and_rehearsed(self):
        self.gateway.good("route", "create", "--name", "Back", "--model", "demo-chat", "--provider", "demo")
        self.gateway.good("route", "update", "@back", "--model", "demo-embedding")
        self.assertIn("config.model: demo-chat → demo-embedding", self.gateway.good("route", "diff", "@back"))
        self.gateway.good("route", "rollback", "@back", "--to", "1")
        self.assertEqual(self.gateway.json("route", "show", "@back")["config"]["model"], "demo-chat")
        self.assertIn("demo-chat", self.gateway.good("route", "test", "@back", "--message", "hello"))

    @needs("POST /routing-configs/{config_id}/dry-run")
    def test_routes_tell_which_rule_matched_and_why(self):
        rules = [{"if": "tags.team == 'support'", "then": "demo/demo-chat"},
                 {"if": "request.has_tools", "then": {"block": {"message": "no tools here"}}},
                 {"else": "demo/demo-embedding"}]
        self.gateway.good("route", "create", "--name", "Ruled", "--policy", "custom_rules", "--config-file", "-",
                          stdin=json.dumps({"rules": rules}))
        text = self.gateway.good("route", "test", "@ruled", "--tag", "team=sales", "--message", "hello")
        self.assertRegex(text, r"(?m)^config +@ruled$")
        self.assertRegex(text, r"(?m)^decision +dry_run$")
        self.assertRegex(text, r"(?m)^# +MATCHED +IF +WHY$")
        self.assertRegex(text, r"(?m)^0 +(false|no) +tags\.team == 'support' +tags\.team is 'sales'; ")
        self.assertRegex(text, r"(?m)^2 +(true|yes) +else ")
        self.assertRegex(text, r"(?m)^demo-embedding +demo +\S+ +selected ")
        matched = self.gateway.json("route", "test", "@ruled", "--tag", "team=support", "--tag", "a=b")
        self.assertEqual([rule["matched"] for rule in matched["rules"]], [True])
        self.assertEqual(matched["candidates"][0]["model"], "demo-chat")
        blocked = self.gateway.json("route", "test", "@ruled", "--tools", '[{"type":"function"}]')
        self.assertEqual((blocked["decision"], blocked["reason"]), ("refused", "no tools here"))
        # Its name in the API, and in scripts of before.
        as_before = self.gateway.json("route", "dry-run", "@ruled", "--tags", '{"team":"support"}')
        self.assertEqual(as_before["rules"], matched["rules"])
        for wrong in (["--tag", "team"], ["--tag", "a=b", "--tags", "{}"], ["--message", "a", "--messages", "[]"]):
            self.assertEqual(self.gateway.run("route", "test", "@ruled", *wrong)[0], 2)
        self.assertEqual(self.gateway.run("route", "test", "@nobody")[0], 1)
        self.gateway.good("route", "remove", "@ruled")

    @needs("GET /providers/{provider_id}/health")
    def test_a_providers_health_tells_of_its_models(self):
        before = self.gateway.good("provider", "health", "demo")
        self.assertRegex(before, r"(?m)^state +")
        self.gateway.chat("demo/demo-chat")
        text = self.gateway.good("provider", "health", "demo")
        self.assertRegex(text, r"(?m)^MODEL +STATE +REASON +UNTIL +UNDER WAY +P50, MS +P95, MS +SUCCESS RATE +SAMPLES$")
        self.assertRegex(text, r"(?m)^demo-chat +ready +")
        self.assertEqual(self.gateway.json("provider", "health", "demo")["targets"][0]["model"], "demo-chat")

    @needs("POST /members", "DELETE /members/{member_id}")
    def test_members_come_and_go(self):
        added = self.gateway.json("member", "add", "--email", "ann@example.com", "--role", "viewer")
        self.gateway.good("member", "update", added["id"], "--role", "admin")
        self.assertRegex(self.gateway.good("member", "show", added["id"]), r"role +admin\n")
        self.assertIn("ann@example.com", self.gateway.good("member", "list"))
        self.gateway.good("member", "remove", added["id"])

    @needs("PATCH /orgs/{id}")
    def test_the_organization_is_changed_without_naming_it(self):
        self.assertRegex(self.gateway.good("org", "update", "--name", "Acme"), r"name +Acme\n")
        self.assertEqual(self.gateway.json("org", "show")["name"], "Acme")

    @needs("GET /members")  # arrived with projects by slug
    def test_projects_are_named_by_slug(self):
        self.gateway.good("project", "create", "--name", "By slug")
        changed = self.gateway.json("project", "update", "by-slug", "--retain-payloads")
        self.assertTrue(changed["settings"]["retain_payloads"])
        changed = self.gateway.json("project", "update", "by-slug", "--no-retain-payloads")
        self.assertFalse(changed["settings"]["retain_payloads"])
        self.gateway.good("project", "remove", "by-slug")

    @needs("POST /webhooks/endpoints", "POST /webhooks/deliveries/{delivery_id}/replay")
    def test_webhooks_are_tried_and_replayed(self):
        code, secret, err = self.gateway.run("webhook", "add", "--to", "http://127.0.0.1:1/hook", "--private",
                                             "--events", "api_key.revoked")
        self.assertEqual(code, 0, err)
        self.assertEqual(len(secret.split()), 1)
        self.assertNotIn(secret.strip(), err)
        endpoint = self.gateway.json("webhook", "list")[0]
        self.assertEqual(endpoint["event_types"], ["api_key.revoked"])
        self.assertFalse(self.gateway.json("webhook", "update", endpoint["id"], "--no-active")["active"])
        self.gateway.good("webhook", "update", endpoint["id"], "--active")
        self.gateway.good("webhook", "rotate-secret", endpoint["id"])
        self.gateway.good("webhook", "test", endpoint["id"])
        delivery = self.gateway.json("webhook", "deliveries", "--endpoint", endpoint["id"])[0]
        self.assertIn("event:", self.gateway.good("webhook", "delivery", delivery["id"]))
        self.gateway.good("webhook", "replay", delivery["id"])
        self.assertIn("api_key.revoked", self.gateway.good("webhook", "event-types"))
        self.gateway.good("webhook", "remove", endpoint["id"])

    @needs("POST /budgets", "POST /balances")
    def test_budgets_and_balances_are_kept(self):
        budget = self.gateway.json("budget", "create", "--name", "cli", "--scope", "end_user", "--cap-usd", "12.345678901",
                                   "--period", "weekly", "--reset-day", "2", "--project", "default")
        self.assertEqual((budget["cap_usd"], budget["end_user"], budget["reset_day"]), (12.345678901, None, 2))
        self.assertRegex(self.gateway.good("budget", "update", budget["id"], "--cap-usd", "20", "--no-enabled"),
                         r"cap in dollars +20\n")
        self.assertIn("cli", self.gateway.good("budget", "list"))
        self.assertRegex(self.gateway.good("budget", "show", budget["id"]), r"enabled +no|enabled +false")
        self.assertIn("spend_usd: 0", self.gateway.good("budget", "status", budget["id"], "--value", "ada"))
        self.assertEqual(self.gateway.json("budget", "buckets", budget["id"]), [])
        self.assertEqual(self.gateway.json("budget", "events", budget["id"]), [])
        alert = self.gateway.json("budget", "alert", "add", budget["id"], "--at", "50",
                                  "--channels", '[{"type":"email","target":"ada@example.com"}]')
        self.assertIn(alert["id"], self.gateway.good("budget", "alert", "list", budget["id"]))
        self.gateway.good("budget", "alert", "delete", budget["id"], alert["id"])
        self.gateway.good("budget", "delete", budget["id"])
        self.assertEqual(self.gateway.run("budget", "show", budget["id"])[0], 1)
        self.gateway.good("project", "create", "--name", "Prepaid")
        balance = self.gateway.json("balance", "create", "--project", "prepaid", "--credit", "5")
        self.gateway.good("balance", "add", balance["id"], "--type", "top_up", "--amount", "7.5", "--note", "n")
        self.gateway.good("balance", "update", balance["id"], "--daily-cap", "3", "--low-threshold", "1")
        self.assertRegex(self.gateway.good("balance", "show", balance["id"]), r"remaining +12.5\n")
        self.assertEqual(len(self.gateway.json("balance", "entries", balance["id"])), 2)
        self.assertIn(balance["id"], self.gateway.good("balance", "list"))
        self.gateway.good("balance", "delete", balance["id"])
        self.gateway.good("project", "remove", "prepaid")

    @needs("GET /audit-logs", "GET /audit-logs/verify")
    def test_changes_are_audited(self):
        self.gateway.good("project", "create", "--name", "Audited")
        entry = self.gateway.json("audit", "list", "--resource-type", "project", "--limit", "1")[0]
        self.assertIn("after:", self.gateway.good("audit", "show", entry["id"]))
        self.assertRegex(self.gateway.good("audit", "verify"), r"ok +true\n")

    @needs("GET /providers/{provider_id}/health", "POST /providers/{provider_id}/verify")
    def test_providers_are_watched(self):
        self.assertIn("state", self.gateway.good("provider", "health", "demo"))
        self.assertRegex(self.gateway.good("provider", "verify", "demo"), r"ok +true\n")

    @needs("GET /models")
    def test_models_are_listed(self):
        lines = self.gateway.good("models", "--provider", "openai", "--query", "gpt-4o-mini").splitlines()
        self.assertIn("INPUT, USD/M", lines[0])
        self.assertTrue(any(line.startswith("openai/gpt-4o-mini ") for line in lines[1:]))

    def test_requests_are_logged(self):
        self.assertTrue(self.gateway.good("logs", "list", "--limit", "5").startswith("TIME"))

    @needs("GET /analytics/report", "GET /analytics/decisions")
    def test_reports_are_tables_csv_and_json(self):
        self.assertTrue(self.gateway.good("analytics", "report").startswith("FROM"))
        self.assertTrue(self.gateway.good("analytics", "report", "--group-by", "model").startswith("GROUP"))
        self.assertTrue(self.gateway.good("analytics", "report", "--csv").startswith("bucket,requests,"))
        self.assertIn("series", json.loads(self.gateway.good("analytics", "report", "--compare", "--json")))
        self.assertIn("routing_configs:", self.gateway.good("analytics", "decisions"))
        self.assertTrue(self.gateway.good("analytics", "decisions", "--csv").startswith("breakdown,"))
        code, _, err = self.gateway.run("analytics", "report", "--csv", "--group-by", "colour")
        self.assertEqual(code, 1)
        self.assertIn("group_by: must be one of", err)


class Dropper(threading.Thread):
    """A gateway whose connection breaks under the first request, and answers the second."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.keys = []

    def run(self):
        for number in range(2):
            connection, _ = self.listener.accept()
            with connection, connection.makefile("rb") as reader:
                headers = {}
                reader.readline()
                while (line := reader.readline().strip()):
                    name, _, value = line.decode().partition(":")
                    headers[name.lower()] = value.strip()
                reader.read(int(headers.get("content-length", 0)))
                self.keys.append(headers.get("idempotency-key"))
                if number == 1:
                    body = b'{"data":{"id":"key_1","key":"mlx_sk_second"}}'
                    connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                                       b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        self.listener.close()


class Retry(unittest.TestCase):
    def test_a_change_is_sent_once_more_with_the_same_idempotency_key(self):
        dropper = Dropper()
        dropper.start()
        code, out, err = run("key", "create", "--name", "a", "--url", dropper.url, "--key", "mlx_mk_x")
        self.assertEqual((code, out), (0, "mlx_sk_second\n"), err)
        self.assertEqual(len(dropper.keys), 2)
        self.assertGreaterEqual(len(dropper.keys[0]), 20)
        self.assertEqual(dropper.keys[0], dropper.keys[1])

    def test_reading_carries_no_key(self):
        seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                seen.append(self.headers.get("Idempotency-Key"))
                body = b'{"data":{"id":"org_1"}}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            code, _, err = run("org", "show", "--url", f"http://127.0.0.1:{server.server_port}", "--key", "k")
            server.shutdown()
        self.assertEqual((code, seen), (0, [None]), err)


if __name__ == "__main__":
    unittest.main()
