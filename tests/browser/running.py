"""A real `sekisho dev`, started for the browser tests and stopped after them."""

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
# The same engine without windows, menus and profiles of its own: it takes half the time.
SHELL = "chromium-headless-shell"
WITHOUT_SANDBOX = ("--no-sandbox",)  # tests run as root too, and show nothing but our own pages
PATIENCE_SECONDS = 60  # a busy machine is no bug
STOP_SECONDS = 20
LOOKS_A_SECOND = 20
# The tests come from one address and ask for more codes in a minute than a household in a day.
WIDE = {
    "SEKISHO_LIMITS_REQUESTS_HOUR_IP": "100000",
    "SEKISHO_LIMITS_REQUESTS_HOUR_NET": "100000",
    "SEKISHO_LIMITS_REQUESTS_HOUR_ALL": "100000",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A running `sekisho dev`: its pages, its inbox and its clock."""

    origin: str

    def letters(self, to: str) -> list[dict[str, str]]:
        """The messages to an address, newest first."""
        with urllib.request.urlopen(f"{self.origin}/dev/inbox.json?to={quote(to)}") as answer:
            return json.load(answer)["data"]

    def letter(self, to: str, label: str) -> dict[str, str]:
        """The message that carries this label, as soon as it is there."""
        return self.awaited(to, lambda one: one["label"] == label)

    def awaited(self, to, fits) -> dict[str, str]:
        """The newest message that fits, as soon as it is there."""
        for found in looks(lambda: [one for one in self.letters(to) if fits(one)]):
            if found:
                return found[0]
        raise AssertionError(f"no such message to {to}: {self.letters(to)}")

    def advance(self, seconds: int) -> datetime:
        """Move the service's time on, and return what it is now."""
        body = json.dumps({"advance_seconds": seconds}).encode()
        request = urllib.request.Request(f"{self.origin}/dev/clock", body, method="POST")
        with urllib.request.urlopen(request) as answer:
            return datetime.fromisoformat(json.load(answer)["now"])


def find_chromium() -> str | None:
    """A whole Chromium, with the settings that a person has."""
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


def find_engine() -> str | None:
    """What shows pages soonest."""
    return shutil.which(SHELL) or find_chromium()


def looks(look):
    """What one sees, look after look, until patience ends."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        yield look()
        time.sleep(1 / LOOKS_A_SECOND)


def awaited(look):
    """What is there at last. Playwright's own waiting evaluates strings, which our pages forbid."""
    for seen in looks(look):
        if seen:
            return seen
    raise AssertionError("it did not come about in time")


@contextmanager
def serving(folder: Path, environment: dict[str, str]):
    """Run `sekisho dev` in a folder, on a free port."""
    port = free_port()
    command = [sys.executable, "-m", "sekisho", "dev", "--data", folder / "data", "--port"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, str(port)], stdout=log, stderr=log, env={**environment, **WIDE}
        )
        try:
            server = Server(f"http://localhost:{port}")
            wait_for(server, process, folder / "server.log")
            yield server
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)
    assert [] == broken(folder / "server.log")


def broken(log):
    """What went wrong inside, though a person may have seen a polite page."""
    lines = log.read_text(errors="replace").splitlines()
    return [line for line in lines if '"level": "error"' in line]


def wait_for(server, process, log):
    for is_ready in looks(lambda: answers(server)):
        if is_ready:
            return
        if process.poll() is not None:
            break
    raise AssertionError(f"sekisho dev did not start:\n{log.read_text(errors='replace')}")


def answers(server):
    try:
        with urllib.request.urlopen(f"{server.origin}/readyz") as answer:
            return answer.status == 200
    except OSError:
        return False


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
