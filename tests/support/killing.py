"""A real service that is killed at a named step of writing, and started again on its store."""

import http.client
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.support import crashing, running
from tests.support.calling import Caller, Flow
from tests.support.running import Mailbox, Running, awaited, free_port

GONE = (http.client.HTTPException, OSError)
LEASE_SECONDS = 61  # how long a message that somebody held when he died waits
_CRASHING = "tests.support.crashing"


class Service:
    """A class because it holds the process of the moment and how far its clock is ahead."""

    running: Running

    def __init__(self, folder: Path, env: Mapping[str, str], mailbox: Mailbox) -> None:
        """Start on a data folder; mail goes to the mailbox."""
        self.folder = folder
        self.mailbox = mailbox
        self.port = free_port()
        self.ahead = 0
        self.steps = folder.with_name("step")
        self.steps.touch()
        self.env = {**env, **mailbox.environment, crashing.STEP_FILE: str(self.steps)}
        self.env |= {"SEKISHO_SIGN_UP": "open", "SEKISHO_TRUSTED_PROXIES": "127.0.0.0/8"}
        self.env["SEKISHO_PUBLIC_URL"] = f"http://127.0.0.1:{self.port}"
        self.start_again()

    @property
    def caller(self) -> Caller:
        """A program that talks to it."""
        return self.running.caller

    def arm(self, step: str) -> None:
        """Let it die at this step."""
        self.steps.write_text(step)

    def is_gone(self) -> None:
        """Wait until what was armed has happened."""
        assert -9 == self.running.process.wait(60)
        awaited(lambda: running.is_free(self.port))
        assert "" == self.steps.read_text()

    def start_again(self, later: int = 0) -> None:
        """Start, so many seconds later, and answer."""
        self._start(later)
        awaited(lambda: running.answers(self.running))

    def start_to_die(self, later: int = 0) -> None:
        """Start, and die at what was armed by itself."""
        self._start(later)
        self.is_gone()

    def code(self, address: str, flow: Flow) -> str:
        """The code that was sent for a flow's challenge."""
        return self.mailbox.code(address, flow.challenge["label"])

    def command(self, *arguments: object) -> int:
        """Run a command that may be killed at a step; return its exit code."""
        log = self.folder.with_name("command.log")
        command = running.start(
            *arguments, "--data", self.folder, log=log, env=self._env(), module=_CRASHING
        )
        return command.process.wait(60)

    def _env(self) -> dict[str, str]:
        return {**self.env, crashing.AHEAD: str(self.ahead)}

    def _start(self, later: int) -> None:
        self.ahead += later
        self.running = running.start(
            *("serve", "--data", self.folder, "--port", self.port),
            log=self.folder.with_name("serve.log"),
            env={**running.WIDE, **self._env()},
            module=_CRASHING,
        )
        self.running.origin = self.env["SEKISHO_PUBLIC_URL"]


def lost(act: Callable[[], object]) -> None:
    """Do what the service does not live to answer."""
    with pytest.raises(GONE):
        act()
