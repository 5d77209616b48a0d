"""Every route of the management API has a command, and every command's route exists."""
import json, unittest

from support import routes, run

# Routes that need no command, and why.
EXCEPTIONS = {
    "PUT /routing-configs/{config_id}": "means the same as PATCH, which `route update` sends",
}


def commands():
    code, out, _ = run("commands", "--json")
    assert code == 0
    return json.loads(out)


class Coverage(unittest.TestCase):
    # Documents (/openapi*.yaml), health and metrics are not below /manage/v1: curl and probes read them.
    def test_every_route_has_a_command(self):
        served = {f"{row['method']} {row['path']}" for row in commands()}
        self.assertEqual(routes() - served - set(EXCEPTIONS), set())

    def test_every_commands_route_exists(self):
        served = routes()
        gaps = [row["command"] for row in commands() if f"{row['method']} {row['path']}" not in served]
        self.assertEqual(gaps, [])

    def test_exceptions_are_not_stale(self):
        self.assertEqual(set(EXCEPTIONS) - routes(), set())

    def test_every_command_explains_itself(self):
        for row in commands():
            with self.subTest(row["command"]):
                code, out, _ = run(*row["command"].split(), "--help")
                self.assertEqual(code, 0)
                self.assertIn("--json", out)
                self.assertIn("Exit codes:", out)


if __name__ == "__main__":
    unittest.main()
