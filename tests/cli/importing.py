"""Importers end to end: other gateways' files become documents that apply takes."""
import json, os, pathlib, tempfile, unittest

from support import Gateway, needs, run

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden/import"
VARIABLES = {name: "sk-test-0123456789abcdef" for name in (
    "OPENAI_API_KEY", "OPENAI_API_KEY_2", "OPENROUTER_API_KEY", "GROQ_API_KEY", "FIREWORKS_AI_API_KEY",
    "ANTHROPIC_API_KEY", "AZURE_API_KEY", "GEMINI_API_KEY")}
VARIABLES["AZURE_ENDPOINT"] = "https://example.openai.azure.com"


class Importing(unittest.TestCase):
    def test_the_document_goes_to_standard_output_and_the_report_to_standard_error(self):
        code, out, err = run("import", "litellm", str(GOLDEN / "litellm/config.yaml"))
        self.assertEqual(code, 0, err)
        self.assertEqual(out, (GOLDEN / "litellm/document.yaml").read_text())
        self.assertIn("config#/router_settings/num_retries  num_retries: retries", err)
        code, out, err = run("import", "bifrost", str(GOLDEN / "bifrost/config.json"))
        self.assertEqual(code, 0, err)
        self.assertEqual(out, (GOLDEN / "bifrost/document.yaml").read_text())

    def test_json_holds_both(self):
        code, out, err = run("import", "litellm", str(GOLDEN / "litellm/config.yaml"), "--json",
                             "--keys", str(GOLDEN / "litellm/keys.json"))
        self.assertEqual((code, err), (0, ""))
        both = json.loads(out)
        self.assertEqual([key["name"] for key in both["document"]["api_keys"]],
                         ["support-bot", "sk-...fYsA", "support-bot-2"])
        self.assertEqual(set(both["report"][0]), {"source", "where", "what", "why"})

    def test_a_file_is_written_for_its_owner_only(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "out.json")
            code, out, _ = run("import", "bifrost", str(GOLDEN / "bifrost/config.json"), "-o", path)
            self.assertEqual((code, out), (0, ""))
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            with open(path) as file:
                self.assertEqual(json.load(file)["version"], 1)

    def test_what_is_no_configuration_is_refused(self):
        code, out, err = run("import", "litellm", "-", stdin="providers: {}")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("no model_list", err)
        for path in ("/nonexistent", "/tmp"):
            self.assertEqual(run("import", "bifrost", path)[0], 2)

    @needs("POST /config/apply")
    def test_what_was_imported_can_be_applied(self):
        for words, new_keys in (
                (["litellm", str(GOLDEN / "litellm/config.yaml"), "--keys", str(GOLDEN / "litellm/keys.json")], 3),
                (["bifrost", str(GOLDEN / "bifrost/config.json")], 4)):
            with self.subTest(words[0]), Gateway() as gateway:
                document = run("import", *words)[1]
                out = gateway.good("apply", "-f", "-", stdin=document, env=VARIABLES)
                self.assertEqual(len(out.splitlines()), new_keys)
                code, out, _ = gateway.run("plan", "-f", "-", "--exit-code", stdin=document, env=VARIABLES)
                self.assertEqual(code, 0, out)


if __name__ == "__main__":
    unittest.main()
