"""plan, apply and export: a document makes a second instance like the first."""
import json, os, stat, tempfile, unittest

from support import Gateway, needs, run

ROUTES = ("GET /config/export", "POST /config/plan", "POST /config/apply")

DOCUMENT = """\
version: 1
projects:
  - slug: support
    name: Support
    description: "costs $${100}"    # a plain ${
providers:
  - name: upstream
    vendor: openai
    base_url: http://127.0.0.1:1/v1
    private: true
    api_key: ${UPSTREAM_KEY}
routing_configs:
  - project: support
    slug: chat
    name: Chat
    policy: single
    config: {model: "${MODEL:-gpt-4o-mini}", provider: upstream}
api_keys:
  - project: support
    name: bot
    rate_limit_rpm: 60
    allowed_models: ["@chat"]
"""


class Declarative(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.first = Gateway()
        self.addCleanup(self.first.__exit__)
        self.file = self.write("penstock.yaml", DOCUMENT)
        self.env = {"UPSTREAM_KEY": "sk-canary-0123456789abcdef"}

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    @needs(*ROUTES)
    def test_plan_apply_and_plan_again(self):
        code, out, err = self.first.run("plan", "-f", self.file, "--exit-code", env=self.env)
        self.assertEqual(code, 4, err)
        self.assertIn("+ create project support\n", out)
        self.assertIn("+ create provider upstream\n", out)
        self.assertRegex(out, r"\+ create routing config (support/)?@chat\n")
        self.assertEqual(self.first.run("plan", "-f", self.file, env=self.env)[0], 0)
        code, out, err = self.first.run("apply", "-f", self.file, env=self.env)
        self.assertEqual(code, 0, err)
        project, name, key = out.rstrip("\n").split("\t")
        self.assertEqual((project, name), ("support", "bot"))
        self.assertRegex(key, r"^mlx_sk_\w{40}$")
        self.assertNotIn(key, err)
        self.assertNotIn("canary", out + err)
        code, out, _ = self.first.run("plan", "-f", self.file, "--exit-code", env=self.env)
        self.assertEqual(code, 0, out)
        self.assertIn("nothing to change\n", out)
        self.assertEqual(self.first.json("project", "show", "support")["description"], "costs ${100}")

    @needs(*ROUTES)
    def test_an_update_shows_its_fields(self):
        self.first.good("apply", "-f", self.file, env=self.env)
        code, out, err = self.first.run("plan", "-f", self.file, env={**self.env, "MODEL": "gpt-4o"})
        self.assertEqual(code, 0, err)
        self.assertIn("~ update routing config support/@chat\n", out)
        self.assertIn("config.model: gpt-4o-mini → gpt-4o\n", out)

    @needs(*ROUTES)
    def test_an_export_makes_a_second_instance_like_the_first(self):
        self.first.good("apply", "-f", self.file, env=self.env)
        for name in ("exported.yaml", "exported.json"):
            exported = os.path.join(self.folder.name, name)
            self.first.good("export", "-o", exported, "--include-key-hashes")
            self.assertEqual(stat.S_IMODE(os.stat(exported).st_mode), 0o600)
            with open(exported) as file:
                self.assertNotIn("canary", file.read())
            self.assertEqual(self.first.run("plan", "-f", exported, "--exit-code")[0], 0)
            with Gateway() as second:
                second.good("apply", "-f", exported, "--prune")
                self.assertEqual(second.run("plan", "-f", exported, "--exit-code")[0], 0)
                self.assertEqual(second.good("export", "--include-key-hashes"),
                                 self.first.good("export", "--include-key-hashes"))

    @needs(*ROUTES)
    def test_what_is_not_named_is_shown_and_only_pruned_when_asked_to(self):
        self.first.good("apply", "-f", self.file, env=self.env)
        self.first.good("key", "create", "--name", "stray", "--project", "support")
        out = self.first.good("plan", "-f", self.file, env=self.env)
        self.assertRegex(out, r"\? unmanaged api key .*stray")
        self.assertNotIn("- delete", out)
        out = self.first.good("plan", "-f", self.file, "--prune", env=self.env)
        self.assertRegex(out, r"- delete api key .*stray")

    @needs(*ROUTES)
    def test_documents_come_from_standard_input_in_either_form(self):
        out = self.first.good("plan", "-f", "-", stdin="{version: 1, projects: [{slug: a, name: A}]}")
        self.assertIn("+ create project a\n", out)
        out = self.first.good("plan", "-f", "-", stdin='{"version":1,"projects":[{"slug":"b","name":"B"}]}')
        self.assertIn("+ create project b\n", out)
        self.assertIn("changes", self.first.json("plan", "-f", "-", stdin="version: 1"))

    @needs(*ROUTES)
    def test_the_apis_objections_name_the_place(self):
        code, out, err = self.first.run("apply", "-f", "-", stdin="{version: 1, projects: [{slug: 'not a slug', name: A}]}")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("projects/0/slug", err)

    def test_a_missing_variable_is_named_with_its_place(self):
        code, out, err = self.first.run("apply", "-f", self.file)
        self.assertEqual((code, out), (2, ""))
        self.assertIn("/providers/0/api_key: the variable UPSTREAM_KEY is not set", err)

    def test_a_broken_document_is_wrong_usage_with_line_and_column(self):
        for text, where in (("a: 1\nb: [", "line 2"), ("a: 1\na: 2", "line 2, column 1"),
                            ("a: &a [*a]", "alias"), ('{"a":1,', "line 1")):
            code, _, err = self.first.run("plan", "-f", "-", stdin=text)
            self.assertEqual(code, 2, text)
            self.assertIn(where, err)


if __name__ == "__main__":
    unittest.main()
