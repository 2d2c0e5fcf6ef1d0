"""The product as processes: its commands, `dev`, `serve` and `worker`, each with a port and a folder of its own.

It knows the product by its command line, its signals and its HTTP alone.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import psutil  # type: ignore[import-untyped]  # psutil ships no types

from tests.support import nursery
from tests.support.calling import Caller
from tests.support.nursery import Child
from tests.support.smtp_sink import Sink

PATIENCE_SECONDS = 60.0  # a busy machine is no bug
_STOP_SECONDS = 45.0
_LOOK_SECONDS = 0.02
_NONE: Mapping[str, str] = {}
_CODE = re.compile(r"(?<!\d)\d{6,8}(?!\d)")
# The tests come from one address and ask for more codes in a minute than a household in a day.
WIDE = {
    "SEKISHO_LIMITS_REQUESTS_HOUR_IP": "1000000",
    "SEKISHO_LIMITS_REQUESTS_HOUR_NET": "1000000",
    "SEKISHO_LIMITS_REQUESTS_HOUR_ALL": "1000000",
}
MAIL_FROM = "Example <no-reply@service.example>"

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


@dataclass
class Running:
    """A process of the product, in a session of its own, and the file it writes to."""

    process: "Child | subprocess.Popen[bytes]"
    log: Path
    env: Mapping[str, str]
    origin: str = ""
    management: str = ""

    @property
    def caller(self) -> Caller:
        """A program that talks to it."""
        return Caller(self.origin)

    @property
    def said(self) -> str:
        """All that it wrote."""
        return self.log.read_text(errors="replace")

    @property
    def errors(self) -> list[str]:
        """What went wrong inside, though the caller may have seen a polite answer."""
        marks = ('"level": "error"', "Traceback")
        return [line for line in self.said.splitlines() if any(mark in line for mark in marks)]

    @property
    def pids(self) -> list[int]:
        """It and every process below it."""
        root = psutil.Process(self.process.pid)
        return [root.pid, *(child.pid for child in root.children(recursive=True))]

    @property
    def serving(self) -> list[int]:
        """The processes below it: those that serve."""
        return self.pids[1:]

    def letters(self, to: str = "") -> list[dict[str, Any]]:
        """What the inbox of `dev` holds, newest first."""
        return list(self.caller.get(f"/dev/inbox.json?to={to}").json["data"])

    def letter(self, to: str, label: str) -> dict[str, Any]:
        """The message of this label, as soon as it is in the inbox of `dev`."""
        return awaited(
            lambda: next((one for one in self.letters(to) if one["label"] == label), None)
        )

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end and return its exit code; who does not end in time is killed and blamed."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """Kill it and all below it, as a power cut would."""
        for pid in self.pids if self.process.poll() is None else ():
            _kill(pid)
        self.process.wait(_STOP_SECONDS)

    def wait_until(self, is_so: Callable[[], object]) -> None:
        """Wait until it is so; say what was written when the process ends before."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"it did not come about:\n{self.said}")
            time.sleep(_LOOK_SECONDS)


@dataclass
class Mailbox:
    """The mails that a sink took, as their readers see them; each is read once."""

    sink: Sink
    _read: int = 0
    _boxes: dict[str, list[EmailMessage]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def letters(self, to: str) -> list[EmailMessage]:
        """The mails to an address, newest first."""
        with self._lock:
            for mail in self.sink.received[self._read :]:
                self._boxes.setdefault(mail.to, []).append(_parsed(mail.raw))
                self._read += 1
            return self._boxes.get(to, [])[::-1]

    def letter(self, to: str, label: str) -> EmailMessage:
        """The mail that carries this label, as soon as it is there."""
        return awaited(lambda: next((m for m in self.letters(to) if label in text_of(m)), None))

    def code(self, to: str, label: str) -> str:
        """The code of the mail that carries this label, as soon as it is there."""
        return awaited(lambda: self.code_now(to, label))

    def code_now(self, to: str, label: str) -> str | None:
        """The code of the mail that carries this label, if it is there."""
        return next((code_in(m) for m in self.letters(to) if label in text_of(m)), None)

    def forget(self) -> None:
        """Forget what came so far: another service may give one of its labels to one address again."""
        with self._lock:
            self._read = len(self.sink.received)
            self._boxes.clear()

    def notices(self, to: str) -> list[EmailMessage]:
        """The mails that carry no code."""
        return [mail for mail in self.letters(to) if code_in(mail) is None]

    @property
    def environment(self) -> dict[str, str]:
        """The settings that make a service send its mail here."""
        return {"SEKISHO_SMTP_URL": self.sink.url, "SEKISHO_MAIL_FROM": MAIL_FROM}


def _parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def code_in(mail: EmailMessage) -> str | None:
    """The code in a mail's subject, None for a notice."""
    found = _CODE.search(str(mail["Subject"]))
    return found[0] if found else None


def awaited(look: Callable[[], Found | None], seconds: float = PATIENCE_SECONDS) -> Found:
    """What `look` finds, as soon as it finds something."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(_LOOK_SECONDS)


def environment(more: Mapping[str, str] = _NONE) -> dict[str, str]:
    """The environment of a process that no setting of this machine reaches.

    Byte code is kept, as where people run it: a start does not compile all that it imports.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith("SEKISHO_")}
    own.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**own, "PYTHONUNBUFFERED": "1", **more}


def command(*arguments: object, env: Mapping[str, str] = _NONE) -> Ended:
    """Run a command of the product to its end."""
    with TemporaryDirectory(prefix="sekisho-command-") as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        child = nursery.spawn("sekisho", [*map(str, arguments)], environment(env), out, err)
        code = child.wait(PATIENCE_SECONDS)
        return Ended(code, out.read_text(), err.read_text())


def start(
    *arguments: object, log: Path, env: Mapping[str, str] = _NONE, module: str = "sekisho"
) -> Running:
    """Start a command and leave it running; what it writes goes on at the end of `log`."""
    return Running(
        nursery.spawn(module, [*map(str, arguments)], environment(env), log, None), log, env
    )


def start_afresh(*arguments: object, log: Path, env: Mapping[str, str] = _NONE) -> Running:
    """Start a command as a shell does, in a new interpreter."""
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "sekisho", *map(str, arguments)],
            env=environment(env),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Running(process, log, env)


def dev(
    folder: Path,
    *more: object,
    env: Mapping[str, str] = _NONE,
    port: int = 0,
    module: str = "sekisho",
) -> Running:
    """Start `sekisho dev` on a data folder and wait until it answers."""
    port = port or free_port()
    running = start(
        *("dev", "--data", folder, "--port", port, *more),
        log=_log(folder, "dev"),
        env={**WIDE, **env},
        module=module,
    )
    running.origin = f"http://127.0.0.1:{port}"
    return _ready(running)


def serve(
    folder: Path, *more: object, env: Mapping[str, str], port: int = 0, module: str = "sekisho"
) -> Running:
    """Start `sekisho serve` on a data folder, at http://127.0.0.1, and wait until it answers."""
    port = port or free_port()
    origin = f"http://127.0.0.1:{port}"
    running = start(
        *("serve", "--data", folder, "--port", port, *more),
        log=_log(folder, "serve"),
        env={"SEKISHO_PUBLIC_URL": origin, **WIDE, **env},
        module=module,
    )
    running.origin = origin
    return _ready(running)


@contextmanager
def stopped_after(running: Running) -> Iterator[Running]:
    """Use a process, and leave nothing of it behind."""
    try:
        yield running
        if running.process.poll() is None:
            running.stop()
    finally:
        if running.process.poll() is None:
            running.kill()


def is_alive(pid: int) -> bool:
    """Say whether a process lives; one that nobody has buried yet does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def peak_mebibytes(pid: int) -> float:
    """The most memory of a process that was ever resident (VmHWM)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise AssertionError(pid)


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port of loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ready(running: Running) -> Running:
    try:
        running.wait_until(lambda: answers(running))
    except AssertionError:
        if running.process.poll() is None:
            running.kill()
        raise
    return running


def answers(running: Running) -> bool:
    """Say whether it serves."""
    try:
        return running.caller.get("/readyz").status == 200
    except OSError:
        return False


def _log(folder: Path, name: str) -> Path:
    """A log beside the data folder, so that what is in the folder is the product's alone."""
    return folder.with_name(f"{folder.name}-{name}.log")


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
