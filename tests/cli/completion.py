"""Completion scripts parse, and lead where the commands are."""
import shutil, subprocess, tempfile, unittest

from support import run


def completed(*words):
    """What bash offers for the last of the words."""
    script = run("completion", "bash")[1]
    quoted = " ".join("'" + word + "'" for word in words)
    asking = f'{script}\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _penstock; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", asking], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.split()


class Completion(unittest.TestCase):
    def test_scripts_parse(self):
        for shell in ("bash", "zsh", "fish"):
            code, script, err = run("completion", shell)
            self.assertEqual((code, err), (0, ""))
            self.assertIn("management-key", script)
            if shutil.which(shell) is None:
                continue
            with tempfile.NamedTemporaryFile("w") as file:
                file.write(script)
                file.flush()
                done = subprocess.run([shell, "-n", file.name], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""), shell)

    def test_bash_offers_commands_and_flags(self):
        self.assertIn("provider", completed("penstock", ""))
        self.assertEqual(completed("penstock", "management"), ["management-key"])
        self.assertEqual(completed("penstock", "key", "ro"), ["rotate"])
        self.assertEqual(completed("penstock", "route", "update", "@x", "--exp"), ["--expected-version"])
        self.assertEqual(completed("penstock", "route", "remove", "--pro"), ["--project"])  # an alias
        self.assertEqual(completed("penstock", "key", "create", "--role", ""), [])
        self.assertNotIn("commands", completed("penstock", ""))  # hidden


if __name__ == "__main__":
    unittest.main()
