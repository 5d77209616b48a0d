"""A Penstock gateway as a child process. Copy this file into your test suite."""

import contextlib
import json
import subprocess
import tempfile
from dataclasses import dataclass


@dataclass(frozen=True)
class Gateway:
    proxy_url: str
    manage_url: str
    project_key: str
    management_key: str


@contextlib.contextmanager
def start(binary, *flags):
    """Runs a gateway on free ports with a temporary store while the block runs."""
    # The log goes to a file, not a pipe: nobody has to read it for the gateway to go on.
    with tempfile.TemporaryFile(mode="w+") as log:
        child = subprocess.Popen([binary, "serve", "--ephemeral", *flags],
                                 stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            line = child.stdout.readline()
            if not line:
                child.wait()
                raise RuntimeError(f"penstock exited with {child.returncode}:\n{_read(log)}")
            ready = json.loads(line)
            yield Gateway(ready["proxy_url"], ready["manage_url"],
                          ready["project_key"], ready["management_key"])
        finally:
            if child.poll() is None:
                child.terminate()
            code = child.wait()
            child.stdout.close()
        if code != 0:
            raise RuntimeError(f"penstock exited with {code}:\n{_read(log)}")


def _read(log):
    log.seek(0)
    return log.read()[-10_000:]
